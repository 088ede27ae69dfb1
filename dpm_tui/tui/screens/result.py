"""The result screen: what became of the last batches, and why files stayed where they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.base.scrolled_list import ScrolledListScreen
from dpm_tui.tui.session.move_outcomes import Outcome
from dpm_tui.tui.terminal.cell_text import Part, cut_start, wrap
from dpm_tui.tui.theme import Look

_MAX_LINES = 20_000


class ResultScreen(ScrolledListScreen):
    """Lies over the groups; the newest batch comes first."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.LIST,)
    CLOSES: ClassVar = True
    TITLE_KEY: ClassVar = "tui.panel_result"
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def lay_out(self, width: int) -> list[list[Part]]:
        """Return what became of the batches."""
        return result_lines(self.session.outcomes, self.app.look, width)


def result_lines(outcomes: Iterable[Outcome], look: Look, width: int) -> list[list[Part]]:
    """Return the lines: what was done, then each file that stayed with the reason."""
    lines: list[list[Part]] = []
    for outcome in outcomes:
        lines += [[(f" {line}", look["strong"])] for line in wrap(outcome.words, width - 2)]
        count = len(outcome.skipped)
        words = translate("tui.result_left", count=count) if count else translate("tui.result_all")
        lines.append([(f"   {words}", look["doubt" if count else "dim"])])
        for item in outcome.skipped[: max(_MAX_LINES - len(lines), 0)]:
            path = cut_start(display_name(item.path), width - 4)
            lines.append([(f"   {path}", look["text"])])
            lines += [[(f"     {line}", look["doubt"])] for line in wrap(item.reason, width - 6)]
        lines.append([])
    return lines
