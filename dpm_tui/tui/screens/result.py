"""The result screen: what became of the last batches, and why files stayed where they were."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.tui.cells import Part, cut_start, wrap
from dpm_tui.tui.commands import Scope
from dpm_tui.tui.look import Look
from dpm_tui.tui.screens.base import ListScreen, bindings_for
from dpm_tui.tui.session import Session
from dpm_tui.tui.widgets.row_list import RowList

_LINES_AT_MOST = 20_000


class ResultScreen(ListScreen):
    """Lies over the groups; the newest batch comes first."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.LIST,)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        self.lines: list[list[Part]] = []
        self.rows = RowList(self._draw, self.app.look, has_cursor=False, id="result")
        yield self.rows

    def show_session(self) -> None:
        """Show what became of the batches."""
        super().show_session()
        self.lines = lay_out(self.session, self.app.look, self.size.width)
        self.rows.show(len(self.lines))

    def do_back(self) -> None:
        """Back to the groups."""
        self.dismiss()

    def _draw(self, line: int, width: int) -> list[Part]:
        return self.lines[line] if line < len(self.lines) else []


def lay_out(session: Session, look: Look, width: int) -> list[list[Part]]:
    """Return the lines: what was done, then each file that stayed with the reason."""
    lines: list[list[Part]] = []
    for outcome in session.outcomes:
        lines += [[(f" {line}", look["strong"])] for line in wrap(outcome.words, width - 2)]
        if not outcome.skipped:
            lines.append([(f"   {translate('tui.result_all')}", look["dim"])])
        for item in outcome.skipped[: max(_LINES_AT_MOST - len(lines), 0)]:
            path = cut_start(display_name(item.path), width - 4)
            lines.append([(f"   {path}", look["text"])])
            lines += [[(f"     {line}", look["doubt"])] for line in wrap(item.reason, width - 6)]
        lines.append([])
    return lines
