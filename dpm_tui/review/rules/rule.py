"""Rules: they choose a keeper for many groups at once and mark the rest, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.review.library.folder_set import protect_folders as protect_folders
from dpm_tui.review.rules.criteria import Limit, Word, limit_of, parse_words
from dpm_tui.review.rules.keeper_ranking import RANKS

DEFAULT_KINDS = frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY})
OWN = "keeper"
"""The name of the rule that the settings hold, where it is none of those with a name."""
HAND = "hand"
"""What marks that no rule has set say of their rule."""


class Spared(StrEnum):
    """Why a rule spares a file; the name of a sentence ``review.spared_<name>``."""

    DAMAGED = "damaged"
    RAW = "raw"
    DEVELOPED = "developed"
    HOLDINGS = "holdings"
    ALPHA = "alpha"
    DIFFERS = "differs"
    UNSEEN = "unseen"
    UNTOLD = "untold"
    CONTESTED = "contested"
    DETAIL = "detail"
    ALTERED = "altered"
    PIXELS = "pixels"
    COLOURS = "colours"
    DEPTH = "depth"
    LOSSLESS = "lossless"
    QUALITY = "quality"
    EXIF = "exif"


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way to choose which file of a group to keep, and what may be marked beside it.

    Groups are built around the best file. Keepers of a whole library are chosen by ``keeper_selection``.
    Without criteria the group's keeper is kept.
    """

    name: str
    criteria: tuple[Word, ...] = ()
    limits: tuple[Limit, ...] = ()
    careful: bool = True
    """Whether it wants the better of two copies kept, and leaves both alone where that cannot be told."""

    @property
    def order(self) -> str:
        """The order of files in one of the fixed rules, a word of ``RANKS``, or empty."""
        return self.criteria[0].name if len(self.criteria) == 1 and self.name in RANKS else ""

    @property
    def settled(self) -> Rule:
        """This rule for groups whose keepers follow its criteria already."""
        return Rule(self.name, (), self.limits, self.careful)

    @property
    def unlimited(self) -> Rule:
        """This rule as if it might mark anything."""
        return Rule(self.name, self.criteria, (), self.careful)

    def allows(self, kept: bytes, file: bytes) -> bool:
        """Return whether a file in one folder may be marked where the kept one lies in another."""
        return all(limit(kept, file) for limit in self.limits)


RULES: dict[str, Rule] = {
    # Groups are built around the best file already; asking again could prefer a crop to its original.
    name: Rule(name, () if name == "best" else (Word(name),), careful=name == "best")
    for name in RANKS
}


def read_rule(name: str, words: Iterable[str]) -> Rule:
    """Return the rule made of ``words``; raises UsageError for a word that is none."""
    parsed = parse_words(words)
    limits = tuple(limit_of(word) for word in parsed if word.is_limit)
    criteria = tuple(word for word in parsed if not word.is_limit)
    # A user who names other criteria has decided, whatever the pictures look like.
    careful = not criteria or any(word.topic in (Word("best"), Word("detail")) for word in criteria)
    return Rule(name, () if criteria == (Word("best"),) else criteria, limits, careful)


def name_rule(words: Sequence[str], presets: Mapping[str, Sequence[str]]) -> str:
    """Return the name of the rule made of ``words``: a fixed one, a preset with the same words, or OWN."""
    if len(words) == 1 and words[0] in RULES:
        return words[0]
    return next((name for name, own in presets.items() if tuple(own) == tuple(words)), OWN)


def find_rule(
    name: str, presets: Mapping[str, Sequence[str]] | None = None, own: Sequence[str] = ("best",)
) -> Rule:
    """Return the rule called ``name``: a fixed one, a preset, or OWN for the words that the settings hold.

    Raises UsageError listing the rules there are.
    """
    presets = presets or {}
    if name in RULES:
        return RULES[name]
    if name in presets:
        return read_rule(name, presets[name])
    if name == OWN:
        return read_rule(name_rule(own, presets), own)
    rules = ", ".join((*RULES, OWN, *(display_name(preset) for preset in presets)))
    raise UsageError("unknown_rule", name=display_name(name), rules=rules)


def parse_kinds(text: str) -> frozenset[Kind]:
    """Return the kinds of a comma-separated list; raises UsageError for a word that is none."""
    try:
        kinds = frozenset(Kind(word.strip()) for word in text.split(",") if word.strip())
    except ValueError:
        kinds = frozenset()
    if not kinds:
        raise UsageError("unknown_kind", text=text, kinds=", ".join(Kind))
    return kinds
