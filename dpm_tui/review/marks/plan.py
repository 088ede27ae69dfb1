"""The plan: every move that the marks amount to, each with the keeper that justifies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from dpm_tui.catalog.group import TIER_OF, Better, Group
from dpm_tui.catalog.image_file import ImageFile, Stamp
from dpm_tui.catalog.inspection import REASONS
from dpm_tui.catalog.verdict import Alteration, Kind
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.move_doubt import MoveDoubt, doubt_about

_MOVES_PER_PART = 2000
ORPHAN_ANSWERS = "tps"
"""What ``Plan.settled`` takes for an answer."""
MOVE_REASONS = frozenset((*REASONS, *(how.value for how in Alteration))) - {"contested", Alteration.OVERLAP}
"""What may speak against a file that goes: of the words left out neither of two files is the better."""

MOVE_DOUBTS = frozenset(("", *MoveDoubt))


@dataclass(frozen=True, slots=True)
class Witness:
    """A file as it was when it was compared; the proof before a move holds the disk against it."""

    path: bytes
    stamp: Stamp
    digest: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A sidecar, RAW twin or Live Photo movie that goes where its picture goes.

    ``twin`` is the keeper's own companion with the same content, None where the keeper has none.
    """

    file: Witness
    twin: Witness | None = None


@dataclass(frozen=True, slots=True)
class SideFile:
    """The XMP side file of a kept picture that gets what only its copies knew.

    ``new`` is what it will be: path, size and SHA-256. ``old`` goes to the recycle bin, None for none.
    """

    new: Witness
    old: Witness | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One file on its way to the recycle bin, and the keeper whose verified pair allows it."""

    victim: Witness
    keeper: Witness
    kind: Kind
    similarity: float
    rule: str
    group: str
    companions: tuple[Companion, ...] = ()
    reason: str = ""
    """What speaks against the victim, a word of ``MOVE_REASONS``, empty for nothing."""
    amount: float = 0.0
    doubt: str = ""
    """Why a person should look at it first, a word of ``MoveDoubt``, empty for nothing."""
    link: Link = Link.NONE
    """What takes the name of an identical victim; its companions stay then, since the name does."""
    adds: tuple[str, ...] = ()
    """What the keeper's side file is to get, words of ``PictureNotes``; the first move of a keeper has it."""
    side: SideFile | None = None
    """The side file as it will be written; worked out right before the moves, never believed of a plan."""

    @property
    def size(self) -> int:
        """Bytes of the victim and its companions."""
        return self.victim.stamp.size + sum(each.file.stamp.size for each in self.companions)

    @property
    def orphans(self) -> tuple[Companion, ...]:
        """The companions whose content would leave the library: the keeper has no twin of them."""
        return tuple(companion for companion in self.companions if companion.twin is None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The moves of one batch. No keeper in it is also a victim."""

    moves: tuple[Move, ...]

    @property
    def size(self) -> int:
        """Bytes that the moves take out of the library, companions included."""
        return sum(move.size for move in self.moves)

    @property
    def links(self) -> Counter[Link]:
        """How many victims leave a link of each kind under their names."""
        return Counter(move.link for move in self.moves if move.link)

    @property
    def noted(self) -> int:
        """The number of keepers whose side files get something."""
        return sum(bool(move.adds) for move in self.moves)

    @property
    def weakest(self) -> float:
        """The lowest similarity that a move rests on; 1 for an empty plan."""
        return min((move.similarity for move in self.moves), default=1.0)

    @property
    def companions(self) -> int:
        """The number of companions that go with their pictures."""
        return sum(len(move.companions) for move in self.moves)

    @property
    def orphans(self) -> int:
        """The number of companions that the keepers have no twin of."""
        return sum(len(move.orphans) for move in self.moves)

    def of_groups(self, groups: Collection[str]) -> Plan:
        """Return the moves in some groups, by their ids."""
        return Plan(tuple(move for move in self.moves if move.group in groups))

    def of_kinds(self, kinds: Collection[Kind]) -> tuple[Plan, Plan]:
        """Return the moves of some kinds, and those of the others."""
        chosen = tuple(move for move in self.moves if move.kind in kinds)
        return Plan(chosen), Plan(tuple(move for move in self.moves if move.kind not in kinds))

    @property
    def kinds(self) -> str:
        """The kinds of the moves as ``--kinds`` takes them, the strictest first."""
        held = {move.kind for move in self.moves}
        return ",".join(kind for kind in Kind if kind in held)

    def alone(self) -> Plan:
        """Return this plan with every companion staying where it is."""
        return Plan(tuple(replace(move, companions=()) for move in self.moves))

    def with_links(self, link: Link) -> Plan:
        """Return this plan with ``link`` in the place of every identical victim, whose companions stay."""
        return Plan(
            tuple(
                replace(move, link=link, companions=() if link else move.companions)
                if move.kind is Kind.IDENTICAL
                else move
                for move in self.moves
            )
        )

    def parts(self) -> Iterator[Plan]:
        """Yield the moves in parts that travel while other messages do; ``join_plans`` puts them together."""
        for start in range(0, len(self.moves), _MOVES_PER_PART):
            yield Plan(self.moves[start : start + _MOVES_PER_PART])

    def justified(self, removed: Collection[bytes]) -> Plan:
        """Return the moves that hold while only ``removed`` go, by their paths: their keepers stay."""
        moves = (move for move in self.moves if move.victim.path in removed)
        return Plan(tuple(move for move in moves if move.keeper.path not in removed))

    def settled(self, answer: str) -> Plan:
        """Return what is left to move once a person has said what becomes of orphans.

        With ``t`` they go together with their pictures, with ``p`` the pictures go alone, with ``s`` both
        stay; with anything else nothing goes.
        """
        match answer:
            case "t":
                return self
            case "p":
                return self.alone()
            case "s":
                return self.split_orphans()[0]
        return Plan(())

    def split_orphans(self) -> tuple[Plan, Plan]:
        """Return the moves that take no orphan away, and those that would."""
        safe = tuple(move for move in self.moves if not move.orphans)
        doubtful = tuple(move for move in self.moves if move.orphans)
        return Plan(safe), Plan(doubtful)


@dataclass(frozen=True, slots=True)
class Unjustified:
    """A marked file that no staying member of its group has a verified pair with."""

    file: int
    group: str


def build_plan(
    library: Library,
    groups: Iterable[Group],
    removed: Collection[int],
    rule_of: Callable[[int], str],
    kinds: Collection[Kind] = tuple(Kind),
) -> tuple[Plan, list[Unjustified]]:
    """Turn files marked for removal into a plan.

    Each victim names the staying member of its group that its closest verified pair is with: a true
    copy before a crop and a crop before a variant, among those one that is no poorer, and then the most
    similar one. Only pairs of ``kinds`` count: those that the rule was given. A victim without one stays
    where it is and is returned among the unjustified. ``rule_of`` tells by which rule a file was marked.
    """
    files = library.files
    moves: list[Move] = []
    unjustified: list[Unjustified] = []
    for group in groups:
        staying = [id_ for id_ in group.members if id_ not in removed]
        for victim in (id_ for id_ in group.members if id_ in removed):
            links = [
                (
                    (-TIER_OF[pair.kind], pair.spares(victim), pair.similarity, keeper == group.keeper),
                    keeper,
                    pair,
                )
                for keeper in staying
                if (pair := library.pair(victim, keeper)) is not None and pair.kind in kinds
            ]
            if not links:
                unjustified.append(Unjustified(victim, group.id))
                continue
            _, keeper, pair = max(links, key=lambda link: link[0])
            doubt = doubt_about(files[victim], files[keeper], pair)
            told = pair.better in (Better.FIRST, Better.SECOND) and pair.spares(victim)
            moves.append(
                Move(
                    victim=witness(files[victim]),
                    keeper=witness(files[keeper]),
                    kind=pair.kind,
                    similarity=pair.similarity,
                    rule=rule_of(victim),
                    group=group.id,
                    reason=pair.reason if told else "",
                    amount=pair.amount,
                    doubt=doubt or "",
                )
            )
    return Plan(tuple(moves)), unjustified


def witness(file: ImageFile) -> Witness:
    """Return what the proof before a move needs to know of ``file``."""
    return Witness(path=file.path, stamp=file.stamp, digest=file.facts.digest)


def plan_marks(library: Library, marks: Marks) -> tuple[Plan, list[Unjustified]]:
    """Turn what is marked for removal into a plan; each move carries the rule that marked its file."""
    # A person may go on marking while a thread plans.
    removed = frozenset(marks.removed)
    groups = (library.groups[number] for number in library.numbers_of(removed))
    return build_plan(library, groups, removed, marks.rule_of)


def join_plans(parts: Iterable[Plan]) -> Plan:
    """Return the moves of all parts; a file that is in one of them already is no companion in another."""
    moves = [move for part in parts for move in part.moves]
    taken = {move.victim.path for move in moves} | {move.keeper.path for move in moves}
    for number, move in enumerate(moves):
        if move.companions:
            own = tuple(each for each in move.companions if each.file.path not in taken)
            taken.update(each.file.path for each in own)
            moves[number] = replace(move, companions=own)
    return Plan(tuple(moves))
