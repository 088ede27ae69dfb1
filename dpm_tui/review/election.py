"""Election: groups are built around the best file; an own rule chooses another keeper inside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dpm_tui.pipeline.group import TIERS, Group, PairIndex, pair_key
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.review.rules import DEFAULT_KINDS, Rule, choose_keeper


def elect_keepers(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    groups: Sequence[Group],
    rule: Rule,
    protects: Callable[[ImageFile], bool] | None = None,
) -> Sequence[Group]:
    """Return the groups, each with the keeper that ``rule`` prefers, protected files before all others.

    The groups keep their members and ids. ``protects`` is None where no folder is protected.
    """
    if not rule.order and protects is None:
        return groups
    protected = protects or (lambda file: False)
    return [elect_keeper(files, pairs, group, rule, protected) for group in groups]


def elect_keeper(
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    group: Group,
    rule: Rule,
    protected: Callable[[ImageFile], bool],
) -> Group:
    """Return the group with the keeper that ``rule`` prefers.

    Only a true copy of the group's best file may take its place, so that no crop and no variant is kept
    for a picture; and only one that was compared with every other member and is no closer to any than
    the best file is, so that nothing becomes a copy of the keeper that was not one before.
    """
    candidates = [
        id_
        for id_ in group.members
        if id_ == group.keeper or pairs[pair_key(group.keeper, id_)].kind in DEFAULT_KINDS
    ]
    while len(candidates) > 1:
        chosen = choose_keeper(files, candidates, rule, protected)
        if chosen == group.keeper:
            return group
        if _may_lead(pairs, group, chosen):
            return _lead(files, pairs, group, chosen)
        candidates.remove(chosen)
    return group


def _may_lead(pairs: PairIndex, group: Group, chosen: int) -> bool:
    for other in group.members:
        if other in (chosen, group.keeper):
            continue
        pair = pairs.get(pair_key(chosen, other))
        if pair is None or _tier(pairs, chosen, other) < _tier(pairs, group.keeper, other):
            return False
    return True


def _lead(files: Mapping[int, ImageFile], pairs: PairIndex, group: Group, chosen: int) -> Group:
    others = sorted((id_ for id_ in group.members if id_ != chosen), key=lambda id_: files[id_].path)
    return replace(
        group,
        keeper=chosen,
        members=(chosen, *others),
        weakest=min(pairs[pair_key(chosen, id_)].similarity for id_ in others),
        reclaimable_bytes=sum(files[id_].stamp.size for id_ in others),
    )


def _tier(pairs: PairIndex, one: int, other: int) -> int:
    kind = pairs[pair_key(one, other)].kind
    return next(number for number, kinds in enumerate(TIERS) if kind in kinds)
