"""Tables of the scores, as text and as the list of all that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.findings import DEFAULT
from models.training.evaluation.removals.grouping_score import GroupingScore
from models.training.evaluation.removals.keeper_score import KeeperScore
from models.training.evaluation.removals.removal_score import Fault, RemovalScore
from models.training.evaluation.removals.truth import TrueFile

Write = Callable[[str], None]
COLUMNS = (*Kind, None)


def write_grouping(score: GroupingScore, write: Write) -> None:
    """Write how many relatives were grouped, what was grouped wrongly, and the kinds of the pairs."""
    write("\nGrouping")
    for name, hard in (("ordinary relatives beside their original", False), ("hard ones", True)):
        found, count = score.recall(hard)
        write(f"{name:44}{_share(found, count)}")
    write(f"{'members that are of another family':44}{_share(len(score.wrong), score.members)}")
    _write_counts("not found", (file.edit for file in score.missed), write)
    write(f"\n{'Kind beside the original':28}" + "".join(f"{kind or 'none':>10}" for kind in COLUMNS))
    for name, counts in sorted(score.kinds.items()):
        write(f"{name:28}" + "".join(f"{counts[kind]:10}" for kind in COLUMNS))


def write_keepers(score: KeeperScore, write: Write) -> None:
    """Write how often the best file is kept, and what was kept instead."""
    write(f"\n{'Keeper':44}")
    write(f"{'groups that keep a best file':44}{_share(score.right, score.asked)}")
    for edit, lost in score.lost_by_edit().most_common():
        write(f"  kept instead: {edit:30}{_share(lost, score.met[edit])} of those there")


def write_removals(scores: Iterable[RemovalScore], write: Write) -> None:
    """Write precision and recall under each set of kinds, by fault, and why files stayed."""
    scores = list(scores)
    write(f"\n{'Removals':28}{'removed':>9}{'wrong':>7}{'precision':>11}{'recall':>9}{'due':>6}")
    for score in scores:
        write(
            f"{_name(score.kinds):28}{score.removed:9}{len(score.wrong):7}{score.precision:11.4f}"
            f"{score.recall:9.4f}{score.due:6}"
        )
        for fault in Fault:
            edits = [wrong.victim.edit for wrong in (*score.wrong, *score.mistaken) if wrong.fault is fault]
            _write_counts(f"{len(edits)} {fault}", edits, write)
    for score in (scores[0], scores[-1]):
        write(f"\nWhy files stay that {_name(score.kinds)} should remove")
        for reason, count in Counter(reason for _, reason in score.stayed).most_common():
            _write_counts(f"{count} {reason}", (f.edit for f, why in score.stayed if why == reason), write)


def list_faults(
    grouping: GroupingScore, keepers: KeeperScore, removals: Iterable[RemovalScore]
) -> Iterator[dict[str, Any]]:
    """Yield everything that is wrong, as JSON values."""
    for file in grouping.missed:
        yield {"score": "grouping", "fault": "not found", "file": _plain(file)}
    for file, keeper in grouping.wrong:
        yield {"score": "grouping", "fault": "another family", "file": _plain(file), "kept": _plain(keeper)}
    for file, other, kind in grouping.misnamed:
        yield {
            "score": "kinds",
            "fault": f"called {kind}",
            "file": _plain(file),
            "original": _plain(other),
        }
    for keeper, original in keepers.lost:
        yield {"score": "keeper", "fault": "poorer", "file": _plain(original), "kept": _plain(keeper)}
    for score in removals:
        under = ",".join(score.kinds)
        for wrong in (*score.wrong, *score.mistaken):
            yield {
                "score": "removals",
                "under": under,
                "fault": wrong.fault.value,
                "kind": wrong.kind.value,
                "file": _plain(wrong.victim),
                "kept": _plain(wrong.keeper),
            }
        for file, reason in score.stayed:
            yield {"score": "stayed", "under": under, "fault": reason, "file": _plain(file)}


def _plain(file: TrueFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "family": file.family,
        "content": file.content,
        "edit": file.edit,
        "kinds": sorted(file.kinds),
        "fidelity": file.fidelity if not file.best else None,
    }


def _name(kinds: tuple[Kind, ...]) -> str:
    more = [kind for kind in kinds if kind not in DEFAULT]
    return "default + " + ", ".join(more) if more else "default kinds"


def _share(part: int, whole: int) -> str:
    return f"{part / whole if whole else 1:8.4f} ({part} of {whole})"


def _write_counts(name: str, words: Iterable[str], write: Write) -> None:
    counts = Counter(words).most_common()
    if counts:
        write(f"  {name}: " + ", ".join(f"{word} {count}" for word, count in counts))
