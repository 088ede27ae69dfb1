"""Criteria: the words that a keeper rule is made of, and what each asks of the files of a group.

A criterion is a sieve: of the files it is given it keeps the best and all that come near it, and the next
criterion chooses among those. Near is measured from the best of the group at hand, so that no step lies
between two values that are almost equal; and as what stays does not depend on the order of the files, one
group always has one answer. (Comparing file with file instead would go round in a circle: of 100, 98.5 and
97 the neighbours are near ties, the ends are not.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from dpm_tui.errors import UsageError
from dpm_tui.names import display_name
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.review.folders import in_folder
from dpm_tui.review.keeper import LOSSLESS, NEAR_TIE, RANKS, looks_like_a_copy

Sift = Callable[[Sequence[ImageFile]], Sequence[ImageFile]]
"""Returns the files that stay, at least one, in the order they came in."""
Limit = Callable[[ImageFile, ImageFile], bool]
"""Tells whether the second file may be marked where the first one is kept."""
_Value = Callable[[ImageFile], float | None]

BYTES_NEAR = 1.05
QUALITY_NEAR = 2
DATE_NEAR = 2.0
"""Seconds: the step of the clock of FAT."""
FORMATS = {
    "jpeg": ("JPEG",), "jpg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",), "avif": ("AVIF",),
    "tiff": ("TIFF",), "tif": ("TIFF",), "gif": ("GIF",), "bmp": ("BMP", "DIB"), "heic": ("HEIF", "HEIC"),
    "heif": ("HEIF", "HEIC"), "jxl": ("JXL",),
}  # fmt: skip
"""How a user may call a format -> its names in the facts of a file."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a rule: ``pixels``, ``-bytes``, ``folder:Camera``; ``reverse`` where it has a minus."""

    name: str
    value: str = ""
    reverse: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.reverse else ''}{self.name}{':' if self.value else ''}{self.value}"

    @property
    def topic(self) -> Word:
        """The word without its direction: a rule has each once."""
        return Word(self.name, self.value)


def parse_word(text: str) -> Word:
    """Return the word that ``text`` spells; raises UsageError saying why it is none."""
    body = text.strip()
    reverse = body.startswith("-")
    name, colon, value = body.removeprefix("-").partition(":")
    name, value = name.strip().lower(), value.strip()
    shown = display_name(text)
    if name not in _WORDS:
        raise UsageError("criterion_unknown", word=shown, words=" ".join(_WORDS))
    if reverse and (name in RANKS or name in LIMITS):
        raise UsageError("criterion_no_minus", word=shown)
    if name not in VALUED:
        if colon:
            raise UsageError("criterion_no_value", word=shown)
        return Word(name, "", reverse)
    if name == "format":
        value = value.lower().lstrip(".")
        if value not in FORMATS:
            raise UsageError("criterion_format", word=shown, formats=" ".join(FORMATS))
    else:
        value = "/".join(part for part in value.split("/") if part not in ("", "."))
        if not value or ".." in value.split("/"):
            raise UsageError("criterion_folder", word=shown)
    return Word(name, value, reverse)


def parse_words(texts: Iterable[str]) -> tuple[Word, ...]:
    """Return the words of a rule; raises UsageError for a word that is none or is there twice."""
    words = tuple(parse_word(text) for text in texts)
    if not words:
        raise UsageError("criterion_none")
    seen: set[Word] = set()
    for word in words:
        if word.topic in seen:
            raise UsageError("criterion_twice", word=display_name(str(word)))
        seen.add(word.topic)
    return words


def sift_of(word: Word) -> Sift:
    """Return the sieve of a criterion."""
    if word.name in RANKS:
        return _sieve_rank(RANKS[word.name])
    if word.name == "encoding":
        return _sieve_encoding(_sieve(_log_bytes, math.log(BYTES_NEAR), word.reverse), word.reverse)
    value, near = _VALUED_SIEVES[word.name](word.value) if word.value else _SIEVES[word.name]
    return _sieve(value, near, word.reverse)


def limit_of(word: Word) -> Limit:
    """Return the test of a limit."""
    return LIMITS[word.name](word.value)


def _sieve(value: _Value, near: float, reverse: bool) -> Sift:
    """Keep the files with the largest values; one whose value is unknown is neither better nor worse."""
    sign = -1 if reverse else 1

    def sift(files: Sequence[ImageFile]) -> Sequence[ImageFile]:
        values = [value(file) for file in files]
        edge = max((sign * each for each in values if each is not None), default=0.0) - near
        return [file for file, each in zip(files, values, strict=True) if each is None or sign * each >= edge]

    return sift


def _sieve_rank(rank: Callable[[ImageFile], tuple[object, ...]]) -> Sift:
    def sift(files: Sequence[ImageFile]) -> Sequence[ImageFile]:
        return [min(files, key=lambda file: (rank(file), file.path))]

    return sift


def _sieve_encoding(more_bytes: Sift, reverse: bool) -> Sift:
    """Keep more bytes of lossy files and fewer of lossless ones; decide nothing between the two."""
    fewer_bytes = _sieve(_log_bytes, math.log(BYTES_NEAR), not reverse)

    def sift(files: Sequence[ImageFile]) -> Sequence[ImageFile]:
        match {file.facts.format in LOSSLESS for file in files}:
            case kinds if len(kinds) > 1:
                return files
            case kinds:
                return fewer_bytes(files) if True in kinds else more_bytes(files)

    return sift


def _log_pixels(file: ImageFile) -> float | None:
    return math.log(file.pixel_count) if file.pixel_count else None


def _log_bytes(file: ImageFile) -> float | None:
    return math.log(file.stamp.size) if file.stamp.size else None


def _date(file: ImageFile) -> float:
    """Seconds since 1970, larger for the older file: of the EXIF date, else of the modification."""
    return -(_seconds(file.facts.taken) or file.stamp.mtime_ns / 1e9)


@lru_cache(maxsize=4096)
def _seconds(taken: str) -> float:
    """Return an EXIF date, which tells the time of the place, as the seconds of the zone here; 0 for none."""
    try:
        return datetime.fromisoformat(taken).timestamp() if taken else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0


_SIEVES: dict[str, tuple[_Value, float]] = {
    "pixels": (_log_pixels, math.log(NEAR_TIE)),
    "lossless": (lambda file: file.facts.format in LOSSLESS, 0),
    "quality": (lambda file: file.facts.quality or None, QUALITY_NEAR),
    "exif": (lambda file: file.facts.has_exif, 0),
    "name": (lambda file: not looks_like_a_copy(file.name), 0),
    "bytes": (_log_bytes, math.log(BYTES_NEAR)),
    "date": (_date, DATE_NEAR),
}


def _in_folder(value: str) -> tuple[_Value, float]:
    return in_folder(value), 0


def _of_format(value: str) -> tuple[_Value, float]:
    names = FORMATS[value]
    return lambda file: file.facts.format in names, 0


_VALUED_SIEVES = {"folder": _in_folder, "format": _of_format}


def _kept_in(value: str) -> Limit:
    test = in_folder(value)
    return lambda kept, file: test(kept)


def _marked_in(value: str) -> Limit:
    test = in_folder(value)
    return lambda kept, file: test(file)


def _top(file: ImageFile) -> bytes:
    return file.folder.partition(b"/")[0]


LIMITS: dict[str, Callable[[str], Limit]] = {
    "other-folder": lambda value: lambda kept, file: kept.folder != file.folder,
    "other-top": lambda value: lambda kept, file: _top(kept) != _top(file),
    "same-folder": lambda value: lambda kept, file: kept.folder == file.folder,
    "mark-in": _marked_in,
    "keep-in": _kept_in,
}
"""What a rule may mark, whatever it would keep."""
ORDERED = ("pixels", "lossless", "quality", "exif", "name", "encoding", "bytes", "date")
"""The criteria without a value, in the order in which they are offered."""
VALUED = frozenset({*_VALUED_SIEVES, "mark-in", "keep-in"})
_WORDS = (*ORDERED, *_VALUED_SIEVES, *RANKS, *LIMITS)
