"""The recycle bin: what was moved, batch by batch; restore, purge and undo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.amount import long_size
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.recycle.results import BinEntry
from dpm_tui.state.layout import STATE_FOLDER
from dpm_tui.tui.bin_lines import BinLines
from dpm_tui.tui.commands import Scope
from dpm_tui.tui.screens.apply_commands import ApplyCommands
from dpm_tui.tui.screens.base import ListScreen, bindings_for
from dpm_tui.tui.screens.file_commands import FileCommands
from dpm_tui.tui.size import local_time, similarity
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol import PurgeDone, PurgeEntries, RestoreDone, RestoreEntries


class BinScreen(ApplyCommands, FileCommands, ListScreen):
    """Nothing leaves the bin without being asked for."""

    NAME: ClassVar = "bin"
    SHOWS_MARKS: ClassVar = False
    SCOPES: ClassVar = (Scope.BIN, Scope.UNDO, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def compose_body(self) -> ComposeResult:
        """Lay out the list and the details of the entry."""
        look = self.app.look
        self.bin_lines = BinLines(self.session, look)
        self.rows = RowList(self.bin_lines.draw, look["cursor"], id="bin")
        self.details = TextLines(id="details")
        self.empty = TextLines(id="empty")
        yield self.empty
        yield self.rows
        yield self.details

    def on_screen_resume(self) -> None:
        """Ask for the bin anew: other instances may have changed it."""
        if self.app.reachable:
            self.run_worker(self._carry_out(self.app.link.refresh_bin()), group="bin")

    def show_session(self) -> None:
        """Show the entries, or say that there are none."""
        super().show_session()
        shelf, look = self.session.bin, self.app.look
        self.set_class(not shelf.entries, "-empty")
        words = "tui.bin_empty" if shelf.known else "tui.link_connecting"
        self.empty.show([[], [(f" {translate(words)}", look["notice"])]])
        self.rows.show(len(shelf.lines), shelf.cursor)
        self._show_details()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how much is in the bin and how much is selected."""
        shelf = self.session.bin
        entries = shelf.entries
        size = long_size(sum(entry.size for entry in entries))
        state = [*super().title_state()]
        if entries:
            state.append((translate("tui.bin_holds", count=len(entries), size=size), "strong"))
        if shelf.selected:
            state.append(("  " + translate("tui.selected", count=len(shelf.selected)), "notice"))
        return state

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.session.bin.move(lines)
        self._show_cursor()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.session.bin.move_to(line)
        self._show_cursor()

    def do_select(self) -> None:
        """Select the entry or not, and go on."""
        self.session.bin.toggle()
        self.show_session()

    def do_select_batch(self) -> None:
        """Select the batch or not."""
        self.session.bin.toggle_batch()
        self.show_session()

    async def do_restore(self) -> None:
        """Restore the selected entries, or the one under the cursor, to where they were."""
        await self._restore(self.session.bin.chosen, b"")

    async def do_restore_to(self) -> None:
        """Restore the selected entries, or the one under the cursor, to another folder."""
        entries = self.session.bin.chosen
        text = await self.prompt.read(translate("tui.ask_restore_to", count=len(entries)))
        if text and text.strip():
            await self._restore(entries, os.path.abspath(os.path.expanduser(os.fsencode(text.strip()))))

    async def do_restore_all(self) -> None:
        """Restore everything, after a question."""
        entries = self.session.bin.entries
        if await self.prompt.choose(translate("tui.ask_restore_all", count=len(entries)), "y") == "y":
            await self._restore(entries, b"")

    async def do_purge(self) -> None:
        """Delete the selected entries, or the one under the cursor, for good."""
        await self._purge(self.session.bin.chosen)

    async def do_purge_all(self) -> None:
        """Delete everything in the bin for good."""
        await self._purge(self.session.bin.entries)

    def do_open_bin(self) -> None:
        """Open the folder of the bin on the desktop, or copy its path where there is none."""
        self.open_path(os.path.join(self.session.root, STATE_FOLDER, b"recycle_bin"))

    def do_copy_origin(self) -> None:
        """Copy the path where the entry was."""
        entry = self.session.bin.current
        if entry is not None:
            self.copy(os.path.join(self.session.root, entry.path))

    def do_back(self) -> None:
        """Take the selection away."""
        self.session.bin.selected.clear()
        self.show_session()

    async def _restore(self, entries: Sequence[BinEntry], to: bytes) -> None:
        request = RestoreEntries(tuple(entry.id for entry in entries), to)
        result = (await self.app.link.ask(request, RestoreDone)).result
        where = translate("tui.restored_to", path=display_name(to)) if to else translate("tui.restored_home")
        self._report(f"{translate('tui.restored', count=len(result.restored))} {where}", result.skipped)
        await self.app.link.refresh_bin()

    async def _purge(self, entries: Sequence[BinEntry]) -> None:
        """Delete entries once their number was typed: nothing brings them back."""
        size = long_size(sum(entry.size for entry in entries))
        typed = await self.prompt.read(translate("tui.ask_purge", count=len(entries), size=size))
        if typed is None:
            return
        if typed.strip() != str(len(entries)):
            self.prompt.say(translate("tui.wrong_count", count=len(entries)), "error")
            return
        request = PurgeEntries(tuple(entry.id for entry in entries))
        result = (await self.app.link.ask(request, PurgeDone)).result
        words = translate("tui.purged", count=len(result.purged), size=long_size(result.size))
        self._report(words, result.skipped)
        await self.app.link.refresh_bin()

    def _show_cursor(self) -> None:
        shelf = self.session.bin
        self.rows.move_to(shelf.cursor, lead=1)
        self._show_details()

    def _show_details(self) -> None:
        entry, look = self.session.bin.current, self.app.look
        if entry is None:
            self.details.show([])
            return
        kind = translate(f"tui.kind_{entry.kind}") if entry.kind else "-"
        keeper = display_name(entry.keeper) or "-"
        there = translate("tui.keeper_there" if entry.keeper_present else "tui.keeper_gone")
        score = f" {similarity(entry.similarity)}" if entry.kind else ""
        self.details.show(
            [
                [(f" {display_name(entry.path)}", look["strong"])],
                [(f" {kind}{score}  {long_size(entry.size)}  {local_time(entry.recycled_at)}", look["text"])],
                [(f" {translate('tui.copy_of', name=keeper)}  ", look["text"]), (there, look["dim"])],
            ]
        )

    @property
    def file_id(self) -> int:
        """The bin holds no file of the library."""
        raise LookupError
