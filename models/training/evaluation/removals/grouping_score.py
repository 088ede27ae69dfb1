"""Grouping score: which relatives are in a group with their original, and who else is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.findings import Findings
from models.training.evaluation.removals.truth import TrueFile, Truth

Related = Callable[[TrueFile, TrueFile], bool]
"""Says whether the originals of two files are natural relatives, which may share a group."""
KindCounts = dict[str, Counter[Kind | None]]


@dataclass(slots=True)
class GroupingScore:
    """``found`` and ``missed`` are relatives; ``wrong`` are members, each with its keeper, of other families.

    ``members`` counts all. ``kinds`` counts by the kinds that are right which kind was found beside the
    original, None where there is no pair; ``misnamed`` are the wrong ones, each with the other file.
    """

    found: list[TrueFile] = field(default_factory=list)
    missed: list[TrueFile] = field(default_factory=list)
    wrong: list[tuple[TrueFile, TrueFile]] = field(default_factory=list)
    members: int = 0
    kinds: KindCounts = field(default_factory=lambda: defaultdict(Counter))
    misnamed: list[tuple[TrueFile, TrueFile, Kind]] = field(default_factory=list)

    def recall(self, hard: bool) -> tuple[int, int]:
        """Return how many of the hard or of the other relatives were found, and how many there are."""
        found = sum(file.hard == hard for file in self.found)
        return found, found + sum(file.hard == hard for file in self.missed)


def score_grouping(truth: Truth, findings: Findings, related: Related) -> GroupingScore:
    """Return the score of the groups and of the pairs of files with their originals."""
    score = GroupingScore()
    for file in truth.relatives():
        group = findings.group_of.get(file.path)
        others = (best.path for best in truth.best(file.content) if best is not file)
        together = group is not None and any(path in group.members for path in others)
        (score.found if together else score.missed).append(file)
    for group in findings.groups:
        keeper = truth.files[group.keeper]
        score.members += len(group.members)
        for member in (truth.files[path] for path in group.members):
            alien = member.family != keeper.family and not (member.pasted and keeper.pasted)
            if alien and not related(member, keeper):
                score.wrong.append((member, keeper))
    _count_kinds(truth, findings, score)
    return score


def _count_kinds(truth: Truth, findings: Findings, score: GroupingScore) -> None:
    asked = [(file, truth.best(file.content), file.kinds) for file in truth.relatives()]
    asked += [
        (file, truth.best(truth.originals[file.family].content), frozenset({Kind.VARIANT}))
        for file in truth.variants()
    ]
    for file, others, kinds in asked:
        beside = [other for other in others if other is not file]
        met = [
            (other, kind)
            for other in beside
            if (kind := findings.pairs.get(frozenset((file.path, other.path)))) is not None
        ]
        group = findings.group_of.get(file.path)
        if not met and group is not None and any(other.path in group.members for other in beside):
            # Each was compared with the keeper of their group alone.
            continue
        name = " or ".join(kind for kind in Kind if kind in kinds)
        score.kinds[name][met[0][1] if met else None] += 1
        if met and met[0][1] not in kinds:
            score.misnamed.append((file, *met[0]))
