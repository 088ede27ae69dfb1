"""Inspection stage: every copy that a rule may remove is looked at once more beside its keeper, at full size.

Not every pair: a picture with thirty copies has 435 of them. The best file of each family, as far as its
facts tell, is held against the others; whatever turns out to be better takes its place, and so on. Pictures
in few colours are held against those that they may be made of too, copies or not by their thumbnails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoder, InspectionOrder
from dpm_tui.pipeline.inspection.inspected_verdict import inspect_verdicts, paired_with, prove_verdict
from dpm_tui.pipeline.inspection.palette_pairs import PalettePairs
from dpm_tui.pipeline.keeper_order import Ranking, order_contents
from dpm_tui.pipeline.ports import InspectionTable, VerdictTable
from dpm_tui.pipeline.quality.tone_votes import better_by
from dpm_tui.pipeline.reporter import Reporter, Stage

RIVALS = 3
"""Pictures besides the leader that a copy is held against where it may be one of theirs."""
ROUNDS = 5
"""Times that another file takes the lead of a family; more only come from answers that go in a circle."""
BETTER = 1.0
"""Logarithm of the odds from which another file takes the lead and the others are held against it."""

HOPELESS = (Status.DAMAGED, Status.UNSUPPORTED, Status.CRASHED)
"""What is not tried again: more memory, or the file as it was, would help as little."""


@dataclass
class _Family:
    """Contents that a leader has pairs with, all of them copies."""

    leader: str
    members: list[str]
    led: set[str] = field(default_factory=set)


def inspect_copies(
    verdicts: VerdictTable,
    by_digest: Mapping[str, Sequence[ImageFile]],
    table: InspectionTable,
    decoder: Decoder,
    rank: Ranking,
    pace: Checkpointer,
    reporter: Reporter,
) -> None:
    """Look at the copies of each family beside its leader, round by round; raises Cancelled.

    What the table knows is not looked at again.
    """
    alike = verdicts.alike()
    judged = [(pair, verdict) for pair, verdict in alike if pair[0] in by_digest and pair[1] in by_digest]
    copies: list[DigestPair] = []
    others = PalettePairs(by_digest)
    for pair, verdict in judged:
        if prove_verdict(verdict, table.get(pair)).kind is Kind.COPY:
            copies.append(pair)
        else:
            others.add(pair, verdict)
    stage = _Stage(by_digest, table, decoder, rank, pace, reporter)
    leaders = stage.look_at_families(paired_with(copies))
    stage.look_at([pair for pair in others.pick(leaders) if pair not in table])
    for _ in range(ROUNDS):
        # What was seen to differ is no copy any more: another file may lead what is left.
        looked_at = stage.done
        inspected = inspect_verdicts(judged, table, verdicts)
        left = (each.pair for each in inspected if each.verdict.kind is Kind.COPY)
        stage.look_at_families(paired_with(left))
        if stage.done == looked_at:
            break
    pace.finish()


def find_unseen(
    wanted: Collection[DigestPair],
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    table: InspectionTable,
) -> list[DigestPair]:
    """Return those of the wanted pairs that are copies and were not looked at at full size."""
    open_ = ((pair, verdict) for pair, verdict in verdicts if pair in wanted and pair not in table)
    return sorted(pair for pair, verdict in open_ if verdict.kind is Kind.COPY)


def inspect_pairs(
    pairs: Sequence[DigestPair],
    by_digest: Mapping[str, Sequence[ImageFile]],
    table: InspectionTable,
    decoder: Decoder,
    rank: Ranking,
    pace: Checkpointer,
    reporter: Reporter,
) -> None:
    """Look at some pairs whose contents are all in the library; raises Cancelled."""
    stage = _Stage(by_digest, table, decoder, rank, pace, reporter)
    stage.look_at([pair for pair in pairs if pair[0] in by_digest and pair[1] in by_digest])
    pace.finish()


@dataclass
class _Stage:
    """Looks at pairs and counts them."""

    by_digest: Mapping[str, Sequence[ImageFile]]
    table: InspectionTable
    decoder: Decoder
    rank: Ranking
    pace: Checkpointer
    reporter: Reporter
    done: int = 0
    tried: set[DigestPair] = field(default_factory=set)
    """What could not be looked at is not tried again in the same run."""

    def look_at_families(self, near: Mapping[str, set[str]]) -> dict[str, str]:
        """Look at the copies of each family, round by round; return the leader of each content of one."""
        every = list(_families(near, order_contents(near, self.by_digest, self.rank)))
        families = every
        for _ in range(ROUNDS):
            self.look_at(_open_pairs(families, near, self.table))
            families = [family for family in families if _change_leader(family, near, self.table)]
            if not families:
                break
        return {member: family.leader for family in every for member in family.members}

    def look_at(self, pairs: Sequence[DigestPair]) -> None:
        """Put what is found of each pair into the table."""
        by_digest = self.by_digest
        pairs = [pair for pair in pairs if pair not in self.tried]
        self.tried.update(pairs)
        self.pace.start(Stage.INSPECT, self.done + len(pairs))
        if self.done:
            self.pace.step(self.done)
        orders = (
            InspectionOrder(by_digest[one][0].path, by_digest[two][0].path, (one, two)) for one, two in pairs
        )
        for order, found in self.decoder.inspect(orders, self.reporter.cancelled):
            if isinstance(found, Inspection):
                self.table.put(order.digests, found)
            elif found.status in HOPELESS:
                self.table.put(order.digests, None)
            self.pace.step()
        self.pace.step(0)
        self.done += len(pairs)


def _families(near: Mapping[str, set[str]], places: Mapping[str, int]) -> Iterator[_Family]:
    """Yield families as groups will be: the best content takes its copies, then the best of the others."""
    taken: set[str] = set()
    for leader in sorted(near, key=places.__getitem__):
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
