"""Late answers: what a terminal says to questions, taken out of what is typed.

Textual would take such answers for keys.
"""

from __future__ import annotations

import re

_ANSWER = re.compile(
    rb"\x1b\[0n"  # all is well, said after a picture
    rb"|\x1b\[\?[\d;]*[cS]"
    rb"|\x1b\[6;\d+;\d+t"
    rb"|\x1bP>\|[^\x1b]*\x1b\\"
    rb"|\x1b_G[^\x1b]*\x1b\\"
    rb"|\x1b\]1337;[^\x1b\x07]*(?:\x1b\\|\x07)"
)
_BEGUN = re.compile(
    rb"\x1b(?:"
    rb"\[(?:0|\?[\d;]*|6(?:;\d*)?(?:;\d*)?)?"
    rb"|P(?:>(?:\|[^\x1b]*\x1b?)?)?"
    rb"|_(?:G[^\x1b]*\x1b?)?"
    rb"|\](?:1(?:3(?:3(?:7(?:;[^\x1b\x07]*\x1b?)?)?)?)?)?"
    rb")\Z"
)
_MOST = 512
"""An answer is not longer."""
WELL = b"\x1b[0n"


class LateAnswers:
    """Takes answers out of the bytes that come from a terminal, also where they come in pieces."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, data: bytes) -> tuple[bytes, int]:
        """Return what was typed, and how many times the terminal said that all is well."""
        data, self._held = self._held + data, b""
        well = 0

        def count(found: re.Match[bytes]) -> bytes:
            nonlocal well
            well += found[0] == WELL
            return b""

        typed = _ANSWER.sub(count, data)
        begun = _BEGUN.search(typed)
        if begun and len(typed) - begun.start() < _MOST:
            self._held = typed[begun.start() :]
            typed = typed[: begun.start()]
        return typed, well

    def give_up(self) -> bytes:
        """Return what looked like the beginning of an answer and did not go on: keys."""
        held, self._held = self._held, b""
        return held
