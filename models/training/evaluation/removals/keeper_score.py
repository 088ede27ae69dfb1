"""Keeper score: how often the file that a group keeps is one of which none of its family holds more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from models.training.evaluation.removals.findings import Findings
from models.training.evaluation.removals.truth import TrueFile, Truth


@dataclass(slots=True)
class KeeperScore:
    """``asked`` counts the groups in which an original meets relatives.

    ``lost`` are the keepers that are poorer than the original, each with that; ``met`` counts the relatives
    of each edit in such groups.
    """

    asked: int = 0
    lost: list[tuple[TrueFile, TrueFile]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    @property
    def right(self) -> int:
        """The groups that keep a best file."""
        return self.asked - len(self.lost)

    def lost_by_edit(self) -> Counter[str]:
        """Return how often a relative of each edit was kept in place of the original."""
        return Counter(kept.edit for kept, _ in self.lost)


def score_keepers(truth: Truth, findings: Findings) -> KeeperScore:
    """Return the score of the keepers of all groups that hold an original, or its like, and a relative."""
    score = KeeperScore()
    for group in findings.groups:
        members = [truth.files[path] for path in group.members]
        best = {file.content: file for file in members if file.best}
        poorer = [file for file in members if not file.best and file.content in best]
        if not poorer:
            continue
        score.asked += 1
        score.met.update(file.edit for file in poorer)
        keeper = truth.files[group.keeper]
        if not keeper.best:
            score.lost.append((keeper, best.get(keeper.content, best[poorer[0].content])))
    return score
