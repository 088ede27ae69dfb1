"""The keeper rules: which one is in force, and its criteria as a list that is arranged and acts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.catalog.formats import NAMES_BY_WORD
from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.criteria import Word, parse_word
from dpm_tui.review.rules.rule_editor import RuleLine, WordLine, Words, add, line_of, shift, switch, turn
from dpm_tui.state.config import Config, check_config
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.keeper_lines import EFFECT_LINES, KeeperLine, KeeperLines
from dpm_tui.tui.screens.base.command_host import Handlers, work
from dpm_tui.tui.screens.base.screen import DpmScreen, ListScreen, bindings_for
from dpm_tui.tui.session.folder_completion import complete_below
from dpm_tui.tui.session.setting_words import read_format, read_name, rule_name, trouble_of
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol.messages import ConfigData, SaveConfig

_FOLDER_USES = {"p": "folder", "o": "-folder", "m": "mark-in", "k": "keep-in"}


class KeeperScreen(ListScreen):
    """Lies over the groups or the settings; what is changed here is in force at once and saved."""

    NAME: ClassVar = "settings"
    SCOPES: ClassVar = (Scope.KEEPER, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    MARKS: ClassVar = "use"
    OPENS: ClassVar = "use"

    def __init__(self) -> None:
        super().__init__()
        self.cursor = 0
        self._total: tuple[int, int] | None = None
        self._counting = self._stale = False

    def handlers(self) -> Handlers:
        """Return the commands of the keeper rules."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "use": self._use_line,
            "raise": self._raise,
            "lower": self._lower,
            "turn": self._turn,
            "add_folder": self._add_folder,
            "add_format": self._add_format,
            "save_rule": self._save_rule,
            "drop_rule": self._drop_rule,
            "usual_rule": self._usual_rule,
            "back": self.go_back,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the list and what the rule would do."""
        self.keeper_lines = KeeperLines(self.session, self.app.look)
        self.rows = RowList(self.keeper_lines.draw, self.app.look, id="keeper")
        self.effect = TextLines(height=EFFECT_LINES)
        look = self.app.look
        self.panel = Panel(look, "tui.scope_keeper", self.rows, active=True)
        yield self.panel
        yield Panel(look, "tui.panel_effect", self.effect, id="effect", fits=True)

    def show_session(self) -> None:
        """Show rules, criteria and limits, and count anew what the rule would do."""
        super().show_session()
        first = not self.lines
        self.keeper_lines.lay_out()
        if first:
            rules = (line for line in self.lines if isinstance(line, RuleLine))
            self.cursor = next((place for place, line in enumerate(rules) if line.in_force), 0)
        self._show()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return the name of the rule in force."""
        words = translate("rules.rule_in_force", rule=rule_name(self.session.rule))
        return [*super().title_state(), *self.panel.told([(f" {words}", "strong")])]

    def move_lines(self, lines: int) -> None:
        """Move the cursor, over the empty lines."""
        to = min(max(self.cursor + lines, 0), len(self.lines) - 1)
        if self.lines[to] is None:
            to += 1 if lines > 0 else -1
        self._go_to(to)

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        if self.lines[line] is not None:
            self._go_to(line)

    def _use_line(self) -> None:
        """Use the rule under the cursor, or switch the criterion on or off."""
        match self.lines[self.cursor]:
            case RuleLine(words=words):
                self._use(words)
            case WordLine(word=word):
                self._use(switch(self._words, word), word)

    def _raise(self) -> None:
        """Let the criterion decide earlier."""
        self._arrange(lambda words, word: shift(words, word, -1))

    def _lower(self) -> None:
        """Let the criterion decide later."""
        self._arrange(lambda words, word: shift(words, word, 1))

    def _turn(self) -> None:
        """Let the criterion prefer the opposite."""
        self._arrange(turn)

    async def _add_folder(self) -> None:
        """Ask for a folder and what it is to mean."""
        key = await self.prompt.choose(translate("rules.ask_folder_use"), tuple(_FOLDER_USES))
        if key:
            name = _FOLDER_USES[key]
            await self._add(
                translate("rules.ask_folder"), lambda text: parse_word(f"{name}:{text}"), folders=True
            )

    async def _add_format(self) -> None:
        """Ask for a format that is to be preferred."""
        question = translate("rules.ask_format", formats=" ".join(NAMES_BY_WORD))
        await self._add(self.prompt.fitting(question, translate("rules.ask_format_short")), read_format)

    async def _save_rule(self) -> None:
        """Ask for a name and save the rule in force under it."""
        config = self.session.config
        typed = await self.prompt.read(translate("rules.ask_rule_name"), "", partial(trouble_of, read_name))
        if typed is None:
            return
        name = read_name(typed)
        known = config.presets.get(name)
        if known not in (None, config.keeper):
            question = translate("rules.ask_replace_rule", name=display_name(name))
            if await self.prompt.choose(question, "y") != "y":
                return
        self._adopt(replace(config, presets={**config.presets, name: config.keeper}))
        self.prompt.say(translate("rules.rule_saved", name=display_name(name)))

    async def _drop_rule(self) -> None:
        """Forget the saved rule under the cursor; it stays in force while it is."""
        line = self.lines[self.cursor]
        config = self.session.config
        if not isinstance(line, RuleLine) or not line.saved:
            self.prompt.say(translate("rules.rule_cannot_go"))
            return
        question = translate("rules.ask_drop_rule", name=display_name(line.name))
        if await self.prompt.choose(question, "y") == "y":
            left = {name: words for name, words in config.presets.items() if name != line.name}
            self._adopt(replace(config, presets=left))

    def _usual_rule(self) -> None:
        """Back to the rule ``best``."""
        self._use(Config().keeper)

    @property
    def lines(self) -> Sequence[KeeperLine]:
        """What is listed."""
        return self.keeper_lines.lines

    @property
    def _words(self) -> Words:
        return self.session.config.keeper

    def _arrange(self, change: Callable[[Words, Word], Words]) -> None:
        line = self.lines[self.cursor]
        if not isinstance(line, WordLine) or line.is_limit:
            self.prompt.say(translate("rules.rule_only_criteria"))
            return
        self._use(change(self._words, line.word), line.word)

    async def _add(self, question: str, read: Callable[[str], Word], *, folders: bool = False) -> None:
        complete = partial(complete_below, self.session.root) if folders else None
        typed = await self.prompt.read(question, "", partial(trouble_of, read), complete=complete)
        if typed is None or not typed.strip():
            return
        word = read(typed)
        self._use(add(self._words, word), word)
        if word.name != "format":
            from dpm_tui.review.rules.criterion_scores import count_files

            files = count_files(self.session.library, [word.value])
            self.prompt.say(translate("rules.files_in_folder", count=files, folder=display_name(word.value)))

    def _use(self, words: Words, word: Word | None = None) -> None:
        """Put words in force; the cursor stays on the one that was changed."""
        self._adopt(replace(self.session.config, keeper=words), word)

    def _adopt(self, config: Config, word: Word | None = None) -> None:
        self.session.adopt_config(check_config(config))
        self.keeper_lines.lay_out()
        if word is not None and (to := line_of(self.lines, word)) is not None:
            self.cursor = to
        super().show_session()
        self._show()
        # A task of the app, not of this screen: it is saved even if the screen is left.
        self.app.run_worker(self._save(self.session.config), group="save")

    async def _save(self, config: Config) -> None:
        try:
            await self.link.ask(SaveConfig(config), ConfigData)
        except DpmError as error:
            self.app.log_trouble(error)
            if isinstance(screen := self.app.screen, DpmScreen):
                screen.prompt.say(" ".join(str(error).split()), "error")

    def _show(self) -> None:
        """Show the lines, and count what the rule would mark in all groups shown."""
        self.cursor = min(self.cursor, len(self.lines) - 1)
        if self.lines[self.cursor] is None:
            self.cursor -= 1
        self.rows.show(len(self.lines), self.cursor)
        self._total = None
        self._show_effect()
        self._stale = True
        if not self._counting:
            self._counting = True
            self.run_worker(self._count(), group="count")

    def _go_to(self, line: int) -> None:
        self.cursor = line
        self.rows.move_to(line)
        self._show_effect()

    async def _count(self) -> None:
        try:
            while self._stale:
                self._stale = False
                await self._count_once()
        finally:
            self._counting = False

    async def _count_once(self) -> None:
        session = self.session
        marks, rule = session.marks, session.rule
        numbers = session.open_groups

        def count() -> tuple[int, int]:
            suggestion = marks.suggest(numbers, rule)
            return suggestion.files, suggestion.size

        total = await work(len(numbers), count)
        if not self._stale and marks is session.marks:
            self._total = total
            self._show_effect()

    def _show_effect(self) -> None:
        self.effect.show(self.keeper_lines.effect(self.cursor, self._total, self.effect.size.width))
