"""The lines of the record of removals: when, what happened, to which file."""

from __future__ import annotations

import os

from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Removal
from dpm_tui.text_format import local_time
from dpm_tui.tui.lines.plan_lines import rule_words
from dpm_tui.tui.terminal.cell_text import Part, cut_start, pad, pad_left, parts_width
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size

DETAIL_LINES = 4
_SIGNS = {"recycled": ">", "linked": ">", "restored": "<", "purged": "x", "kept": "=", "missing": "?"}
_ROLES = {"restored": "good", "purged": "bad", "missing": "doubt"}
_KINDS = frozenset(Kind)


def deed(removal: Removal) -> str:
    """Return what happened in a word; one that this version does not know appears as it is."""
    if removal.action in _SIGNS:
        return translate(f"tui.removal_{removal.action}")
    return display_name(removal.action, 12)


def removal_line(removal: Removal, width: int, look: Look) -> list[Part]:
    """Return the line of a removal: time, sign and word, path, size."""
    plain = look["text"]
    words = max(cell_len(translate(f"tui.removal_{action}")) for action in _SIGNS)
    role = _ROLES.get(removal.action, "text")
    left: list[Part] = [
        (f" {local_time(removal.time)}  ", look["dim"]),
        (f"{_SIGNS.get(removal.action, ' ')} {pad(deed(removal), words)}  ", look[role]),
    ]
    right: list[Part] = [(f" {pad_left(short_size(removal.size), 5)} ", plain)]
    room = width - parts_width(left) - parts_width(right)
    return [*left, (pad(cut_start(display_name(removal.path), room), room), plain), *right]


def removal_details(removal: Removal, width: int, look: Look) -> list[list[Part]]:
    """Return the lines on one removal: path, where it is now, kind and keeper, rule and batch."""
    plain, room = look["text"], width - 2
    kind = translate(f"tui.kind_{removal.kind}") if removal.kind in _KINDS else display_name(removal.kind, 12)
    keeper = cut_start(display_name(removal.keeper), room // 2)
    copy = f"{kind} {translate('tui.copy_of', name=keeper)}" if keeper else kind
    rule = f"{translate('tui.rule_label')} {rule_words(removal.rule, 24)}" if removal.rule else ""
    batch = f"{translate('tui.removal_batch')} {display_name(removal.batch, 32)}" if removal.batch else ""
    lines: list[list[Part]] = [[(f" {cut_start(display_name(removal.path), room)}", look["strong"])]]
    if removal.action == "restored":
        where = f"{translate('tui.removal_now')} "
        now = cut_start(display_name(removal.to or removal.path), room - cell_len(where))
        lines.append([(f" {where}", plain), (now, look["good"])])
    lines.append([(f" {'  '.join(filter(None, [copy, long_size(removal.size)]))}", plain)])
    lines.append([(f" {'  '.join(filter(None, [rule, batch]))}", look["dim"])])
    return lines


def place_of(removal: Removal, root: bytes) -> bytes:
    """Return the absolute path where the file is now, or where it was."""
    return os.path.join(root, removal.to or removal.path)


def says(removal: Removal, words: list[str]) -> bool:
    """Return whether every one of the folded ``words`` occurs in path, place or deed."""
    texts = (display_name(removal.path), display_name(removal.to), deed(removal), removal.action)
    text = "\n".join(texts).casefold()
    return all(word in text for word in words)
