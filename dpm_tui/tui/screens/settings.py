"""The settings: each is checked as it is changed, and saved at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.timer import Timer

from dpm_tui import __version__
from dpm_tui.errors import DpmError, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import follow_settings, insist_on, translate
from dpm_tui.state.config import Config
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.cursor_list import CursorListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.session.protected_folders import find_missing, name_below
from dpm_tui.tui.session.settings_table import AT_NEXT_START, SETTINGS, Setting, change, read_typed
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, pad, wrap
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

    def __init__(self) -> None:
        super().__init__()
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
        self.about = Panel(self.app.look, "tui.scope_settings", self.explanation, fits=True)
        yield Panel(self.app.look, "tui.scope_settings", self.rows, active=True)
        yield self.about

    def show_session(self) -> None:
        """Show the settings."""
        super().show_session()
        self.show_list()

    @property
    def line_count(self) -> int:
        """How many settings there are."""
        return len(SETTINGS)

    def show_line(self) -> None:
        """Explain the setting under the cursor."""
        setting, look = self.setting, self.app.look
        words = setting.help_for(getattr(self.session.config, setting.name))
        if setting.name == "colour" and look.whole_cells:
            words = f"{words} {translate('tui.whole_cells')}"
        if setting.name == "pictures" and self.app.pixels.note:
            words = f"{words} {self.app.pixels.note}"
        about = translate("tui.about", version=__version__)
        lines = [[(f" {line}", look["notice"])] for line in wrap(words, self.explanation.size.width - 2)]
        self.about.retitle(f"tui.setting_{setting.name}")
        self.explanation.show([*lines, [], [(f" {about}", look["dim"])]])

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
        typed = await self.prompt.read(f"{setting.label}:", text, lambda value: self._trouble(setting, value))
        if typed is not None and typed != text:
            config = read_typed(self.session.config, setting, typed)
            root = self.session.root
            folders = tuple(name_below(root, folder) for folder in config.protected)
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

    def _trouble(self, setting: Setting, text: str) -> str:
        try:
            read_typed(self.session.config, setting, text)
        except UsageError as error:
            return _message(error)
        return ""

    def _draw(self, line: int, width: int) -> list[Part]:
        setting, look = SETTINGS[line], self.app.look
        label_width = max(cell_len(each.label) for each in SETTINGS) + 3
        value = setting.show(getattr(self.session.config, setting.name))
        shown = cut_middle(display_name(value), width - label_width - 2)
        return [(f" {pad(setting.label, label_width)}", look["text"]), (shown, look["strong"])]


def _message(error: DpmError) -> str:
    try:
        return error.message
    except KeyError:
        return error.key
