"""The CSV report: one row per member of a group, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from dpm_tui.names import display_name
from dpm_tui.pipeline.group import Group, PairIndex, pair_key
from dpm_tui.pipeline.image_file import ImageFile

COLUMNS = ("group", "role", "path", "bytes", "width", "height", "format", "kind", "similarity")


def write_csv(files: Mapping[int, ImageFile], groups: Iterable[Group], pairs: PairIndex) -> str:
    """Return the report as CSV text; ``kind`` and ``similarity`` are those of the pair with the keeper."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for group in groups:
        for id_ in group.members:
            file = files[id_]
            pair = pairs.get(pair_key(group.keeper, id_))
            writer.writerow(
                (
                    group.id,
                    "keeper" if id_ == group.keeper else "member",
                    _cell(display_name(file.path)),
                    file.stamp.size,
                    file.facts.width,
                    file.facts.height,
                    file.facts.format,
                    pair.kind.value if pair else "",
                    f"{pair.similarity:.4f}" if pair else "",
                )
            )
    return text.getvalue()


def _cell(path: str) -> str:
    """Keep a spreadsheet from reading a file name as a formula."""
    return f"./{path}" if path[:1] in "=+-@" else path
