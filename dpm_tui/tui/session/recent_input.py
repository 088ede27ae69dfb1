"""Recent input: what was typed, looked for or dismissed since the app started."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_FILTERS = 50
HINTS = 3
"""So many hints a library gets in which nothing was ever marked, decided or moved."""


@dataclass
class RecentInput:
    """``filters`` are the words typed to narrow lists down, the newest last.

    ``setting`` is the name of the setting to show next on the settings screen, empty for none. ``hints``
    are those that were not dismissed yet.
    """

    filters: list[str] = field(default_factory=list)
    setting: str = ""
    hints: int = 0

    def note_filter(self, text: str) -> None:
        """Remember words; those that were typed before become the newest."""
        text = " ".join(text.split())
        if text:
            self.filters[:] = [*(each for each in self.filters if each != text), text][-_MAX_FILTERS:]

    def take_setting(self) -> str:
        """Return the name of the setting to show, once."""
        name, self.setting = self.setting, ""
        return name
