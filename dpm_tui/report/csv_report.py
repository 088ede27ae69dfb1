"""The CSV report: one row per member of a group and per file that could not be read, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from dpm_tui.catalog.group import Group, PairIndex, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.file_names import display_name
from dpm_tui.report.failures import failure_reason, list_failures

COLUMNS = ("group", "role", "path", "bytes", "width", "height", "format", "kind", "similarity", "reason")

_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
"""Signs that begin a formula, in full width, too: spreadsheets set for Chinese or Japanese take both."""
_BEGINS_FORMULA = re.compile(rf"\s*{_SIGN}")
_BREAKS_OUT = re.compile(rf"([;,|]\s*[\"']*\s*)({_SIGN})")
"""A spreadsheet that splits at another separator than the comma begins a new cell there, quoted or not."""


def write_csv(
    files: Mapping[int, ImageFile],
    groups: Iterable[Group],
    pairs: PairIndex,
    unreadable_folders: Mapping[bytes, str] | None = None,
) -> str:
    """Return the report as CSV text; ``kind`` and ``similarity`` are those of the pair with the keeper.

    ``reason`` says what is wrong with a file. What could not be read follows the groups under the role
    ``unreadable``, damaged pictures without a group under ``damaged``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    grouped: set[int] = set()
    for group in groups:
        grouped.update(group.members)
        for id_ in group.members:
            file = files[id_]
            pair = pairs.get(pair_key(group.keeper, id_))
            role = "keeper" if id_ == group.keeper else "member"
            judged = (pair.kind.value, f"{pair.similarity:.4f}") if pair else ("", "")
            writer.writerow(_row(group.id, role, file.path, file, *judged, failure_reason(file)))
    for failure in list_failures(files, unreadable_folders):
        if failure.file is None or failure.file.id not in grouped:
            role = "damaged" if failure.file and failure.file.facts.damaged else "unreadable"
            writer.writerow(_row("", role, failure.path, failure.file, "", "", failure.reason))
    return text.getvalue()


def _row(
    group: str, role: str, path: bytes, file: ImageFile | None, kind: str, similarity: str, reason: str
) -> tuple[object, ...]:
    """Return one row; a picture that was never seen has no size in pixels."""
    seen = file is not None and file.facts.width > 0
    size = (file.facts.width, file.facts.height, file.facts.format) if file and seen else ("", "", "")
    length = file.stamp.size if file else ""
    return group, role, _path_cell(path), length, *size, kind, similarity, _words_cell(reason)


def _path_cell(path: bytes) -> str:
    """Return a file name that no spreadsheet takes for a formula, nor what follows a separator in it."""
    shown = _break_formulas(display_name(path))
    return f"./{shown}" if _BEGINS_FORMULA.match(shown) else shown


def _words_cell(text: str) -> str:
    """Return words, which a broken file may have chosen, so that no spreadsheet takes them for a formula."""
    shown = _break_formulas(display_name(text))
    return f"'{shown}" if _BEGINS_FORMULA.match(shown) else shown


def _break_formulas(text: str) -> str:
    return _BREAKS_OUT.sub(lambda found: f"{found[1]}\\u{ord(found[2]):04x}", text)
