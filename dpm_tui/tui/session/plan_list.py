"""The plan as the app lists it: moves in order, a cursor, and what they amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Companion, Move, Plan

_NEXT = {Link.NONE: Link.REFLINK, Link.REFLINK: Link.HARD, Link.HARD: Link.NONE}


class PlanList:
    """The moves of a plan, by path or those first that a person should look at, the weakest of them ahead.

    ``size``, ``companions``, ``doubtful``, ``kinds``, ``links``, ``noted`` and the bytes of each kind are
    kept up to date: a plan may have 100,000 moves. ``link`` is what identical files leave under their names.
    """

    def __init__(self, plan: Plan, *, by_path: bool = False, link: Link = Link.NONE) -> None:
        self.moves: list[Move] = list(plan.moves)
        self.by_path = by_path
        self.link = link
        self.cursor = 0
        self.size = 0
        self.companions = 0
        self.doubtful = 0
        self.kinds: Counter[Kind] = Counter()
        self.bytes: Counter[Kind] = Counter()
        self.links: Counter[Link] = Counter()
        self.noted = 0
        self._staying: dict[bytes, tuple[Companion, ...]] = {}
        self._count(self.moves, 1)
        self._sort()

    @property
    def plan(self) -> Plan:
        """The moves as a plan."""
        return Plan(tuple(self.moves))

    @property
    def current(self) -> Move | None:
        """The move under the cursor."""
        return self.moves[self.cursor] if self.moves else None

    @property
    def weakest(self) -> float:
        """The lowest similarity of a move."""
        if self.by_path:
            return self.plan.weakest
        # Among the doubtful ones and among the others the weakest is the first.
        firsts = (*self.moves[:1], *self.moves[self.doubtful : self.doubtful + 1])
        return min((move.similarity for move in firsts), default=1.0)

    def move(self, lines: int) -> None:
        """Move the cursor by so many lines."""
        self.cursor = min(max(self.cursor + lines, 0), max(len(self.moves) - 1, 0))

    def go_to(self, path: bytes) -> None:
        """Put the cursor on the move of a victim, if it is there."""
        self.cursor = next(
            (line for line, move in enumerate(self.moves) if move.victim.path == path), self.cursor
        )
        self.move(0)

    def turn(self) -> None:
        """Change the order; the cursor stays on its move."""
        here = self.current
        self.by_path = not self.by_path
        self._sort()
        if here is not None:
            self.go_to(here.victim.path)

    def take_out(self) -> Move:
        """Take the move under the cursor out; the cursor goes to the next one."""
        move = self.moves.pop(self.cursor)
        self._count([move], -1)
        self.move(0)
        return move

    def renew(self, plan: Plan) -> PlanList:
        """Return the list of another plan with order, cursor and links kept."""
        return self._renewed(plan, self.link)

    def turn_link(self) -> PlanList:
        """Return this list with identical files leaving the next kind of link: none, reflinks, hard links."""
        return self._renewed(self.plan, _NEXT[self.link])

    def _renewed(self, plan: Plan, link: Link) -> PlanList:
        identical = [move for move in plan.moves if move.kind is Kind.IDENTICAL]
        # They go along again once no link takes the name of their picture.
        staying = {move.victim.path: move.companions for move in identical if move.companions}
        staying = {**self._staying, **staying}
        if link or self.link:
            plan = plan.with_links(link)
        if self.link and not link:
            moves = (
                replace(move, companions=staying.get(move.victim.path, move.companions))
                for move in plan.moves
            )
            plan = Plan(tuple(moves))
        fresh = PlanList(plan, by_path=self.by_path, link=link)
        fresh._staying = staying
        fresh.cursor = self.cursor
        fresh.move(0)
        if self.current is not None:
            fresh.go_to(self.current.victim.path)
        return fresh

    def _sort(self) -> None:
        if self.by_path:
            self.moves.sort(key=lambda move: move.victim.path)
        else:
            self.moves.sort(key=lambda move: (not move.doubt, move.similarity, move.victim.path))

    def _count(self, moves: Iterable[Move], times: int) -> None:
        moves = list(moves)
        self.size += times * sum(move.size for move in moves)
        self.companions += times * sum(len(move.companions) for move in moves)
        self.doubtful += times * sum(bool(move.doubt) for move in moves)
        for move in moves:
            self.kinds[move.kind] += times
            self.bytes[move.kind] += times * move.size
            if move.link:
                self.links[move.link] += times
            self.noted += times * bool(move.adds)
