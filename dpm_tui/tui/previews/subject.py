"""Subject: what a preview shows."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from dpm_tui.tui.pictures.zoom import UNZOOMED, WHOLE, Box, Zoom
from dpm_tui.tui.previews.pane_layout import Shape
from dpm_tui.tui.terminal.cell_text import Part

_NO_STYLE = Style.null()


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds between two pictures while keys are held down, and until one is painted finely.

    ``run`` is how often the numbers of a run that goes on are shown, ``find`` how often another pair is.
    """

    fetch: float = 0.06
    rest: float = 0.15
    run: float = 1.0
    find: float = 6.0


@dataclass(frozen=True, slots=True)
class Subject:
    """What a preview shows: a part of a file, the lines above it, and where it differs from another.

    ``content`` is the digest of the file: one that has changed is another picture. ``shape`` is that of the
    whole picture, 0 x 0 where it is not known. ``frame`` is the style of the lines around it. ``field`` is
    the frame that the picture is shown in, in its own sides; it is not shown before that is known.
    """

    file: int
    caption: tuple[tuple[Part, ...], ...]
    differs: bytes = b""
    zoom: Zoom = UNZOOMED
    content: str = ""
    shape: Shape = (0, 0)
    frame: Style = _NO_STYLE
    field: Box | None = WHOLE

    @property
    def picture(self) -> tuple[int, str]:
        """What tells its picture from others."""
        return self.file, self.content
