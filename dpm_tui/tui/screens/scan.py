"""The scan screen: what the root holds, the last run, and where to go from here."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.tui.lines.scan_lines import ScanLines
from dpm_tui.tui.screens.base.run_screen import RunScreen


class ScanScreen(RunScreen):
    """The dashboard."""

    NAME: ClassVar = "scan"

    def show_facts(self) -> None:
        """Show the facts of the folder, the bar of the current stage and what to do next."""
        lines = ScanLines(self.session, self.app.look)
        self.facts.show(lines.lines(self.size.width, self.room))
