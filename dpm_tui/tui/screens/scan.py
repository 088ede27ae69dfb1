"""The scan screen: what the root holds, the last run, and where to go from here."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.tui.screens.run_screens import RunScreen


class ScanScreen(RunScreen):
    """The dashboard."""

    NAME: ClassVar = "scan"

    def show_facts(self) -> None:
        """Show the facts of the library and the bar of the current stage."""
        width = self.size.width
        self.facts.show([*self.run_lines.dashboard(width), *self.run_lines.now(width), []])
