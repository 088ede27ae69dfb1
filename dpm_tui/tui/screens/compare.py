"""The compare screen: the stages of the run, what they find, and what the worker uses."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.tui.lines.progress_lines import ProgressLines
from dpm_tui.tui.screens.base.run_screen import RunScreen


class CompareScreen(RunScreen):
    """The run in detail."""

    NAME: ClassVar = "compare"

    def show_facts(self) -> None:
        """Show the bars of the stages, the speed and the newest pairs."""
        lines = ProgressLines(self.session, self.app.look)
        self.facts.show(lines.lines(self.size.width, self.room))
