"""Shows the pictures of the file under the cursor and of those beside it, with the reasons below them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from dpm_tui.catalog.group import Pair
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.lines.reason_lines import fit_lines, pair_lines
from dpm_tui.tui.pictures.zoom import WHOLE, Zoom
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.previews.subject import Subject
from dpm_tui.tui.screens.base.command_host import AppHost, CommandHost
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.widgets.text_lines import TextLines

_PAIR = 2


class PairHost(CommandHost, Protocol):
    """A screen that shows a file beside another one of its group."""

    @property
    def comparison(self) -> ShownPair:
        """The file under the cursor and the one that it is held against."""


class PicturesHost(PairHost, AppHost, Protocol):
    """A screen with previews and reasons."""

    @property
    def panes(self) -> PreviewPanes:
        """The previews."""

    @property
    def reasons(self) -> TextLines:
        """The lines below them."""

    @property
    def zoom(self) -> Zoom:
        """How close the pictures are looked at."""

    def pane_count(self, members: int) -> int:
        """Return how many pictures are shown of a group with so many."""

    def show_pictures(self) -> None:
        """Show the pictures and reasons for the cursor."""

    def run_worker(self, work: Callable[[], Awaitable[None]], *, group: str, exclusive: bool) -> object:
        """Run a task in the background and return its worker."""


class PairPictures:
    """Fills the previews of a screen.

    ``spells_marks`` puts marks above them in words: where no list has any.
    """

    def __init__(self, host: PicturesHost, *, spells_marks: bool = False) -> None:
        self._host = host
        self._spells_marks = spells_marks

    def show(self) -> None:
        """Show the pictures and reasons for the cursor."""
        host, comparison = self._host, self._host.comparison
        if comparison.group is None:
            host.panes.show([])
            host.reasons.show([])
            return
        members, session, look = self._members_shown(), host.session, host.app.look
        width = host.panes.caption_width([comparison.shape(id_) for id_ in members])
        rest = len(comparison.group.members) - len(members) if len(members) > _PAIR else 0
        last = members[-1]
        host.panes.show([self._subject(id_, width, rest if id_ == last else 0) for id_ in members])
        room = max(host.reasons.size.width - 1, 20)
        lines = pair_lines(session.library, comparison, session.review.criteria, room, look)
        host.reasons.show(fit_lines(lines, host.reasons.size.height, room, look))
        unmapped = comparison.unmapped
        if unmapped is not None:
            host.run_worker(partial(self._map_difference, unmapped), group="difference", exclusive=True)

    async def _map_difference(self, pair: Pair) -> None:
        """Fetch a fine difference map of the pair on the screen, once no key is pressed any more."""
        app, comparison = self._host.app, self._host.comparison
        await asyncio.sleep(app.delays.rest if comparison.difference else app.delays.fetch)
        data = await app.link.difference(pair.a, pair.b)
        left, top, right, bottom = data.place or WHOLE
        comparison.learn(pair, data.first, data.second, (left, top, right, bottom))
        self._host.show_pictures()

    def _members_shown(self) -> list[int]:
        """Return the files shown: one, the pair, or as many of the group as there is room for, in order."""
        comparison = self._host.comparison
        assert comparison.group is not None
        members, file, other = comparison.group.members, comparison.file, comparison.other
        count = self._host.pane_count(len(members))
        if count == 1:
            return [file]
        if count > _PAIR:
            first = min(members.index(file) // count * count, len(members) - count)
            return list(members[first : first + count])
        shown = sorted((file, other), key=members.index)
        return shown[::-1] if comparison.flipped else shown

    def _subject(self, id_: int, width: int, rest: int) -> Subject:
        """Return what is shown of a file; ``rest`` is how many of its group are not on the screen."""
        host, session = self._host, self._host.session
        group, look = session.marks.group_of(id_), host.app.look
        lines = GroupLines(session, look)
        caption = lines.caption(group, group.members.index(id_), width, spells_marks=self._spells_marks)
        if rest:
            caption = (caption[0], ((f"+{rest:,}  ", look["notice"]), *caption[1]))
        file = session.library.files[id_]
        frame = look["frame_on" if id_ == host.comparison.file else "frame"]
        if id_ in session.marks.removed:
            frame = look["remove"]
        shown = host.comparison
        shape, field = shown.shape(id_), shown.field(id_)
        return Subject(id_, caption, shown.differs(id_), host.zoom, file.facts.digest, shape, frame, field)
