"""Rules: they choose a keeper for many groups at once and mark the rest, by kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from dpm_tui.errors import UsageError
from dpm_tui.pipeline.group import Group, PairIndex, pair_key
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.keeper import RANKS

DEFAULT_KINDS = frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY})


@dataclass(frozen=True, slots=True)
class Rule:
    """A named order of files; the first of a group is kept. Without an order it is the group's keeper."""

    name: str
    rank: Callable[[ImageFile], tuple[object, ...]] | None


RULES: dict[str, Rule] = {
    # Groups are built around the best file already; asking again could prefer a crop to its original.
    name: Rule(name, None if name == "best" else rank)
    for name, rank in RANKS.items()
}


def find_rule(name: str) -> Rule:
    """Return the rule called ``name``; raises UsageError listing the rules there are."""
    try:
        return RULES[name]
    except KeyError:
        raise UsageError("unknown_rule", name=name, rules=", ".join(RULES)) from None


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
) -> tuple[int, list[int]]:
    """Return the file that the rule keeps and the members it marks for removal.

    The rule chooses among the group's keeper and the members whose pair with it is of one of
    ``kinds``: a variant is neither kept in place of a picture nor removed for it. Only members with
    a verified pair of these kinds with the kept file are marked; a protected file never is, and is
    kept before any other.
    """
    alike = [
        id_
        for id_ in group.members
        if id_ == group.keeper
        or ((pair := pairs.get(pair_key(group.keeper, id_))) is not None and pair.kind in kinds)
    ]

    def place(id_: int) -> tuple[object, ...]:
        file = files[id_]
        rank = (id_ != group.keeper,) if rule.rank is None else rule.rank(file)
        return (not protected(file), rank, file.path)

    order = sorted(alike, key=place)
    kept = order[0]
    marked = [
        id_
        for id_ in order[1:]
        if (pair := pairs.get(pair_key(kept, id_))) is not None
        and pair.kind in kinds
        and not protected(files[id_])
    ]
    return kept, marked


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
        removed.update(mark_group(files, pairs, group, rule, kinds, protected)[1])
    return removed


def protect_folders(folders: Iterable[str]) -> Callable[[ImageFile], bool]:
    """Return the test whether a file lies in one of ``folders`` (relative to the root)."""
    prefixes = tuple(folder.strip("/").encode("utf-8", "surrogateescape") + b"/" for folder in folders)
    return lambda file: file.path.startswith(prefixes) if prefixes else False
