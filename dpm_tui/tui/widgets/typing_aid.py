"""Typing aid: what was typed before comes back by the arrow keys, what was begun is completed by tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

Complete = Callable[[str], list[str]]
"""Returns the texts that a typed one may become."""


class TypingAid:
    """Helps with one field; ``history`` has the newest text last."""

    def __init__(self, history: Sequence[str] = (), complete: Complete | None = None) -> None:
        self._texts = [*history, ""]
        self._place = len(self._texts) - 1
        self.complete = complete
        self._found: list[str] = []
        self._taken = -1

    def go_back(self, text: str) -> str | None:
        """Return the text before the one that is shown, if there is one."""
        return self._go(text, -1)

    def go_on(self, text: str) -> str | None:
        """Return the text after the one that is shown, if there is one."""
        return self._go(text, 1)

    def turns(self, text: str) -> bool:
        """Return whether ``text`` is what was completed last: the next tab goes on to what else fits."""
        return bool(self._found) and 0 <= self._taken < len(self._found) and self._found[self._taken] == text

    def take(self, text: str, found: list[str]) -> str | None:
        """Return what ``text`` becomes: what all that was found begin with, or the first of it."""
        self._found, self._taken = found, -1
        if not found:
            return None
        same = takewhile(lambda letters: len({*letters}) == 1, zip(*found, strict=False))
        common = "".join(letters[0] for letters in same)
        if len(found) > 1 and len(common) > len(text):
            return common
        return self.take_next()

    def take_next(self) -> str:
        """Return the next of what was found, over and over."""
        self._taken = (self._taken + 1) % len(self._found)
        return self._found[self._taken]

    def _go(self, text: str, step: int) -> str | None:
        place = self._place + step
        if not 0 <= place < len(self._texts):
            return None
        self._texts[self._place] = text
        self._place = place
        return self._texts[place]
