"""Kind walk: the steps of the groups shown, from the safest kind on, and the way from one to another."""

from __future__ import annotations

from itertools import pairwise

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.kind_steps import KindStep, kind_steps, step_of
from dpm_tui.review.library.list_layout import ListLayout, ListPosition
from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.tui.session.session import Session


class KindWalk:
    """Knows the steps of what a session shows, and moves its cursor between them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: tuple[ListLayout, tuple[str, ...], list[KindStep]] | None = None

    @property
    def steps(self) -> list[KindStep]:
        """The steps of the groups shown, worked out once for each layout of the list."""
        session = self._session
        rows, folders = session.rows, session.config.protected
        if self._known is None or self._known[0] is not rows or self._known[1] != folders:
            steps = kind_steps(session.library, rows.numbers, session.review.protected)
            self._known = rows, folders, steps
        return self._known[2]

    @property
    def kind(self) -> Kind | None:
        """The step that the group under the cursor belongs to."""
        session = self._session
        if not session.rows:
            return None
        return step_of(session.library, session.rows.numbers[session.cursor.position])

    def go(self, step: int) -> Kind | None:
        """Go to the first group of the next step, or of the one before with ``step`` -1; return its kind.

        Groups in another order are sorted by kind first. None where there is no such step.
        """
        session, here = self._session, self.kind
        kinds = [each.kind for each in self.steps]
        ways = pairwise(kinds if step > 0 else kinds[::-1])
        aim = next((end for start, end in ways if start is here), None)
        if aim is None:
            return None
        if session.sorting != (in_order := Sorting(Order.KIND)):
            session.sorting = in_order
            session.lay_out()
        before = sum(each.groups for each in self.steps[: kinds.index(aim)])
        session.cursor = ListPosition(before, 0)
        return aim
