"""The palette: type a few letters of what is wanted, choose, and it is done on the screen below."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.command_search import names_of, search_commands, search_settings
from dpm_tui.tui.command_table import BY_ID, Command, Scope, home_of
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.cursor_list import CursorListScreen
from dpm_tui.tui.screens.base.screen import DpmScreen, bindings_for
from dpm_tui.tui.screens.base.side_room import SideRoom
from dpm_tui.tui.session.settings_table import Setting
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, pad, parts_width
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList

_MAX_RECENT = 8
_KEY_WIDTH = 13


class PaletteScreen(CursorListScreen):
    """Every command and setting, narrowed down as the user types; the line below says why one cannot work."""

    SCOPES: ClassVar = (Scope.PALETTE,)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = [
        binding
        for binding in bindings_for()
        if isinstance(binding, Binding) and binding.key in ("escape", "ctrl+c")
    ]

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.opener = opener
        self.side = SideRoom(self, opener)
        self.items = self._fitting("")

    def handlers(self) -> Handlers:
        """Return the commands of the palette: both ways out of other screens lead to the one below."""
        return {**super().handlers(), "choose": self.choose, "back": self.go_back, "quit": self.go_back}

    def compose_body(self) -> ComposeResult:
        """Yield the field and the list."""
        self.field = Input(compact=True, id="palette-field", placeholder=translate("tui.palette_hint"))
        self.field.cursor_blink = False
        self.rows = RowList(self._draw, self.app.look, id="palette")
        yield Panel(self.app.look, "tui.scope_palette", self.field, self.rows, active=True)

    def footer(self) -> list[Command]:
        """Return the two keys that are no letters: all others are typed into the field."""
        return [BY_ID["choose"], BY_ID["back"]]

    def on_mount(self) -> None:
        """Begin to type."""
        self.field.focus()
        self.side.take()

    def on_resize(self, event: events.Resize) -> None:
        """Follow the screen below to its new size."""
        self.call_after_refresh(self.side.take)

    def show_session(self) -> None:
        """Show the commands that fit."""
        super().show_session()
        self.show_list()

    @property
    def line_count(self) -> int:
        """How many commands and settings fit."""
        return len(self.items)

    def show_line(self) -> None:
        """Say why the command under the cursor cannot work now."""
        if self.items:
            item = self.items[self.cursor]
            why = "" if isinstance(item, Setting) else self._why_not(item)
            self.prompt.say(why or self._words_that_are_cut(item))
        else:
            self.prompt.say(translate("tui.no_command_fits"))

    def pick(self, line: int) -> None:
        """Carry out the command that was clicked."""
        self.cursor = line
        self.choose()

    def on_key(self, event: events.Key) -> None:
        """Move in the list while the field has the letters."""
        steps = {"down": 1, "up": -1, "pagedown": self.rows.page, "pageup": -self.rows.page}
        if event.key in steps:
            self.move_lines(steps[event.key])
            event.stop()

    def choose(self) -> None:
        """Carry the command out on the screen below, or go where it works and say its key."""
        chosen = self.items[self.cursor] if self.items else None
        if chosen is None:
            return
        self.dismiss()
        if isinstance(chosen, Setting):
            self.opener.call_after_refresh(self._show_setting, chosen)
            return
        recent = self.session.recent_commands
        recent[:] = [chosen.id, *(each for each in recent if each != chosen.id)][:_MAX_RECENT]
        if self._place(chosen):
            self.opener.call_after_refresh(self._go_there, chosen)
        else:
            self.opener.call_after_refresh(self.opener.action_command, chosen.id)

    def _show_setting(self, setting: Setting) -> None:
        """Open the settings with the cursor on one of them."""
        self.app.note_navigation("show_settings")
        self.session.recent.setting = setting.name
        self.app.open_screen("settings")
        if isinstance(screen := self.app.screen, DpmScreen) and screen.is_mounted:
            screen.call_after_refresh(screen.show_session)

    def _go_there(self, command: Command) -> None:
        """Open the screen of a command but do not run it: the user has not seen what it would act on."""
        home = home_of(command.scope)
        if home:
            self.app.note_navigation(f"show_{home}")
            self.app.open_screen(home)
        words = f"{command.shown_key}  {command.help}" if home else self._place(command)
        if isinstance(screen := self.app.screen, DpmScreen):
            screen.say_soon(words)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.items = self._fitting(event.value)
        self.cursor = 0
        self.show_list()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.choose()

    def _fitting(self, typed: str) -> list[Command | Setting]:
        """Return what fits; settings whose name begins so come first."""
        settings = search_settings(typed)
        commands = search_commands(typed, self.opener.SCOPES, self.session.recent_commands)
        text = typed.strip().casefold()
        named = [each for each in settings if any(name.startswith(text) for name in names_of(each))]
        return [*named, *commands, *(each for each in settings if each not in named)]

    def _why_not(self, command: Command) -> str:
        return self._place(command) or self.opener.why_not(command)

    def _words_that_are_cut(self, item: Command | Setting) -> str:
        """Return the words on an item where its line has no room for them."""
        if isinstance(item, Setting):
            return item.help_for(getattr(self.session.config, item.name))
        is_cut = parts_width(self._draw(self.cursor, 0)) > self.rows.size.width
        return item.help if is_cut else ""

    def _place(self, command: Command) -> str:
        """Return the sentence that says where a command works if that is another screen."""
        if command.scope in (*self.opener.SCOPES, Scope.EVERYWHERE):
            return ""
        return translate("tui.need_place", place=translate(f"tui.scope_{command.scope}"))

    def _draw(self, line: int, width: int) -> list[Part]:
        if line >= len(self.items):
            return []
        command, look = self.items[line], self.app.look
        if isinstance(command, Setting):
            value = command.show(getattr(self.session.config, command.name))
            key, label = pad(f" {translate('tui.key_setting')}", _KEY_WIDTH + 1), f"{command.label}: "
            room = max(width - _KEY_WIDTH - cell_len(label) - 2, 4)
            shown = cut_middle(display_name(value), room)
            return [(key, look["dim"]), (label, look["text"]), (shown, look["strong"])]
        why, place = self.opener.why_not(command), self._place(command)
        works = not (why or place)
        words = command.help
        if place:
            scope = translate(f"tui.scope_{command.scope}")
            words = translate("tui.command_elsewhere", place=scope, what=words)
        elif why and cell_len(f"{words}{why}") + _KEY_WIDTH + 6 <= width:
            words = f"{words}  ({why.rstrip('.。')})"
        key_width = max(_KEY_WIDTH, cell_len(command.shown_keys) + 2)
        # Commands that cannot work have a sign, too: a terminal may have no colours.
        keys = f"{' ' if works else '-'}{pad(command.shown_keys, key_width)}"
        return [(keys, look["key" if works else "dim"]), (words, look["text" if works else "dim"])]
