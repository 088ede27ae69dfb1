"""Reasons: in which respects one file is better or worse than another, as signed sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from dpm_tui.catalog.formats import NAMES_BY_WORD
from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.image_file import HOLDINGS, ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.reasons.picture_shape import name_shape
from dpm_tui.review.reasons.quality_reasons import quality_reason
from dpm_tui.review.reasons.reason import Reason, Sign
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.keeper_ranking import NEAR_TIE, is_lossless, looks_like_a_copy, telling_fact
from dpm_tui.units import long_size

__all__ = ("Reason", "Sign", "compare_files")

_DAY_NS = 86_400_000_000_000


Comparison = Callable[[ImageFile, ImageFile], Iterator[Reason]]


def compare_files(
    file: ImageFile,
    other: ImageFile,
    kind: Kind | None = None,
    criteria: Sequence[Word] = (),
    pair: Pair | None = None,
) -> list[Reason]:
    """Return in which respects ``file`` is better or worse than ``other``, most important first.

    ``criteria`` are those of the rule that keepers follow: what they look at comes first, in their order,
    and what they prefer is better. ``kind`` is that of the pair; files of the same bytes have nothing but
    folder, name and date of their own. ``pair`` says what looking at both at full size found.
    """
    same = kind is Kind.IDENTICAL or bool(file.facts.digest and file.facts.digest == other.facts.digest)
    reasons: list[Reason] = []
    if same:
        reasons.append(Reason("=", "same_bytes", {}))
    elif kind is Kind.PIXELS:
        reasons.append(Reason("=", "same_pixels", {}))
    if pair is not None and (quality := quality_reason(file.id, pair)) is not None:
        fact = telling_fact(file, other) if quality.key == "cannot_tell" else ""
        reasons.append(Reason("=", f"told_by_{fact}", {}) if fact else _with_shape(quality, file, other))
    said: set[str] = set()
    for word in (*criteria, *(Word(name) for name in _IN_ORDER)):
        topic = _TOPICS.get(word.name, str(word.topic))
        if topic not in said and (not same or word.name in _OF_THE_FILE):
            said.add(topic)
            found = _comparison(word)(file, other)
            reasons += map(_turned, found) if word.reverse else found
    judged = any(reason.key in ("format_preferred", "format_passed_over") for reason in reasons)
    return [reason for reason in reasons if not (judged and reason.key == "other_format")]


def _with_shape(reason: Reason, file: ImageFile, other: ImageFile) -> Reason:
    """Return a reason with the shape that a part was cut to, where it has a usual one."""
    shape = name_shape(file)
    if reason.key != "poorer_cut" or not shape or shape == name_shape(other):
        return reason
    return replace(reason, key="poorer_cut_to", values={**reason.values, "shape": shape})


def _comparison(word: Word) -> Comparison:
    match word.name:
        case "folder":
            return partial(_by_folder, FolderSet((word.value,)))
        case "format":
            return partial(_by_wanted_format, NAMES_BY_WORD[word.value])
    return _COMPARISONS[word.name]


def _turned(reason: Reason) -> Reason:
    """Return a reason for someone who prefers the opposite."""
    key = _OPPOSITES.get(reason.key, reason.key)
    return replace(reason, sign=_SIGNS_TURNED[reason.sign], key=key)


def _by_folder(folders: FolderSet, file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = folders(file), folders(other)
    if mine != theirs:
        yield Reason("+", "folder_preferred", {}) if mine else Reason("-", "folder_passed_over", {})


def _by_wanted_format(wanted: Sequence[str], file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.format, other.facts.format
    values: dict[str, object] = {"mine": mine, "other": theirs}
    if (mine in wanted) != (theirs in wanted):
        better = mine in wanted
        yield Reason("+", "format_preferred", values) if better else Reason("-", "format_passed_over", values)


def _by_pixels(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    if not file.pixel_count or not other.pixel_count:
        return
    ratio = file.pixel_count / other.pixel_count
    if ratio > NEAR_TIE:
        yield Reason("+", "more_pixels", {"ratio": _times(ratio)})
    elif ratio < 1 / NEAR_TIE:
        yield Reason("-", "fewer_pixels", {"percent": _percent(ratio)})
    elif file.shape == other.shape:
        yield Reason("=", "same_size", {"width": file.facts.width, "height": file.facts.height})


def _by_format(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.format, other.facts.format
    values: dict[str, object] = {"mine": mine, "other": theirs}
    if is_lossless(file) != is_lossless(other):
        yield Reason("+", "lossless", values) if is_lossless(file) else Reason("-", "lossy", values)
    elif mine != theirs:
        yield Reason("=", "other_format", values)


def _by_quality(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.quality, other.facts.quality
    values: dict[str, object] = {"mine": mine, "other": theirs}
    if mine and theirs and mine != theirs:
        yield Reason("+", "higher_quality", values) if mine > theirs else Reason("-", "recompressed", values)


def _by_alpha(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    if file.facts.alpha != other.facts.alpha:
        yield Reason("+", "transparent", {}) if file.facts.alpha else Reason("-", "opaque", {})


def _by_colours(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.colours, other.facts.colours
    if bool(mine) != bool(theirs):
        yield (
            Reason("-", "few_colours", {"number": mine})
            if mine
            else Reason("+", "many_colours", {"number": theirs})
        )


def _by_depth(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.depth, other.facts.depth
    values: dict[str, object] = {"mine": mine, "other": theirs}
    if mine and theirs and mine != theirs:
        yield Reason("+", "deeper", values) if mine > theirs else Reason("-", "shallower", values)


def _by_nothing(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    """Yield nothing: the reason on detail stands first in any case."""
    yield from ()


def _by_damage(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    if file.facts.damaged != other.facts.damaged:
        yield Reason("-", "damaged", {}) if file.facts.damaged else Reason("+", "intact", {})


def _by_holdings(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    for word, (holds, lacks) in _HOLDINGS.items():
        mine, theirs = word in file.facts.holds, word in other.facts.holds
        if mine != theirs:
            yield Reason("+", holds, {}) if mine else Reason("-", lacks, {})


def _by_frames(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.frames, other.facts.frames
    if "pictures" in file.facts.holds + other.facts.holds:
        return
    if mine != theirs:
        yield Reason("+" if mine > theirs else "-", "frames", {"mine": mine, "other": theirs})


def _by_exif(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = file.facts.taken[:10], other.facts.taken[:10]
    if mine and theirs:
        if mine != theirs:
            yield Reason("=", "other_date", {"mine": mine, "other": theirs})
    elif mine:
        yield Reason("+", "has_date", {"date": mine})
    elif theirs:
        yield Reason("-", "no_date", {"date": theirs})
    elif file.facts.has_exif != other.facts.has_exif:
        yield Reason("+", "has_exif", {}) if file.facts.has_exif else Reason("-", "no_exif", {})


def _by_bytes(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    """Yield a reason on bytes: more of them mean more quality in a lossy file, but not in a lossless one."""
    mine, theirs = file.stamp.size, other.stamp.size
    values: dict[str, object] = {"mine": long_size(mine), "other": long_size(theirs)}
    lossless = {is_lossless(file), is_lossless(other)}
    if mine == theirs or values["mine"] == values["other"]:
        yield Reason("=", "as_large", {"mine": values["mine"]})
    elif len(lossless) > 1:
        yield Reason("=", "other_bytes", values)
    elif mine > theirs:
        yield Reason("-" if True in lossless else "+", "more_bytes", values)
    else:
        yield Reason("+" if True in lossless else "-", "fewer_bytes", values)


def _by_size(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    """Yield a reason on bytes for rules that prefer larger files, whatever the formats."""
    mine, theirs = file.stamp.size, other.stamp.size
    values: dict[str, object] = {"mine": long_size(mine), "other": long_size(theirs)}
    if values["mine"] == values["other"]:
        yield Reason("=", "as_large", {"mine": values["mine"]})
    else:
        yield Reason("+", "more_bytes", values) if mine > theirs else Reason("-", "fewer_bytes", values)


def _by_name(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    mine, theirs = looks_like_a_copy(file.name), looks_like_a_copy(other.name)
    if mine != theirs:
        yield Reason("-", "copy_name", {}) if mine else Reason("+", "clean_name", {})


def _by_age(file: ImageFile, other: ImageFile) -> Iterator[Reason]:
    days = round((other.stamp.mtime_ns - file.stamp.mtime_ns) / _DAY_NS)
    if days:
        key = "older_file" if days > 0 else "younger_file"
        yield Reason("+" if days > 0 else "-", key, {"count": abs(days)})


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 100 else f"{ratio:.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.01 else f"{100 * share:.1f}"


_HOLDINGS = {word: (f"holds_{word}", f"lacks_{word}") for word in HOLDINGS if word not in ("pages", "frames")}
"""What is said of a holding that one of two files has; pages and frames are counted instead."""
_COMPARISONS: dict[str, Comparison] = {
    "intact": _by_damage,
    "holds": _by_holdings,
    "detail": _by_nothing,
    "pixels": _by_pixels,
    "alpha": _by_alpha,
    "colours": _by_colours,
    "depth": _by_depth,
    "lossless": _by_format,
    "quality": _by_quality,
    "frames": _by_frames,
    "exif": _by_exif,
    "encoding": _by_bytes,
    "bytes": _by_size,
    "name": _by_name,
    "date": _by_age,
}
_IN_ORDER = (
    "intact", "holds", "pixels", "alpha", "colours", "depth", "lossless", "quality", "frames", "exif",
    "encoding", "name", "date",
)  # fmt: skip
"""What is said where no rule says what matters."""
_TOPICS = {"bytes": "encoding"}
"""Criteria that look at the same; the first of a rule speaks for both."""
_OF_THE_FILE = ("folder", "name", "date")
"""What files with the same bytes may differ in."""
_SIGNS_TURNED: dict[Sign, Sign] = {"+": "-", "-": "+", "=": "="}
_OPPOSITES = {
    "folder_preferred": "folder_passed_over", "folder_passed_over": "folder_preferred",
    "format_preferred": "format_passed_over", "format_passed_over": "format_preferred",
}  # fmt: skip
