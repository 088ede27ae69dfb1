"""Removal score: how much of what a rule would remove may go, and how much of what should go does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.findings import DEFAULT, Cleaning, Findings, Removal
from models.training.evaluation.removals.truth import TrueFile, Truth


class Fault(StrEnum):
    """What is wrong with a removal, the worst first."""

    STRANGER = "for another picture"
    VARIANT = "for a variant"
    ORIGINAL = "original for a poorer copy"
    FRAMED = "original for a page around it"
    POORER = "copy for a poorer one"
    KIND = "of a kind not asked for"
    MISTAKEN = "said to be of a variant, while its own original stays"


@dataclass(frozen=True, slots=True)
class WrongRemoval:
    """A removal with its fault."""

    victim: TrueFile
    keeper: TrueFile
    kind: Kind
    fault: Fault


@dataclass(slots=True)
class RemovalScore:
    """The score under some kinds.

    ``mistaken`` are the removals by which nothing is lost, though another picture is named as what is kept.
    ``due`` counts the files that should go, ``gone`` those of them that do; ``stayed`` are the others, each
    with the reason.
    """

    kinds: tuple[Kind, ...]
    removed: int = 0
    wrong: list[WrongRemoval] = field(default_factory=list)
    mistaken: list[WrongRemoval] = field(default_factory=list)
    due: int = 0
    gone: int = 0
    stayed: list[tuple[TrueFile, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of the removals that are right."""
        return 1 - len(self.wrong) / self.removed if self.removed else 1.0

    @property
    def recall(self) -> float:
        """The share of the files that should go that do."""
        return self.gone / self.due if self.due else 1.0


def score_removals(truth: Truth, findings: Findings, cleaning: Cleaning) -> RemovalScore:
    """Return the score of what is removed under some kinds."""
    score = RemovalScore(cleaning.kinds, len(cleaning.removals))
    gone = {removal.victim for removal in cleaning.removals}
    for removal in cleaning.removals:
        wrong = judge_removal(truth, removal, gone, cleaning.kinds)
        if wrong is not None:
            (score.mistaken if wrong.fault is Fault.MISTAKEN else score.wrong).append(wrong)
    for content in truth.contents:
        _count_due(truth, content, gone, findings, cleaning, score)
    return score


def judge_removal(
    truth: Truth, removal: Removal, gone: Collection[str], kinds: Collection[Kind]
) -> WrongRemoval | None:
    """Return what is wrong with a removal among all that ``gone`` names, None for a right one.

    Where an original goes for a poorer copy, further copies may go for that one too, if it is as good as
    they are, and for a page that shows the whole original: the fault is counted once. Beside a relative a
    crop may well be an edit: kinds other than a copy are held against the truth beside an original alone.
    """
    victim, keeper = truth.files[removal.victim], truth.files[removal.keeper]
    staying = [file for file in truth.contents[victim.content] if file.path not in gone]
    framed = keeper.framed and keeper.content == victim.content
    lost = not any(file.fidelity > 0 and file.fidelity >= victim.fidelity for file in staying)
    lost = lost and (victim.best or not framed)
    if lost and victim.family != keeper.family:
        fault = Fault.STRANGER
    elif lost and victim.content != keeper.content:
        fault = Fault.VARIANT
    elif lost and framed:
        fault = Fault.FRAMED
    elif lost:
        fault = Fault.ORIGINAL if victim.best else Fault.POORER
    elif not victim.fits(kinds) and (keeper.best or set(kinds) <= set(DEFAULT)):
        fault = Fault.KIND
    elif victim.content != keeper.content:
        fault = Fault.MISTAKEN
    else:
        return None
    return WrongRemoval(victim, keeper, removal.kind, fault)


def _count_due(
    truth: Truth,
    content: int,
    gone: Collection[str],
    findings: Findings,
    cleaning: Cleaning,
    score: RemovalScore,
) -> None:
    due = [file for file in truth.contents[content] if file.leaves(cleaning.kinds)]
    stay = [file for file in due if file.path not in gone]
    # One is kept, and be it the wrong one.
    kept = max(stay, key=lambda file: file.fidelity, default=None)
    score.due += len(due) - 1
    score.gone += min(len(due) - len(stay), len(due) - 1)
    best = [file.path for file in truth.best(content)]
    score.stayed += [
        (file, cleaning.doubts.get(file.path) or _reason(file, best, findings))
        for file in stay
        if file is not kept
    ]


def _reason(file: TrueFile, best: list[str], findings: Findings) -> str:
    """Return what the app takes a file for that stays though nobody doubts it."""
    for other in best:
        if kind := findings.pairs.get(frozenset((file.path, other))):
            return f"called {kind}"
    group = findings.group_of.get(file.path)
    together = group is not None and any(path in group.members for path in best)
    return "never compared with the original" if together else "not found"
