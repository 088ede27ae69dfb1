"""What can be freed: the sum in words, and a line for each kind of pair and each folder."""

from __future__ import annotations

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.reclaimable_parts import ReclaimablePart
from dpm_tui.tui.lines.bars_and_facts import meter
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, cut_start, pad, pad_left
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size

_NAME, _COUNT, _SIZE = 22, 14, 7
"""Cells of the columns; on a narrow screen the numbers keep theirs."""
_MAX_METER = 40


def words_on_freeable(session: Session) -> str:
    """Return what the rule would free, and at most could be, in words."""
    freeable = session.freeable
    if not freeable.beside:
        return ""
    return translate("tui.freeable", size=long_size(freeable.bytes), beside=long_size(freeable.beside))


def filter_of(part: ReclaimablePart) -> str:
    """Return the filter that shows the groups of a part; empty for all of them."""
    if part.kind is not None:
        return f"kind:{part.kind.value}"
    name = display_name(part.folder).replace('"', "")
    return f'dir:"{name}/"' if name else ""


class ReclaimableLines:
    """Draws the kinds and folders of a session's library."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def draw(self, number: int, width: int) -> list[Part]:
        """Return the pieces of one line: name, files, bytes, and the bytes beside the largest as a meter."""
        parts, look = self._session.parts, self._look
        if number >= len(parts):
            return []
        part = parts[number]
        name = max(width - _COUNT - _SIZE - 5, 6)
        room = min(name - _NAME, _MAX_METER)
        name = min(name, _NAME + max(name - _NAME - _MAX_METER, 0)) if room >= 4 else name
        largest = max(each.bytes for each in parts if (each.kind is None) == (part.kind is None))
        pieces: list[Part] = [
            self._sign(part),
            self._name(part, name),
            (pad_left(translate("tui.group_files", count=part.files), _COUNT), look["dim"]),
            (pad_left("-" if part.protected else short_size(part.bytes), _SIZE), look["strong"]),
        ]
        if room < 4 or part.protected:
            return pieces
        style = look["bar"] if part.kind is None else look.kind(part.kind)
        share = part.bytes / largest if largest else 0.0
        return [*pieces, (" ", look["text"]), *meter(share, room, look, style, has_rest=False)]

    def _sign(self, part: ReclaimablePart) -> Part:
        """Return a letter before a folder that is protected."""
        return (" P ", self._look["doubt"]) if part.protected else ("   ", self._look["text"])

    def _name(self, part: ReclaimablePart, width: int) -> Part:
        look = self._look
        if part.kind is not None:
            return pad(translate(f"tui.kind_{part.kind.value}"), width), look.kind(part.kind)
        name = f"{display_name(part.folder)}/" if part.folder else translate("tui.top_folder")
        return pad(cut_start(name, width), width), look["dim" if part.protected else "text"]
