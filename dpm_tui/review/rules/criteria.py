"""Criteria: the words that a keeper rule is made of.

A criterion is a sieve (see ``criterion_scores``): of the files of a group it leaves the best and all that
come near it, and the next criterion chooses among those. Near is measured from the best of the group at
hand, so that no step lies between two values that are almost equal; and as what stays does not depend on
the order of the files, one group always has one answer. (Comparing file with file instead would go round in
a circle: of 100, 98.5 and 97 the neighbours are near ties, the ends are not.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dpm_tui.catalog.formats import NAMES_BY_WORD
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.rules.keeper_ranking import RANKS

Limit = Callable[[bytes, bytes], bool]
"""Tells whether a file in the second folder may be marked where the kept one lies in the first."""


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

    @property
    def is_limit(self) -> bool:
        """Whether it says what may be marked rather than what is kept."""
        return self.name in LIMITS


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
        if value not in NAMES_BY_WORD:
            raise UsageError("criterion_format", word=shown, formats=" ".join(NAMES_BY_WORD))
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


def limit_of(word: Word) -> Limit:
    """Return the test of a limit."""
    return LIMITS[word.name](word.value)


def _top(folder: bytes) -> bytes:
    return folder.partition(b"/")[0]


def _kept_in(value: str) -> Limit:
    test = FolderSet((value,))
    return lambda kept, file: test.holds(kept)


def _marked_in(value: str) -> Limit:
    test = FolderSet((value,))
    return lambda kept, file: test.holds(file)


LIMITS: dict[str, Callable[[str], Limit]] = {
    "other-folder": lambda value: lambda kept, file: kept != file,
    "other-top": lambda value: lambda kept, file: _top(kept) != _top(file),
    "same-folder": lambda value: lambda kept, file: kept == file,
    "mark-in": _marked_in,
    "keep-in": _kept_in,
}
"""What a rule may mark, whatever it would keep."""
ORDERED = (
    "intact", "holds", "detail", "pixels", "alpha", "colours", "depth", "lossless", "quality", "exif", "name",
    "encoding", "bytes", "date",
)  # fmt: skip
"""The criteria without a value, in the order in which they are offered."""
_VALUED_CRITERIA = ("folder", "format")
VALUED = frozenset({*_VALUED_CRITERIA, "mark-in", "keep-in"})
_WORDS = (*ORDERED, *_VALUED_CRITERIA, *RANKS, *LIMITS)
