"""Recent input: what was typed, looked for or dismissed since the app started."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_KEPT = 50
HINTS = 3
"""So many hints a library gets in which nothing was ever marked, decided or moved."""


@dataclass
class RecentInput:
    """``filters`` are the words typed to narrow lists down, the newest last, ``searches`` the paths of
    pictures that were looked for.

    ``setting`` is the name of the setting to show next on the settings screen, empty for none. ``hints``
    are those that were not dismissed yet.
    """

    filters: list[str] = field(default_factory=list)
    searches: list[str] = field(default_factory=list)
    setting: str = ""
    hints: int = 0

    def note_filter(self, text: str) -> None:
        """Remember words; those that were typed before become the newest."""
        _note(self.filters, " ".join(text.split()))

    def note_search(self, text: str) -> None:
        """Remember the path of what was looked for, in the same way."""
        _note(self.searches, text)

    def take_setting(self) -> str:
        """Return the name of the setting to show, once."""
        name, self.setting = self.setting, ""
        return name


def _note(known: list[str], text: str) -> None:
    if text:
        known[:] = [*(each for each in known if each != text), text][-_MAX_KEPT:]
