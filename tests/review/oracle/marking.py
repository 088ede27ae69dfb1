"""Marking in the simple way, group by group and file by file: what the columns have to come to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from dpm_tui.catalog.group import Group, PairIndex, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.rules.rule import DEFAULT_KINDS, Rule, Spared
from tests.review.oracle.keeper_ranking import RANKS, rank_best
from tests.review.oracle.spared_copies import why_spared


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
    ``spared_copies``); a protected file never is, and is kept before any other. The members that are not of
    these kinds are looked at among themselves in the same way, so that of ``identical`` alone every
    repetition is found. Of several spared files of the same bytes one is enough: it is kept for the others.
    """
    rank = RANKS[rule.order] if rule.order else None

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


def _is_of(pairs: PairIndex, one: int, other: int, kinds: Collection[Kind]) -> bool:
    pair = pairs.get(pair_key(one, other))
    return pair is not None and pair.kind in kinds
