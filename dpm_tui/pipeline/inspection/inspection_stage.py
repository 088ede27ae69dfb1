"""Inspection stage: every copy that a rule may remove is looked at once more beside its keeper, at full size.

Not every pair: a picture with thirty copies has 435 of them. The best file of each family, as far as its
facts tell, is held against the others; whatever turns out to be better takes its place, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.pipeline.content_digest import DigestPair, digest_pair
from dpm_tui.pipeline.decoder import Decoder, InspectionOrder
from dpm_tui.pipeline.image_file import ImageFile, Status
from dpm_tui.pipeline.inspection.inspected_verdict import copies_of
from dpm_tui.pipeline.inspection.inspection import Inspection
from dpm_tui.pipeline.inspection.tone_votes import better_by
from dpm_tui.pipeline.pace import Pace
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.store import InspectionTable
from dpm_tui.pipeline.verify import Kind, Verdict

RIVALS = 3
"""Pictures besides the leader that a copy is held against where it may be one of theirs."""
ROUNDS = 5
"""Times that another file takes the lead of a family; more only come from answers that go in a circle."""
BETTER = 1.0
"""Logarithm of the odds from which another file takes the lead and the others are held against it."""

HOPELESS = (Status.DAMAGED, Status.UNSUPPORTED, Status.CRASHED)
"""What is not tried again: more memory, or the file as it was, would help as little."""

Rank = Callable[[ImageFile], tuple[Any, ...]]
"""Returns what files are ordered by, the best keeper first."""


@dataclass
class _Family:
    """Contents that a leader has pairs with, all of them copies."""

    leader: str
    members: list[str]
    led: set[str] = field(default_factory=set)


def inspect_copies(
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    by_digest: Mapping[str, Sequence[ImageFile]],
    table: InspectionTable,
    decoder: Decoder,
    rank: Rank,
    pace: Pace,
    reporter: Reporter,
) -> None:
    """Look at the copies of each family beside its leader, round by round; raises Cancelled.

    What the table knows is not looked at again.
    """
    near = copies_of(
        pair
        for pair, verdict in verdicts
        if verdict.kind is Kind.COPY and pair[0] in by_digest and pair[1] in by_digest
    )
    families = list(_families(near, lambda digest: (*rank(by_digest[digest][0]), by_digest[digest][0].path)))
    done = 0
    for _ in range(ROUNDS):
        open_ = _open_pairs(families, near, table)
        pace.start(Stage.INSPECT, done + len(open_))
        if done:
            pace.step(done)
        _look_at(open_, by_digest, table, decoder, pace, reporter)
        done += len(open_)
        families = [family for family in families if _change_leader(family, near, table)]
        if not families:
            break
    pace.finish()


def _families(near: Mapping[str, set[str]], rank: Callable[[str], tuple[Any, ...]]) -> Iterator[_Family]:
    """Yield families as groups will be: the best content takes its copies, then the best of the others."""
    taken: set[str] = set()
    for leader in sorted(near, key=rank):
        if leader not in taken:
            members = sorted(near[leader] - taken)
            taken.update(members, (leader,))
            if members:
                yield _Family(leader, [leader, *members])


def _open_pairs(
    families: Iterable[_Family], near: Mapping[str, set[str]], table: InspectionTable
) -> list[DigestPair]:
    """Return the pairs to look at: members beside their leader, and beside what they may be copies of too."""
    pairs: dict[DigestPair, None] = {}
    for family in families:
        for member in family.members:
            if member != family.leader:
                rivals = near[member] - near[family.leader] - {family.leader}
                pairs[digest_pair(member, family.leader)] = None
                for rival in sorted(rivals)[:RIVALS]:
                    pairs[digest_pair(member, rival)] = None
                    pairs[digest_pair(family.leader, rival)] = None
    return [pair for pair in pairs if pair not in table]


def _look_at(
    pairs: Sequence[DigestPair],
    by_digest: Mapping[str, Sequence[ImageFile]],
    table: InspectionTable,
    decoder: Decoder,
    pace: Pace,
    reporter: Reporter,
) -> None:
    orders = (
        InspectionOrder(by_digest[one][0].path, by_digest[two][0].path, (one, two)) for one, two in pairs
    )
    for order, found in decoder.inspect(orders, reporter.cancelled):
        if isinstance(found, Inspection):
            table.put(order.digests, found)
        elif found.status in HOPELESS:
            table.put(order.digests, None)
        pace.step()
    pace.step(0)


def _change_leader(family: _Family, near: Mapping[str, set[str]], table: InspectionTable) -> bool:
    """Let the member that is most clearly better take the lead; return whether one did."""
    family.led.add(family.leader)
    best, lead = family.leader, BETTER
    for member in family.members:
        if member in family.led or member not in near[family.leader]:
            continue
        better = better_by(member, family.leader, family.members, table)
        if better > lead:
            best, lead = member, better
    if best == family.leader:
        return False
    family.leader = best
    family.members = [member for member in family.members if member == best or member in near[best]]
    return True
