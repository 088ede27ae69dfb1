"""The lines of the recycle bin: a heading for each batch, a line for each entry."""

from __future__ import annotations

from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BinEntry
from dpm_tui.text_format import local_time, similarity
from dpm_tui.tui.lines.plan_lines import rule_words
from dpm_tui.tui.session.bin_list import BatchLine
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, cut_start, pad, pad_left, parts_width
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size

_KINDS = frozenset(Kind)


class BinLines:
    """Draws the lines of the bin of a session."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def draw(self, line: int, width: int) -> list[Part]:
        """Return the pieces of one line of the list."""
        lines = self._session.bin.lines
        if line >= len(lines):  # the list on the screen may still be longer
            return []
        item = lines[line]
        return self._entry(item, width) if isinstance(item, BinEntry) else self._heading(item, width)

    def _heading(self, batch: BatchLine, width: int) -> list[Part]:
        look = self._look
        count = translate("tui.group_files", count=batch.files)
        when = f" {local_time(batch.recycled_at)} "
        size = f" {count}  {long_size(batch.size)} "
        rule = f"{translate('tui.rule_label')} {rule_words(batch.rule, 16)} " if batch.rule else ""
        room = width - cell_len(when) - cell_len(size)
        return [
            (when, look["heading_on"]),
            (size, look["heading"]),
            (pad_left(rule if cell_len(rule) <= room else "", room), look["dim"]),
        ]

    def details(self, entry: BinEntry, width: int) -> list[list[Part]]:
        """Return the lines on an entry: path, facts, and the file that stays or that it went with."""
        look = self._look
        path = cut_middle(display_name(entry.path), width - 2)
        lines: list[list[Part]] = [[(f" {path}", look["strong"])]]
        facts = f"{long_size(entry.size)}  {local_time(entry.recycled_at)}"
        if entry.link:
            facts = f"{facts}  {translate('tui.leaves_link')}"
        if entry.companion_of:
            with_it = translate("tui.goes_with", name=display_name(entry.companion_of))
            return [*lines, [(f" {facts}", look["text"])], [(f" {with_it}", look["text"])]]
        kind = (
            translate(f"tui.kind_{entry.kind}")
            if entry.kind in _KINDS
            else display_name(entry.kind, 12) or "-"
        )
        there = translate("tui.keeper_there" if entry.keeper_present else "tui.keeper_gone")
        role = look["dim" if entry.keeper_present else "doubt"]
        # The path is shortened, not the word on the keeper: a decision to purge depends on that.
        room = width - cell_len(translate("tui.copy_of", name="")) - cell_len(there) - 4
        keeper = cut_start(display_name(entry.keeper), room) or "-"
        score = f" {similarity(entry.similarity)}" if entry.kind else ""
        return [
            *lines,
            [(f" {kind}{score}  {facts}", look["text"])],
            [(f" {translate('tui.copy_of', name=keeper)}  ", look["text"]), (there, role)],
        ]

    def _companion(self, entry: BinEntry, width: int) -> list[Part]:
        """Return the line of a companion, set in below its picture."""
        look = self._look
        plain = look["text"]
        with_it = translate(
            "tui.goes_with", name=cut_middle(display_name(entry.companion_of.rpartition(b"/")[2]), 20)
        )
        right: list[Part] = [(pad_left(short_size(entry.size), 6), plain), (f"  {with_it} ", look["dim"])]
        room = width - parts_width(right) - 5
        path = pad(cut_start(display_name(entry.path), room), room)
        selected = entry.id in self._session.bin.selected
        return [("+" if selected else " ", look["key"]), ("    ", plain), (path, plain), *right]

    def _entry(self, entry: BinEntry, width: int) -> list[Part]:
        if entry.companion_of:
            return self._companion(entry, width)
        look = self._look
        plain = look["text"]
        selected = entry.id in self._session.bin.selected
        kind_width = max(cell_len(translate(f"tui.kind_{kind.value}")) for kind in Kind)
        kind = Kind(entry.kind) if entry.kind in _KINDS else None
        name = translate(f"tui.kind_{kind.value}") if kind else "-"
        keeper = translate("tui.keeper_there_short" if entry.keeper_present else "tui.keeper_gone_short")
        right: list[Part] = [
            (pad_left(short_size(entry.size), 6), plain),
            ("  ", plain),
            (pad(name, kind_width), look.kind(kind) if kind else plain),
            ("  ", plain),
            (keeper, look["text" if entry.keeper_present else "doubt"]),
            (" ", plain),
        ]
        room = width - parts_width(right) - 3
        path = pad(cut_start(display_name(entry.path), room), room)
        return [("+" if selected else " ", look["key"]), ("  ", plain), (path, plain), *right]
