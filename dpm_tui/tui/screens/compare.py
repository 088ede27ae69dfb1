"""The compare screen: the stages of the run, what they find, and what the worker uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from dpm_tui.tui.lines.progress_lines import ProgressLines, phase_part
from dpm_tui.tui.screens.base.run_screen import RunScreen
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.text_lines import TextLines

_PAIRS = 8


class CompareScreen(RunScreen):
    """The run in detail."""

    NAME: ClassVar = "compare"
    FACTS: ClassVar = "tui.panel_run"

    def extra_panels(self) -> Iterable[Widget]:
        """Yield the newest pairs."""
        self.newest = TextLines(id="newest")
        self.newest_panel = Panel(
            self.app.look, "tui.newest_pairs", self.newest, id="newest-panel", fits=True
        )
        yield self.newest_panel

    def show_facts(self) -> int:
        """Show the whole run, its stages and speed, and the newest pairs."""
        lines = ProgressLines(self.session, self.app.look)
        shown = lines.lines(self.width, self.room)
        self.facts.show(shown)
        phase, _ = phase_part(self.session.status, self.app.look)
        self.facts_panel.tell([(phase, "strong")])
        roomy = self.newest_panel.titled and self.beside
        pairs = lines.newest(self.newest.size.width or self.width // 2, _PAIRS) if roomy else []
        self.newest.show(pairs)
        self.newest_panel.display = bool(pairs)
        return len(shown)
