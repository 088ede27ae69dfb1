"""The settings: each is checked as it is changed, and saved at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from dpm_tui import __version__
from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.locale import follow_settings, insist_on, translate
from dpm_tui.state.config import Config
from dpm_tui.state.other_roots import check_roots
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.setting_lines import SettingLine, brief, draw_line, explain, setting_lines
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.cursor_list import CursorListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.session.folder_completion import complete_below, complete_list, complete_path
from dpm_tui.tui.session.settings_table import AT_NEXT_START, SETTINGS, Setting, change, read_typed
from dpm_tui.tui.session.typed_folders import find_missing, name_below
from dpm_tui.tui.terminal.cell_text import Part, wrap
from dpm_tui.tui.theme import Theme
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol.messages import ConfigData, Done, ResetState, SaveConfig

_SAVE_SECONDS = 0.4
"""A slider is saved once it rests: the worker regroups for every new threshold."""


class SettingsScreen(CursorListScreen):
    """One line for each setting, and a sentence on the one under the cursor."""

    NAME: ClassVar = "settings"
    SCOPES: ClassVar = (Scope.SETTINGS, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    OPENS: ClassVar = "change"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[SettingLine] = setting_lines(sections=True)
        self._save_timer: Timer | None = None
        self._checks_folders = False

    def handlers(self) -> Handlers:
        """Return the commands of the settings."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "change": self._change,
            "increase": self._increase,
            "decrease": self._decrease,
            "default": self._default,
            "reset_state": self._reset_state,
            "back": self.stay,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the list and the explanation."""
        self.rows = RowList(self._draw, self.app.look, id="settings")
        self.explanation = TextLines(id="explanation")
        look = self.app.look
        self.about = Panel(look, "tui.scope_settings", self.explanation, id="about")
        with Container(id="cards"):
            yield Panel(look, "tui.scope_settings", self.rows, id="table", active=True)
            yield self.about

    def show_session(self) -> None:
        """Show the settings; the one that was looked for gets the cursor."""
        super().show_session()
        if name := self.session.recent.take_setting():
            self.cursor = [setting.name for setting in SETTINGS].index(name)
        self.show_list()

    @property
    def line_count(self) -> int:
        """How many settings there are."""
        return len(SETTINGS)

    def show_list(self) -> None:
        """Show the list, in sections where there is room for their names."""
        self.lines = setting_lines(sections=not self.has_class("-short"))
        self.rows.show(len(self.lines), self.lines.index(self.cursor))
        self.show_line()

    def move_lines(self, lines: int) -> None:
        """Move the cursor by so many settings."""
        self.go_to(min(max(self.cursor + lines, 0), len(SETTINGS) - 1))

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        if isinstance(place := self.lines[line], int):
            self.go_to(place)

    def go_to(self, place: int) -> None:
        """Put the cursor on a setting, by its place in the table."""
        self.cursor = place
        line = self.lines.index(place)
        self.rows.move_to(line, lead=1 if line and isinstance(self.lines[line - 1], str) else 0)
        self.show_line()

    def show_line(self) -> None:
        """Explain the setting under the cursor."""
        setting, look, config = self.setting, self.app.look, self.session.config
        note = translate("tui.whole_cells") if setting.name == "colour" and look.whole_cells else ""
        if setting.name == "pictures":
            note = self.app.pixels.note
        width = self.explanation.size.width
        self.about.retitle(f"tui.setting_{setting.name}")
        if self._is_beside:
            lines = explain(setting, config, look, width, note)
        else:
            lines = brief(setting, config, look, width, note)
        if self.has_class("-short"):
            self.explanation.show(lines)
            return
        about = wrap(translate("tui.about", version=__version__), width - 2)
        self.explanation.show([*lines, [], *([(f" {line}", look["dim"])] for line in about)])

    @property
    def _is_beside(self) -> bool:
        """Whether the explanation stands beside the list, where it has many lines."""
        return self.about.region.x > 0

    @property
    def setting(self) -> Setting:
        """The setting under the cursor."""
        return SETTINGS[self.cursor]

    def _increase(self) -> None:
        """One step on."""
        self._step(1)

    def _decrease(self) -> None:
        """One step back."""
        self._step(-1)

    async def _change(self) -> None:
        """Type a new value, or take the next one where there are few."""
        setting = self.setting
        if setting.opens:
            self.push_named("keeper")
            return
        if setting.parse is None:
            self._step(1)
            return
        text = display_name(setting.edit(getattr(self.session.config, setting.name)))
        typed = await self.prompt.read(
            f"{setting.label}:",
            text,
            lambda value: self._trouble(setting, value),
            complete=self._completion(setting),
        )
        if typed is not None and typed != text:
            config = read_typed(self.session.config, setting, typed)
            root = self.session.root
            folders = tuple(name_below(root, folder, config.other_roots) for folder in config.protected)
            self._checks_folders = setting.name == "protected"
            self._use(replace(config, protected=folders))

    def _default(self) -> None:
        """Back to the default."""
        self._use(change(self.session.config, self.setting, getattr(Config(), self.setting.name)))

    async def _reset_state(self) -> None:
        """Forget everything but settings, decisions and the bin, once the word was typed."""
        word = translate("tui.reset_word")
        typed = await self.prompt.read(translate("tui.ask_reset", word=word))
        if typed is None:
            return
        if typed.strip() != word:
            self.prompt.say(translate("tui.reset_cancelled"))
            return
        await self.link.ask(ResetState(), Done)
        self.prompt.say(translate("tui.reset_done"))

    def _step(self, steps: int) -> None:
        setting = self.setting
        if setting.step is None:
            self.prompt.say(translate("tui.press_enter_to_edit"))
            return
        value = setting.step(getattr(self.session.config, setting.name), steps)
        self._use(change(self.session.config, setting, value))

    def _use(self, config: Config) -> None:
        """Show new settings at once and save them when they rest."""
        before = self.session.config
        at_next_start = any(getattr(config, name) != getattr(before, name) for name in AT_NEXT_START)
        self.session.adopt_config(config)
        if config.language != before.language:
            # A change made here counts, whatever the command line said.
            insist_on("")
        follow_settings(config.language)
        if config.theme != before.theme:
            self.app.use_theme(Theme(config.theme))
        self.show_session()
        if (config.language, config.theme) != (before.language, before.theme):
            self.query("*").refresh()
        if self._save_timer is not None:
            self._save_timer.stop()
        self._save_timer = self.set_timer(_SAVE_SECONDS, self._save_soon)
        if at_next_start:
            self.prompt.say(translate("tui.next_start"))

    def _save_soon(self) -> None:
        self.start(self._save(), "save", exclusive=True)

    async def _save(self) -> None:
        await self.link.ask(SaveConfig(self.session.config), ConfigData)
        missing: list[str] = []
        if self._checks_folders:
            self._checks_folders = False
            folders = self.session.config.protected
            missing = await asyncio.to_thread(find_missing, self.session.root, folders)
        if missing:
            folder = display_name(missing[0], 30)
            self.prompt.say(translate("tui.protected_missing", folder=folder), "error")
        else:
            self.prompt.say(translate("tui.saved"))

    def _completion(self, setting: Setting) -> Callable[[str], list[str]] | None:
        """Return what completes folders as they are typed."""
        if setting.name == "other_roots":
            return partial(complete_list, complete_path)
        below = partial(complete_below, self.session.root)
        return partial(complete_list, below) if setting.name == "protected" else None

    def _trouble(self, setting: Setting, text: str) -> str:
        before = self.session.config
        try:
            config = read_typed(before, setting, text)
            if config.other_roots != before.other_roots:
                check_roots(self.session.root, config.other_folders, before.other_folders)
        except DpmError as error:
            return _message(error)
        return ""

    def _draw(self, line: int, width: int) -> list[Part]:
        if line >= len(self.lines):
            return []
        return draw_line(self.lines[line], self.session.config, self.app.look, width)


def _message(error: DpmError) -> str:
    try:
        return error.message
    except KeyError:
        return error.key
