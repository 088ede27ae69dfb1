"""The recycle bin: what was moved, batch by batch; restore, purge and undo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BinEntry, PurgeCheck
from dpm_tui.review.library.filter import FilterError
from dpm_tui.state.disk.layout import STATE_FOLDER
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.bin_lines import BinLines
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.screen import ListScreen, bindings_for
from dpm_tui.tui.screens.commands.batch_undo import BatchUndo
from dpm_tui.tui.screens.commands.file_mover import FileMover, counted, say_progress
from dpm_tui.tui.screens.commands.path_opener import PathOpener
from dpm_tui.tui.session.bin_filter import parse_bin_filter
from dpm_tui.tui.session.filter_words import words_on
from dpm_tui.tui.session.folder_completion import complete_path
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import (
    CheckPurge,
    PurgeChecked,
    PurgeDone,
    PurgeEntries,
    RestoreDone,
    RestoreEntries,
)


class BinScreen(ListScreen):
    """The recycle bin; nothing leaves it without a command."""

    NAME: ClassVar = "bin"
    SCOPES: ClassVar = (Scope.BIN, Scope.UNDO, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    MARKS: ClassVar = "select"

    def __init__(self) -> None:
        super().__init__()
        self.mover = FileMover(self)
        self.undo_commands = BatchUndo(self, self.mover)
        self.paths = PathOpener(self)
        self._warning: list[list[Part]] = []

    def handlers(self) -> Handlers:
        """Return the commands of the bin."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            **self.undo_commands.handlers(),
            "select": self._select,
            "select_batch": self._select_batch,
            "select_matching": self._select_matching,
            "restore": self._restore_chosen,
            "restore_to": self._restore_to,
            "restore_all": self._restore_all,
            "purge": self._purge_chosen,
            "purge_all": self._purge_all,
            "open_bin": self._open_bin,
            "copy_origin": self._copy_origin,
            "show_removals": partial(self.push_named, "removals"),
            "back": self._back,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the list and the details of the entry."""
        look = self.app.look
        self.bin_lines = BinLines(self.session, look)
        self.rows = RowList(self.bin_lines.draw, look, id="bin")
        self.details = TextLines()
        self.empty = TextLines(id="empty")
        self.panel = Panel(look, "tui.scope_bin", self.empty, self.rows, active=True)
        yield self.panel
        yield Panel(look, "tui.panel_details", self.details, id="details", fits=True)

    def on_screen_resume(self) -> None:
        """Ask for the bin anew: other instances may have changed it."""
        if self.app.reachable:
            self.start(self.mover.read_bin(), "bin")

    def show_session(self) -> None:
        """Show the entries, or say that there are none."""
        super().show_session()
        say_progress(self)
        bin_list, look = self.session.bin, self.app.look
        self.set_class(not bin_list.entries, "-empty")
        words = "tui.bin_empty" if bin_list.known else "tui.link_connecting"
        self.empty.show([[], [(f" {translate(words)}", look["notice"])]])
        self.rows.show(len(bin_list.lines), bin_list.cursor)
        self._show_details()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how much is in the bin and how much is selected."""
        bin_list = self.session.bin
        entries = bin_list.entries
        size = long_size(sum(entry.size for entry in entries))
        counts = []
        if entries:
            counts.append((translate("tui.bin_holds", count=len(entries), size=size), "strong"))
        if bin_list.selected:
            counts.append(("  " + translate("tui.selected", count=len(bin_list.selected)), "notice"))
        return [*super().title_state(), *self.panel.told(counts)]

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.session.bin.move(lines)
        self._show_cursor()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.session.bin.move_to(line)
        self._show_cursor()

    def _select(self) -> None:
        """Select the entry or not, and go on."""
        self.session.bin.toggle()
        self.show_session()

    def _select_batch(self) -> None:
        """Select the batch or not."""
        self.session.bin.toggle_batch()
        self.show_session()

    async def _select_matching(self) -> None:
        """Ask for words; what they select follows while they are typed."""
        bin_list, before = self.session.bin, set(self.session.bin.selected)
        text = await self.prompt.read(
            translate("tui.ask_select"), "", self._try_select, history=self.session.recent.filters
        )
        try:
            if text is None:
                raise FilterError("filter_nothing")
            self.session.bin.select(parse_bin_filter(text))
            self.session.recent.note_filter(text)
        except FilterError as error:
            self.session.bin.selected = before & {entry.id for entry in bin_list.entries}
            if text and text.strip():
                self.prompt.say(words_on(error), "error")
        else:
            chosen = [entry for entry in self.session.bin.entries if entry.id in self.session.bin.selected]
            size = long_size(sum(entry.size for entry in chosen))
            key = "tui.entries_selected" if chosen else "tui.no_entry_fits"
            self.prompt.say(translate(key, count=len(chosen), size=size))
        self.show_session()

    async def _restore_chosen(self) -> None:
        """Restore the selected entries, or the one under the cursor, to where they were."""
        await self._restore(self.session.bin.chosen, b"")

    async def _restore_to(self) -> None:
        """Restore the selected entries, or the one under the cursor, to another folder."""
        entries = self.session.bin.chosen
        text = await self.prompt.read(
            translate("tui.ask_restore_to", count=len(entries)), complete=complete_path
        )
        if text and text.strip():
            await self._restore(entries, os.path.abspath(os.path.expanduser(os.fsencode(text.strip()))))

    async def _restore_all(self) -> None:
        """Restore everything, after a question."""
        entries = self.session.bin.entries
        if await self.prompt.choose(translate("tui.ask_restore_all", count=len(entries)), "y") == "y":
            await self._restore(entries, b"")

    async def _purge_chosen(self) -> None:
        """Delete the selected entries, or the one under the cursor, for good."""
        await self._purge(self.session.bin.chosen)

    async def _purge_all(self) -> None:
        """Delete everything in the bin for good."""
        await self._purge(self.session.bin.entries)

    def _open_bin(self) -> None:
        """Open the folder of the bin on the desktop, or copy its path where there is none."""
        self.paths.open_folder(os.path.join(self.session.root, STATE_FOLDER, b"recycle_bin"))

    def _copy_origin(self) -> None:
        """Copy the path where the entry was."""
        entry = self.session.bin.current
        if entry is not None:
            self.paths.copy(os.path.join(self.session.root, entry.path))

    def _back(self) -> None:
        """Stop the files that move, or take the selection away."""
        if self.mover.stop():
            return
        self.session.bin.selected.clear()
        self.show_session()

    async def _restore(self, entries: Sequence[BinEntry], to: bytes) -> None:
        if not entries:
            return
        request = RestoreEntries(tuple(entry.id for entry in entries), to)
        bin_list = self.session.bin
        result = (await self.mover.ask(request, RestoreDone, len(entries))).result
        companions = bin_list.count_companions(restored.origin for restored in result.restored)
        count = len(result.restored)
        words = counted("tui.restored", count - companions, companions)
        home = translate("tui.restored_home", count=count)
        where = translate("tui.restored_to", path=display_name(to)) if to else home
        await self.mover.report(f"{words} {where}", result.skipped)

    async def _purge(self, entries: Sequence[BinEntry]) -> None:
        """Delete entries once their number was typed: nothing brings them back."""
        if not entries:
            return
        ids = tuple(entry.id for entry in entries)
        self.prompt.say(translate("tui.checking_keepers"))
        check = (await self.link.ask(CheckPurge(ids), PurgeChecked)).check
        if not check.count:
            self.prompt.say(translate("tui.need_entry"))
            return
        typed = await self._ask_purge(check)
        if typed is None or typed.strip() != str(check.count):
            if check.without_keeper:
                # The list may not yet show what the warning is about.
                await self.mover.read_bin()
            if typed is not None:
                self.prompt.say(translate("tui.wrong_count", count=check.count), "error")
            return
        result = (await self.mover.ask(PurgeEntries(ids), PurgeDone)).result
        words = translate("tui.purged", count=len(result.purged), size=long_size(result.size))
        await self.mover.report(words, result.skipped)

    async def _ask_purge(self, check: PurgeCheck) -> str | None:
        """Ask for the number of files and return it; warn where some have no other copy."""
        question = translate("tui.ask_purge", count=check.count, size=long_size(check.size))
        if check.without_keeper:
            look = self.app.look
            lines = [translate("tui.warn_last", count=check.without_keeper), check.reasons]
            self._warning = [[(f" {line}", look["error"])] for line in lines]
            short = translate("tui.ask_purge_last", number=check.without_keeper)
            question = f"{short} {question}"
        self._show_details()
        try:
            return await self.prompt.read(question, field=len(str(check.count)) + 2)
        finally:
            self._warning = []
            self._show_details()

    def _show_cursor(self) -> None:
        bin_list = self.session.bin
        self.rows.move_to(bin_list.cursor, lead=1)
        self._show_details()

    def _try_select(self, text: str) -> str:
        try:
            self.session.bin.select(parse_bin_filter(text))
        except FilterError as error:
            self.session.bin.selected.clear()
            return words_on(error) if text.strip() else ""
        finally:
            self.show_session()
        return ""

    def _show_details(self) -> None:
        if self._warning:
            self.details.show([*self._warning, []])
            return
        entry = self.session.bin.current
        self.details.show([] if entry is None else self.bin_lines.details(entry, self.details.size.width))
