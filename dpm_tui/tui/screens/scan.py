"""The scan screen: what the root holds, the last run, and where to go from here."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.tui.lines.scan_lines import ScanLines
from dpm_tui.tui.screens.base.run_screen import RunScreen


class ScanScreen(RunScreen):
    """The dashboard."""

    NAME: ClassVar = "scan"
    FACTS: ClassVar = "tui.panel_folder"

    def show_facts(self) -> int:
        """Show the facts of the folder, how far a run is and what to do next."""
        lines = ScanLines(self.session, self.app.look).lines(self.width, self.room)
        self.facts.show(lines)
        return len(lines)
