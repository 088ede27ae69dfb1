"""Reasons: why a file is better or worse than the one it is held against, in words with a sign."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.pipeline.group import Pair
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.review.reasons import compare_files
from dpm_tui.tui.cells import Part, cut_middle, flow
from dpm_tui.tui.look import Look
from dpm_tui.tui.size import sentence, similarity

REASON_LINES = 5
_ROLES = {"+": "good", "-": "bad", "=": "equal"}


def reason_lines(
    file: ImageFile, other: ImageFile, pair: Pair | None, width: int, look: Look
) -> list[list[Part]]:
    """Return lines that hold ``file`` against ``other``: what kind of pair they are, then the reasons."""
    name = display_name(other.name)
    lines: list[list[Part]] = []
    if pair is None:
        text = translate("tui.no_pair_with", name="{}")
        lines.append([_with_name(text, name, width, look["error"])])
    else:
        kind = translate(f"tui.kind_{pair.kind.value}")
        text = translate("tui.pair_with", name="{}")
        score = f" {similarity(pair.similarity)} "
        start: list[Part] = [(kind, look.kind(pair.kind)), (score, look["strong"])]
        used = sum(cell_len(part) for part, _ in start)
        lines.append([*start, _with_name(text, name, width - used, look["dim"])])
    pieces = [
        (f"{reason.sign} {sentence(f'review.{reason.key}', **reason.values)}", look[_ROLES[reason.sign]])
        for reason in compare_files(file, other)
    ]
    lines += flow(pieces, width, ("  ", look["text"]))
    return lines[:REASON_LINES]


def _with_name(text: str, name: str, width: int, style: Style) -> Part:
    """Put a name into a sentence so that the whole fits; only the name is shortened."""
    room = max(width - cell_len(text) + 2, 4)
    return text.replace("{}", cut_middle(name, room)), style
