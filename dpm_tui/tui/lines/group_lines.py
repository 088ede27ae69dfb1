"""The lines of the group list: a heading for each group, a line for each of its files."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.group_links import holding_pair
from dpm_tui.review.marks.marks import Mark
from dpm_tui.text_format import besides, local_date, similarity
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, cut_start, pad, pad_left, parts_width
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size

_STRUCK = Style(strike=True)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDE = 50
"""From this width on a line has room for the size of the picture in pixels."""


class GroupLines:
    """Draws the lines of the groups that a session shows."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def draw(self, line: int, width: int) -> list[Part]:
        """Return the pieces of one line of the list."""
        if line >= self._session.rows.height:  # the list on the screen may still be longer
            return []
        place = self._session.rows.place(line)
        group = self._session.rows.group(place.position)
        if place.member < 0:
            return self._heading(place.position, group, width)
        return self._member(group, place.member, line, width)

    def caption(
        self, group: Group, member: int, width: int, *, spells_marks: bool = False
    ) -> tuple[tuple[Part, ...], ...]:
        """Return the two lines above a preview: path, then facts; the cursor's file stands out."""
        look = self._look
        file = self._session.library.files[group.members[member]]
        current = self._session.file
        name_role = "strong" if current is not None and current.id == file.id else "text"
        mark, role = self._mark(file.id)
        words = self._mark_words(file.id) if spells_marks else ""
        path = cut_start(display_name(file.path), width - 5 - cell_len(words))
        return (
            ((letter(member), look["key"]), (f" {mark} {words}", look[role]), (path, look[name_role])),
            ((facts_line(file, width - 1), look["dim"]),),
        )

    def _heading(self, position: int, group: Group, width: int) -> list[Part]:
        """Return number and folder of a group, then its files, what may go, and the weakest similarity."""
        look = self._look
        on = position == self._session.cursor.position
        style, dim = look["heading_on" if on else "heading"], look["heading" if on else "dim"]
        count = translate("tui.group_files", count=len(group.members))
        passed = f"  {translate('tui.group_reviewed')}" if group.id in self._session.review.passed else ""
        number = f"{position + 1}  "
        right = f"  {count}  {long_size(self._may_go(group))}{passed}  {similarity(group.weakest)} "
        folder = f"{display_name(self._session.library.files[group.keeper].folder) or '.'}/"
        room = max(width - cell_len(number) - cell_len(right), 0)
        return [(number, style), (pad(cut_start(folder, room), room), style), (right, dim)]

    def _may_go(self, group: Group) -> int:
        """Return the bytes of the files that may go: not the keeper, and no protected file."""
        files, marks = self._session.library.files, self._session.marks
        others = (id_ for id_ in group.members if id_ != group.keeper and not marks.is_protected(id_))
        return sum(files[id_].stamp.size for id_ in others)

    def _member(self, group: Group, member: int, line: int, width: int) -> list[Part]:
        look, library = self._look, self._session.library
        file = library.files[group.members[member]]
        mark, role = self._mark(file.id)
        plain = look["text"]
        pair = None if member == 0 else holding_pair(library, group, file.id)
        kind = self._kind(pair.kind if pair else None)
        size: Part = (pad_left(short_size(file.stamp.size), 5), plain)
        pixels: list[Part] = []
        if width >= _WIDE:
            size_text = f"{file.facts.width}x{file.facts.height}" if file.facts.width else "-"
            pixels = [(pad_left(size_text, 11), plain)]
        right = [*pixels, (" ", plain), size, ("  ", plain), kind]
        room = width - parts_width(right) - 5
        name = pad(self._name(group, file, room), room)
        name_style = look["strong"] if member == 0 else plain
        if file.id in self._session.marks.removed:
            name_style = look["dim"] + _STRUCK
        span = self._session.span
        sign = ">" if span is not None and line in span else " "
        left = [(mark, look[role]), (f"{sign}{letter(member)} ", look["key"]), (name, name_style)]
        return [*left, *right, (" ", plain)]

    def _kind(self, kind: Kind | None) -> Part:
        """Return the kind beside the keeper, in a column as wide as the longest name of a kind."""
        width = max(cell_len(translate(f"tui.kind_{each.value}")) for each in Kind)
        if kind is None:
            return pad(translate("tui.keeper"), width), self._look["dim"]
        return pad(translate(f"tui.kind_{kind.value}"), width), self._look.kind(kind)

    def _mark(self, file: int) -> tuple[str, str]:
        """Return the letter of a mark and its style role; protected files have a letter of their own."""
        mark = self._session.marks.mark_of(file)
        if mark is Mark.REMOVE:
            return "-", "remove"
        if mark is Mark.KEEP:
            return "K", "keep"
        return ("P", "doubt") if self._session.marks.is_protected(file) else (" ", "text")

    def _mark_words(self, file: int) -> str:
        """Return a mark, or that the file is protected, in words and with a space behind; or nothing."""
        mark = self._session.marks.mark_of(file)
        if mark is not None:
            return f"{translate(f'tui.mark_{mark.value}')} "
        return f"{translate('tui.mark_protected')} " if self._session.marks.is_protected(file) else ""

    def _name(self, group: Group, file: ImageFile, width: int) -> str:
        """Return the name, with its folder where that is another one than the heading names."""
        if file.folder != self._session.library.files[group.keeper].folder:
            return cut_start(display_name(file.path), width)
        return cut_middle(display_name(file.name), width)


def letter(member: int) -> str:
    """Return the letter that stands for a member in list and previews."""
    return _LETTERS[member] if member < len(_LETTERS) else " "


def facts_line(file: ImageFile, width: int) -> str:
    """Return what is known of a picture: pixels, format, bytes, date; what has no room is left out."""
    known = file.facts
    form = display_name(known.format, 8)
    quality = f"{form} q{known.quality}" if known.quality else form
    date = display_name(known.taken[:16], 16) or local_date(file.stamp.mtime_ns)
    more = besides(known.frames, known.holds, known.damaged)
    seen = [f"{known.width}x{known.height}", quality] if known.width else [translate("tui.no_preview")]
    pieces = [*seen, short_size(file.stamp.size), *more]
    line = pad(" ".join(pieces), min(width, cell_len(" ".join(pieces))))
    for text in (date, date[:10]):
        if cell_len(line) + 1 + cell_len(text) <= width:
            return f"{line} {text}"
    return line
