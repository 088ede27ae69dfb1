"""The look: every style of the app by the role of the text that wears it.

Only the sixteen colours of the user's own terminal theme are used, so that the app fits dark and
light terminals; without colour, letters, bold and reverse carry the same meaning.
"""

from __future__ import annotations

from rich.style import Style

from dpm_tui.pipeline.verify import Kind
from dpm_tui.tui.terminal import Palette

_COLOURED: dict[str, str] = {
    "text": "",
    "strong": "bold",
    "dim": "bright_black",
    "title": "black on cyan",
    "tab": "bright_black",
    "tab_on": "bold black on cyan",
    "cursor": "reverse",
    "heading": "cyan",
    "heading_on": "bold cyan",
    "keep": "bold green",
    "remove": "bold red",
    "doubt": "yellow",
    "good": "green",
    "bad": "red",
    "equal": "bright_black",
    "key": "bold cyan",
    "notice": "yellow",
    "error": "bold red",
    "question": "bold yellow",
    "bar": "green",
    "rest": "bright_black",
}
_PLAIN: dict[str, str] = {
    "text": "",
    "strong": "bold",
    "dim": "dim",
    "title": "reverse",
    "tab": "",
    "tab_on": "bold reverse",
    "cursor": "reverse",
    "heading": "bold",
    "heading_on": "bold underline",
    "keep": "bold",
    "remove": "bold",
    "doubt": "",
    "good": "",
    "bad": "",
    "equal": "",
    "key": "bold",
    "notice": "bold",
    "error": "bold",
    "question": "bold",
    "bar": "bold",
    "rest": "dim",
}

_SAFE = frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY})


class Look:
    """The styles for one palette; ``whole_cells`` if pictures must do without half blocks."""

    def __init__(self, palette: Palette = Palette.TRUECOLOR, *, whole_cells: bool = False) -> None:
        self.palette = palette
        self.whole_cells = whole_cells
        table = _PLAIN if palette is Palette.MONO else _COLOURED
        self._styles = {role: Style.parse(text) for role, text in table.items()}

    def __getitem__(self, role: str) -> Style:
        """Return the style of a role."""
        return self._styles[role]

    def kind(self, kind: Kind) -> Style:
        """Return the style of a kind's name: plain where a rule may remove it, else one that warns."""
        role = "text" if kind in _SAFE else "error" if kind is Kind.VARIANT else "doubt"
        return self._styles[role]
