"""Reasons: why a file is better or worse than the one that it is compared with, in words with a sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.style import Style

from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import SAME_PIXELS, Kind, only_colours
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.group_links import weakest_link
from dpm_tui.review.library.library import Library
from dpm_tui.review.reasons.difference_places import describe_places
from dpm_tui.review.reasons.reasons import Reason, compare_files
from dpm_tui.review.rules.criteria import Word
from dpm_tui.text_format import similarity
from dpm_tui.tui.lines.group_lines import letter
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, flow, parts_width, wrap
from dpm_tui.tui.theme import Look

_ROLES = {"+": "good", "-": "bad", "=": "equal"}
_MIN_NAME = 10
"""With fewer cells than this for a name, the letter of the file says more."""
_ROOM_FOR_WORDS = 60
"""From this width on there is room for the word "pair"."""


def pair_lines(
    library: Library, comparison: ShownPair, criteria: Sequence[Word], width: int, look: Look
) -> list[list[Part]]:
    """Return lines that compare the file under the cursor with its counterpart.

    First what kind of pair they are and which of how many, then where they differ, then the reasons, of
    which those of the rule's ``criteria`` come first.
    """
    shown, against = comparison.file, comparison.other
    pair = comparison.pair
    grid = b"" if pair is None else comparison.grid(pair, shown)
    first = _pair_line(library, comparison, (shown, against), width, look)
    reasons = _compare(library.files[shown], library.files[against], pair, criteria)
    return [first, *_reasons(reasons, pair, grid, width, look)]


def fit_lines(lines: list[list[Part]], count: int, width: int, look: Look) -> list[list[Part]]:
    """Return at most ``count`` lines; where there are more the last one says how many."""
    if len(lines) <= count or not count:
        return lines[:count]
    last = [*lines[count - 1], (f"  {translate('tui.more_reasons', number=len(lines) - count)}", look["dim"])]
    if parts_width(last) > width:
        last = [(translate("tui.more_reasons", number=len(lines) - count + 1), look["dim"])]
    return [*lines[: count - 1], last]


def reason_lines(
    file: ImageFile, other: ImageFile, pair: Pair | None, criteria: Sequence[Word], width: int, look: Look
) -> list[list[Part]]:
    """Return lines that compare ``file`` with ``other``: the kind of the pair, then the reasons."""
    start, text, style = _kind(pair, look)
    room = width - parts_width(start)
    first = [*start, _with_name(text, "", display_name(other.name), room, style)]
    return [first, *_reasons(_compare(file, other, pair, criteria), pair, b"", width, look)]


def _pair_line(
    library: Library, comparison: ShownPair, files: tuple[int, int], width: int, look: Look
) -> list[Part]:
    """Return the kind of the pair, its similarity, the other file, and the place of the pair."""
    group, pair = comparison.group, comparison.pair
    assert group is not None
    mine, theirs = (letter(group.members.index(id_)) for id_ in files)
    number, count = comparison.place
    key = "tui.pair_place" if width >= _ROOM_FOR_WORDS else "tui.pair_place_short"
    end: list[Part] = [(f"  {translate(key, number=number, total=count)}", look["dim"])] if count > 1 else []
    known, text, style = _kind(pair, look)
    start = [(f"{mine} ", look["key"]), *known]
    if pair is not None and count > 1 and pair == weakest_link(library, group):
        start.append((f"{translate('tui.weakest')} ", look["doubt"]))
    room = width - parts_width([*start, *end])
    name = display_name(library.files[files[1]].name)
    return [*start, _with_name(text, f"{theirs} ", name, room, style), *end]


def _kind(pair: Pair | None, look: Look) -> tuple[list[Part], str, Style]:
    """Return kind and similarity, and the sentence with its style that a name is put into."""
    if pair is None:
        return [], translate("tui.no_pair_with", name="{}"), look["error"]
    kind = translate(f"tui.kind_{pair.kind.value}")
    known: list[Part] = [(kind, look.kind(pair.kind)), (f" {similarity(pair.similarity)} ", look["strong"])]
    return known, translate("tui.pair_with", name="{}"), look["dim"]


def _compare(file: ImageFile, other: ImageFile, pair: Pair | None, criteria: Sequence[Word]) -> list[Reason]:
    return compare_files(file, other, pair.kind if pair else None, criteria, pair)


def _reasons(
    reasons: Sequence[Reason], pair: Pair | None, grid: bytes, width: int, look: Look
) -> list[list[Part]]:
    pieces = [] if pair is None else [*_where(pair, grid, look)]
    for reason in reasons:
        pieces.append((f"{reason.sign} {reason.words}", look[_ROLES[reason.sign]]))
    return flow(_fitting(pieces, width), width, ("   ", look["text"]))


def _where(pair: Pair, grid: bytes, look: Look) -> Iterator[Part]:
    if pair.kind in SAME_PIXELS or not grid:
        return
    # The coarse grid decided whether a copy goes: a finer one must not contradict it.
    grid = pair.differs if pair.kind is Kind.COPY else grid
    places = describe_places(grid)
    if places:
        words = translate("tui.place_gap").join(translate(f"review.place_{place}") for place in places)
        key = "tui.colours_differ_here" if only_colours(grid) else "tui.differs_here"
        yield f"! {translate(key, places=words)}", look["doubt"]
    else:
        yield f"= {translate('tui.differs_nowhere')}", look["equal"]


def _fitting(pieces: list[Part], width: int) -> Iterator[Part]:
    """Yield the pieces; what is wider than a line goes on in the next one, below its words."""
    for text, style in pieces:
        if cell_len(text) <= width:
            yield text, style
            continue
        first, *rest = wrap(text, width)
        yield first, style
        for words in wrap(" ".join(rest), width - 2):
            yield f"  {words}", style


def _with_name(text: str, mark: str, name: str, width: int, style: Style) -> Part:
    """Return a sentence with a letter and a name in it; the name is shortened so that all fits."""
    room = width - cell_len(text) - cell_len(mark) + 2
    if mark and room < min(cell_len(name), _MIN_NAME):
        return text.replace("{}", mark.strip()), style
    return text.replace("{}", mark + cut_middle(name, max(room, 4))), style
