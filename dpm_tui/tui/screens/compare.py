"""The compare screen: the stages of the run, what they find, and what the worker uses."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.widget import Widget

from dpm_tui.tui.lines.progress_lines import ProgressLines, phase_part
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.previews.subject import Subject
from dpm_tui.tui.screens.base.run_screen import RunScreen
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol.messages import FoundPair

_PAIRS = 6
_PICTURE_LINES, _MIN_HEIGHT = (12, 20), 30
_CELLS = 600
"""So many cells of pictures are sent in the usual time."""


class CompareScreen(RunScreen):
    """The run in detail."""

    NAME: ClassVar = "compare"
    FACTS: ClassVar = "tui.panel_run"

    def __init__(self) -> None:
        super().__init__()
        self._find: FoundPair | None = None
        self._found_at = 0.0

    def extra_panels(self) -> Iterable[Widget]:
        """Yield the newest pairs, one of them as pictures."""
        look = self.app.look
        self.newest = TextLines(id="newest")
        self.panes = PreviewPanes(look, self.link.thumbnail, self.app.delays, has_frames=False)
        self.newest_panel = Panel(
            look, "tui.newest_pairs", self.panes, self.newest, id="newest-panel", fits=True
        )
        yield self.newest_panel

    def show_facts(self) -> int:
        """Show the whole run, its stages and speed, and the newest pairs."""
        lines = ProgressLines(self.session, self.app.look)
        shown = lines.lines(self.width, self.room)
        self.facts.show(shown)
        phase, _ = phase_part(self.session.status, self.app.look)
        self.facts_panel.tell([(phase, "strong")])
        pairs = lines.newest(self.newest.size.width or self.width // 2, _PAIRS) if self.beside else []
        self.newest.show(pairs)
        self.newest_panel.display = bool(pairs)
        self._show_find()
        return len(shown)

    def _show_find(self) -> None:
        """Show the newest pair as pictures, another one only now and then."""
        latest = [pair for pair in self.session.status.latest if pair.first_id and pair.second_id]
        self.panes.display = bool(latest) and self._has_room
        if not self.panes.display:
            self._find = None
            return
        self.panes.styles.height = min(max(self.size.height // 3, _PICTURE_LINES[0]), _PICTURE_LINES[1])
        now = time.monotonic()
        # Larger pictures come as much more seldom, so that a line carries no more.
        wait = self.app.delays.find * max(self.panes.size.area / _CELLS, 1.0)
        if self._find is not None and (self._find == latest[-1] or now < self._found_at + wait):
            return
        self._find, self._found_at = latest[-1], now
        self._lay_out_find()

    @on(PreviewPanes.Resized)
    def _lay_out_find(self) -> None:
        """Show the two pictures in the room that there is."""
        if (find := self._find) is None:
            return
        lines = ProgressLines(self.session, self.app.look)
        captions = lines.captions(find, self.panes.size.width // 2 or self.width // 4)
        files = (find.first_id, find.second_id)
        self.panes.show([Subject(file, caption) for file, caption in zip(files, captions, strict=True)])

    @property
    def _has_room(self) -> bool:
        """Whether there is room for pictures, and nothing speaks against them."""
        if not self.session.config.finds or self.app.is_slow:
            return False
        return self.beside and self.size.height >= _MIN_HEIGHT
