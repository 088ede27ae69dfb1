"""The look: every style of the app by the role of the text that wears it."""

from __future__ import annotations

from rich.style import Style

from dpm_tui.catalog.verdict import Kind
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import Theme, theme_styles

_SAFE = frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY})


class Look:
    """The styles of a theme for one palette; ``whole_cells`` if pictures must do without half blocks."""

    def __init__(
        self,
        palette: Palette = Palette.TRUECOLOR,
        theme: Theme = Theme.ANSI,
        *,
        whole_cells: bool = False,
    ) -> None:
        self.palette = palette
        self.whole_cells = whole_cells
        self.wear(theme)

    def wear(self, theme: Theme) -> None:
        """Have the styles of another theme."""
        table = theme_styles(theme, self.palette)
        self._styles = {role: Style.parse(text) for role, text in table.items()}

    def __getitem__(self, role: str) -> Style:
        """Return the style of a role."""
        return self._styles[role]

    def kind(self, kind: Kind) -> Style:
        """Return the style of a kind's name: plain where a rule may remove it, else one that warns."""
        role = "text" if kind in _SAFE else "error" if kind is Kind.VARIANT else "doubt"
        return self._styles[role]
