"""The lines of the list of decisions: when, what was said, about which files."""

from __future__ import annotations

from rich.cells import cell_len

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision import VERDICTS
from dpm_tui.review.decisions.decision_entries import DecisionEntry
from dpm_tui.text_format import local_time
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, cut_start, pad, pad_left, parts_width
from dpm_tui.tui.theme import Look

DETAIL_LINES = 6
_MAX_NAMES = DETAIL_LINES - 1
_NARROW = 60
"""Below this width the day must do, without the hour."""


def label(entry: DecisionEntry) -> str:
    """Return what was said in a word or two."""
    return translate(f"cli.verdict_{entry.verdict}")


def decision_line(entry: DecisionEntry, width: int, look: Look, *, selected: bool) -> list[Part]:
    """Return the line of an entry: mark, time, verdict, number of files, first names."""
    words = max(cell_len(translate(f"cli.verdict_{verdict}")) for verdict in VERDICTS)
    moment = local_time(entry.time) if entry.time else "-"
    day = 16 if width >= _NARROW else 10
    left: list[Part] = [
        ("+ " if selected else "  ", look["key"]),
        (f"{pad(moment, day)}  ", look["dim"]),
        (f"{pad(label(entry), words)} ", look["doubt" if entry.verdict == "variants" else "text"]),
        (f"{pad_left(f'{entry.count:,}', 5)}  ", look["text"]),
    ]
    room = width - parts_width(left) - 1
    names = "  ".join(display_name(name.rpartition(b"/")[2]) for name in entry.names[:8] if name)
    return [*left, (pad(cut_middle(names or translate("tui.decision_unknown"), room), room), look["text"])]


def decision_details(entry: DecisionEntry, width: int, look: Look) -> list[list[Part]]:
    """Return the lines on one entry: what was said, then the paths as last known."""
    room = width - 2
    said = _sentence(entry)
    lines: list[list[Part]] = [[(f" {cut_middle(said, room)}", look["strong"])]]
    more = entry.count - _MAX_NAMES
    shown = entry.names if more <= 0 else entry.names[: _MAX_NAMES - 1]
    for name in shown:
        text = cut_start(display_name(name), room) if name else translate("tui.decision_unknown")
        lines.append([(f" {text}", look["text" if name else "dim"])])
    if more > 0:
        lines.append([(f" {translate('tui.decision_more', count=entry.count - len(shown))}", look["dim"])])
    return lines


def _sentence(entry: DecisionEntry) -> str:
    if entry.pair_count == entry.count * (entry.count - 1) // 2:
        return translate(f"tui.decision_{entry.verdict}", count=entry.count)
    key = f"tui.decision_{entry.verdict}_pairs"
    return translate(key, count=entry.pair_count, files=entry.count)
