"""Recent input: what was typed or looked for since the app started, to be had again."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_FILTERS = 50


@dataclass
class RecentInput:
    """``filters`` are the words typed to narrow lists down, the newest last.

    ``setting`` is the name of the setting to show next on the settings screen, empty for none.
    """

    filters: list[str] = field(default_factory=list)
    setting: str = ""

    def note_filter(self, text: str) -> None:
        """Remember words; those that were typed before become the newest."""
        text = " ".join(text.split())
        if text:
            self.filters[:] = [*(each for each in self.filters if each != text), text][-_MAX_FILTERS:]

    def take_setting(self) -> str:
        """Return the name of the setting to show, once."""
        name, self.setting = self.setting, ""
        return name
