"""Rules: they choose a keeper for many groups at once and mark the rest, by kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dpm_tui.catalog.group import Group, PairIndex, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.review.library.folder_set import protect_folders as protect_folders
from dpm_tui.review.rules.criteria import Limit, Word, limit_of, parse_words
from dpm_tui.review.rules.keeper_ranking import RANKS, rank_best
from dpm_tui.review.rules.spared_copies import Spared, why_spared

DEFAULT_KINDS = frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY})
OWN = "keeper"
"""The name of the rule that the settings hold, where it is none of those with a name."""
HAND = "hand"
"""What marks that no rule has set say of their rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way to choose which file of a group to keep, and what may be marked beside it.

    Groups are built around the best file. The keepers of a whole library follow the criteria by an
    election (see ``review.election``); without criteria it is the group's keeper that is kept.
    """

    name: str
    criteria: tuple[Word, ...] = ()
    limits: tuple[Limit, ...] = ()
    careful: bool = True
    """Whether it wants the better of two copies kept, and leaves both alone where that cannot be told."""

    @property
    def rank(self) -> Callable[[ImageFile], tuple[object, ...]] | None:
        """The order of files in one of the fixed rules."""
        return RANKS[self.criteria[0].name] if len(self.criteria) == 1 and self.name in RANKS else None

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
    # Whoever says what to keep by other criteria has decided it, whatever the pictures look like.
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


def mark_group(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    group: Group,
    rule: Rule,
    kinds: Collection[Kind] = DEFAULT_KINDS,
    protected: Callable[[ImageFile], bool] = lambda file: False,
) -> dict[int, int]:
    """Return the files that the rule marks for removal, each with the file that is kept for it."""
    weighed = weigh_group(files, pairs, group, rule, kinds, protected)
    return {id_: kept for id_, kept, why in weighed if why is None}


def weigh_group(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    group: Group,
    rule: Rule,
    kinds: Collection[Kind] = DEFAULT_KINDS,
    protected: Callable[[ImageFile], bool] = lambda file: False,
) -> Iterator[tuple[int, int, Spared | None]]:
    """Yield the files that the rule may mark, each with the file kept for it and why it is spared, if it is.

    The rule chooses among the group's keeper and the members whose pair with it is of one of
    ``kinds``: a variant is neither kept in place of a picture nor removed for it. Only members with
    a verified pair of these kinds with the kept file are marked, and none that is spared (see
    ``review.sparing``); a protected file never is, and is kept before any other. The members that are not of
    these kinds are looked at among themselves in the same way, so that of ``identical`` alone every
    repetition is found. Of several spared files of the same bytes one is enough: it is kept for the others.
    """
    rank = rule.rank

    def place(id_: int) -> tuple[object, ...]:
        file = files[id_]
        return (not protected(file), (id_ != head,) if rank is None else rank(file), file.path)

    rest: Sequence[int] = group.members
    while len(rest) > 1:
        head = rest[0]
        alike = [id_ for id_ in rest if id_ == head or _is_of(pairs, head, id_, kinds)]
        if len(alike) > 1:
            kept = min(alike, key=place)
            keeper, safe = files[kept], protected(files[kept])
            others = [id_ for id_ in alike if id_ != kept]
            stays = [id_ for id_ in others if protected(files[id_])]
            weighed: dict[int, Spared | None] = {}
            for id_ in others:
                if id_ in stays or not _is_of(pairs, kept, id_, kinds):
                    continue
                if not rule.limits or rule.allows(keeper.folder, files[id_].folder):
                    pair = pairs[pair_key(kept, id_)]
                    weighed[id_] = why_spared(files[id_], keeper, pair, careful=rule.careful, safe=safe)
            spared = [id_ for id_, why in weighed.items() if why is not None]
            spared.sort(
                key=lambda id_: (rank(files[id_]) if rank else rank_best(files[id_]), files[id_].path)
            )
            repeated = _keep_one_each(files, pairs, spared, stays, rule, kinds)
            for id_, why in weighed.items():
                yield (id_, repeated[id_], None) if id_ in repeated else (id_, kept, why)
        rest = sorted(set(rest).difference(alike), key=lambda id_: (rank_best(files[id_]), files[id_].path))


def _keep_one_each(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    spared: Iterable[int],
    stays: Iterable[int],
    rule: Rule,
    kinds: Collection[Kind],
) -> dict[int, int]:
    """Return which of the ``spared`` files have the bytes of one before them, or of one that ``stays``.

    Each comes with the first such file, which is none of those returned.
    """
    staying, repeated = list(stays), dict[int, int]()
    for id_ in spared if Kind.IDENTICAL in kinds else ():
        same = (
            other
            for other in staying
            if files[other].facts.digest == files[id_].facts.digest
            and (pair := pairs.get(pair_key(id_, other))) is not None
            and pair.kind is Kind.IDENTICAL
            and (not rule.limits or rule.allows(files[other].folder, files[id_].folder))
        )
        kept = next(same, None)
        if kept is None:
            staying.append(id_)
        else:
            repeated[id_] = kept
    return repeated


def mark_groups(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    groups: Iterable[Group],
    rule: Rule,
    kinds: Collection[Kind] = DEFAULT_KINDS,
    protected: Callable[[ImageFile], bool] = lambda file: False,
) -> set[int]:
    """Return every file that the rule marks for removal in ``groups``."""
    removed: set[int] = set()
    for group in groups:
        removed.update(mark_group(files, pairs, group, rule, kinds, protected))
    return removed


def _is_of(pairs: PairIndex, one: int, other: int, kinds: Collection[Kind]) -> bool:
    pair = pairs.get(pair_key(one, other))
    return pair is not None and pair.kind in kinds
