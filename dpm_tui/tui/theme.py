"""Themes: what every role of text looks like, in the terminal's own colours or in fixed ones.

A fixed theme can be read with 256 colours as well as with 16 million. No role relies on its colour alone:
letters, signs and words say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme as TextualTheme

from dpm_tui.catalog.verdict import Kind
from dpm_tui.tui.terminal.colour_depth import Palette


class Theme(StrEnum):
    """The value of the ``theme`` setting."""

    ANSI = "ansi"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


def _kinds(
    identical: str, pixels: str, copy: str, crop: str, turned: str, edited: str, variant: str
) -> dict[str, str]:
    """Return the roles of the kinds of pairs: calm where a rule may remove a file, loud for variants."""
    return {
        "identical": identical,
        "pixels": pixels,
        "copy": copy,
        "crop": crop,
        "turned": turned,
        "edited": edited,
        "variant": f"bold {variant}".rstrip(),
    }


_ANSI = {
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
    "frame": "bright_black",
    "frame_on": "cyan",
    **_kinds("green", "cyan", "bright_blue", "yellow", "yellow", "magenta", "magenta"),
}
_PLAIN = {
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
    "frame": "dim",
    "frame_on": "",
    **_kinds("", "", "", "", "", "", ""),
}


def _fixed(
    ground: str,
    text: str,
    strong: str,
    dim: str,
    accent: str,
    good: str,
    bad: str,
    doubt: str,
    cursor: str,
    kinds: dict[str, str],
) -> dict[str, str]:
    """Return the roles of a theme made of so many colours."""
    return {
        "text": text,
        "strong": f"bold {strong}",
        "dim": dim,
        "title": f"{ground} on {accent}",
        "tab": dim,
        "tab_on": f"bold {ground} on {accent}",
        "cursor": cursor,
        "heading": accent,
        "heading_on": f"bold {accent}",
        "keep": f"bold {good}",
        "remove": f"bold {bad}",
        "doubt": doubt,
        "good": good,
        "bad": bad,
        "equal": dim,
        "key": f"bold {accent}",
        "notice": doubt,
        "error": f"bold {bad}",
        "question": f"bold {doubt}",
        "bar": good,
        "rest": dim,
        "frame": dim,
        "frame_on": accent,
        **kinds,
    }


GROUNDS = {Theme.DARK: "#1c1c1c", Theme.LIGHT: "#eeeeee", Theme.CONTRAST: "#000000"}
"""The background of every fixed theme."""
_TEXTS = {Theme.DARK: "#d0d0d0", Theme.LIGHT: "#303030", Theme.CONTRAST: "#ffffff"}
_FIXED: Mapping[Theme, Mapping[str, str]] = {
    Theme.DARK: _fixed(
        GROUNDS[Theme.DARK], _TEXTS[Theme.DARK], strong="#ffffff", dim="#949494", accent="#5fd7d7",
        good="#87d75f", bad="#ff8787", doubt="#ffd75f", cursor="bold #ffffff on #005f87",
        kinds=_kinds("#87af87", "#87afaf", "#87afd7", "#d7d787", "#ffaf5f", "#d7afff", "#ff87d7"),
    ),
    Theme.LIGHT: _fixed(
        GROUNDS[Theme.LIGHT], _TEXTS[Theme.LIGHT], strong="#121212", dim="#585858", accent="#005f87",
        good="#005f00", bad="#af0000", doubt="#875f00", cursor="bold #ffffff on #005f87",
        kinds=_kinds("#005f00", "#005f5f", "#005faf", "#5f5f00", "#875f00", "#5f00af", "#af005f"),
    ),
    Theme.CONTRAST: _fixed(
        GROUNDS[Theme.CONTRAST], _TEXTS[Theme.CONTRAST], strong="#ffffff", dim="#d0d0d0", accent="#5fffff",
        good="#5fff5f", bad="#ff8787", doubt="#ffff5f", cursor="bold #000000 on #ffffff",
        kinds=_kinds("#87ff87", "#87ffff", "#87d7ff", "#ffff87", "#ffd787", "#d7afff", "#ff87ff"),
    ),
}  # fmt: skip


def effective_theme(theme: Theme, palette: Palette) -> Theme:
    """Return the theme that a palette allows: with 16 colours or none only the terminal's own."""
    return theme if palette in (Palette.TRUECOLOR, Palette.C256) else Theme.ANSI


def theme_styles(theme: Theme, palette: Palette) -> Mapping[str, str]:
    """Return every role's style, in Rich's words."""
    if palette is Palette.MONO:
        return _PLAIN
    return _FIXED.get(effective_theme(theme, palette), _ANSI)


def textual_theme(theme: Theme, palette: Palette) -> TextualTheme:
    """Return what Textual paints grounds and fields with."""
    used = effective_theme(theme, palette)
    if used is Theme.ANSI:
        return BUILTIN_THEMES["ansi-dark"]
    ground, text = GROUNDS[used], _TEXTS[used]
    dark = used is not Theme.LIGHT
    return TextualTheme(
        f"dpm-{used}",
        primary=text,
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        dark=dark,
    )


class Ground(LineFilter):
    """Applies a theme's colours where a piece of a line has none, so that the terminal's own never show."""

    def __init__(self, ground: str, text: str) -> None:
        super().__init__()
        self._base = Style.parse(f"{text} on {ground}")

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with both colours set."""
        base = self._base
        return [Segment(text, base + style if style else base, control) for text, style, control in segments]


def ground_filters(theme: Theme, palette: Palette) -> list[LineFilter]:
    """Return what every line of the app passes through: nothing in the terminal's own theme."""
    used = effective_theme(theme, palette)
    return [] if used is Theme.ANSI else [Ground(GROUNDS[used], _TEXTS[used])]


class Look:
    """The styles of a theme for one palette.

    ``whole_cells`` if pictures must do without half blocks, ``quadrants`` if they are wanted in quarters.
    """

    def __init__(
        self,
        palette: Palette = Palette.TRUECOLOR,
        theme: Theme = Theme.ANSI,
        *,
        whole_cells: bool = False,
        quadrants: bool = False,
    ) -> None:
        self.palette = palette
        self.whole_cells = whole_cells
        self.quadrants = quadrants
        self.use_theme(theme)

    def use_theme(self, theme: Theme) -> None:
        """Switch to the styles of another theme."""
        table = theme_styles(theme, self.palette)
        self._styles = {role: Style.parse(text) for role, text in table.items()}

    def __getitem__(self, role: str) -> Style:
        """Return the style of a role."""
        return self._styles[role]

    def kind(self, kind: Kind) -> Style:
        """Return the style of a kind, the same on every screen: calm for those that a rule may remove."""
        return self._styles[kind.value]
