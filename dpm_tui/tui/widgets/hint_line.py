"""The hint line: a few sentences for whoever opens a library for the first time, until they are dismissed."""

from __future__ import annotations

from collections.abc import Sequence

from dpm_tui.locale import translate
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, wrap
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.text_lines import TextLines

_LEAST_HEIGHT = 16
"""A shorter terminal needs its lines for the list."""


class HintLine(TextLines):
    """Shows one of the sentences of some keys after the other; without hints it has no line.

    A library in which something was marked, decided or moved when it was opened gets none.
    """

    def __init__(self, look: Look, session: Session, keys: Sequence[str]) -> None:
        super().__init__(id="hint")
        self._look = look
        self._session = session
        self._recent = session.recent
        self._keys = keys
        self._is_new = False

    def show_hint(self) -> None:
        """Show the hint that is next, if one is left and there is room."""
        session = self._session
        if not self._is_new and session.review.known and session.bin.known:
            self._is_new = session.marks.history.last is None and not session.bin.entries
            if not self._is_new:
                self._recent.hints = 0
        left, size = min(self._recent.hints, len(self._keys)), self.app.size
        if not (left and self._is_new) or size.height < _LEAST_HEIGHT:
            self.show([])
            return
        place = len(self._keys) - left
        head = translate("tui.hint_place", number=place + 1, total=len(self._keys))
        words = (
            f"{translate(self._keys[place])} {translate('tui.hint_next' if left > 1 else 'tui.hint_last')}"
        )
        look, lines = self._look, wrap(f"{head} {words}", size.width - 2)
        parts: list[list[Part]] = [[(f" {line}", look["text"])] for line in lines]
        parts[0] = [(f" {head}", look["key"]), (lines[0][len(head) :], look["text"])]
        self.show(parts)

    def dismiss(self) -> bool:
        """Go on to the next hint; return whether one was shown."""
        was_shown = bool(self.size.height)
        if was_shown:
            self._recent.hints -= 1
            self.show_hint()
        return was_shown
