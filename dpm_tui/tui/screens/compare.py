"""The compare screen: the stages of the run, what they find, and what the worker uses."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.tui.screens.run_screens import RunScreen


class CompareScreen(RunScreen):
    """The run in detail."""

    NAME: ClassVar = "compare"

    def show_facts(self) -> None:
        """Show the bars of the stages and the counts."""
        width = self.size.width
        self.facts.show([*self.run_lines.stages(width), *self.run_lines.counts(width)])
