"""Previews beside and below each other, in panes of one size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from dpm_tui.tui.pictures.original_parts import Originals
from dpm_tui.tui.previews.pane_layout import PaneLayout, Shape, count_columns
from dpm_tui.tui.previews.preview import Preview
from dpm_tui.tui.previews.subject import Delays, Subject
from dpm_tui.tui.theme import Look

if TYPE_CHECKING:
    from dpm_tui.tui.previews.preview import Pixels

MAX_PANES = 12
_FRAMED = (100, 30)
"""Size of the terminal from which there is room for frames, as it is with panels."""
_TILE = (20, 9)
"""Cells that a picture of a gallery takes at least."""
_RIGHT = 3
"""The right button of a mouse."""
_STRIP = 8
"""Most pictures beside a list."""


class PreviewPanes(Container):
    """Shows up to ``MAX_PANES`` subjects; without ``has_frames`` captions stand above the pictures."""

    DEFAULT_CSS = "PreviewPanes { height: 1fr; width: 1fr; }"

    class Clicked(Message):
        """A picture was clicked, with the right button or another one."""

        def __init__(self, *, is_right: bool) -> None:
            super().__init__()
            self.is_right = is_right

    class Resized(Message):
        """The room for the pictures changed."""

    def __init__(
        self,
        look: Look,
        fetch: Callable[[int], Awaitable[Pixels]],
        delays: Delays,
        originals: Originals | None = None,
        *,
        has_frames: bool = True,
    ) -> None:
        super().__init__()
        self._has_frames = has_frames
        self._pane_layout = PaneLayout()
        self.previews = [
            Preview(look, fetch, delays, index=index, originals=originals) for index in range(MAX_PANES)
        ]

    def on_click(self, event: events.Click) -> None:
        """Tell that a picture was clicked."""
        self.post_message(self.Clicked(is_right=event.button == _RIGHT))

    def compose(self) -> ComposeResult:
        """Yield the previews; only the first is there until there is more to show."""
        for preview in self.previews:
            preview.display = preview is self.previews[0]
            yield preview

    @property
    def layout(self) -> PaneLayout:
        """How the panes are placed."""
        return self._pane_layout

    @property
    def framed(self) -> bool:
        """Whether each picture has a frame with its caption."""
        width, height = self.app.size
        return self._has_frames and width >= _FRAMED[0] and height >= _FRAMED[1]

    def show(self, subjects: Sequence[Subject]) -> None:
        """Show these subjects, each in its own pane."""
        count = max(len(subjects), 1)
        columns = self.columns([subject.shape for subject in subjects])
        if columns != self._pane_layout.columns:
            self._pane_layout.columns = columns
            # A container forgets where its children stand when one of them asks for another place.
            self.previews[0].refresh(layout=True)
        for index, preview in enumerate(self.previews):
            preview.display = index < count
            preview.use_frame(self.framed)
            preview.show(subjects[index] if index < len(subjects) else None)

    def columns(self, shapes: Sequence[Shape]) -> int:
        """Return in how many columns pictures of these shapes stand."""
        return count_columns(shapes, self.size.width, self.size.height, framed=self.framed)

    def caption_width(self, shapes: Sequence[Shape]) -> int:
        """Return how many cells there are for the caption of each of them."""
        return max(self.size.width // self.columns(shapes) - (4 if self.framed else 0), 12)

    def on_resize(self) -> None:
        """Ask for captions and an arrangement that fit."""
        self.post_message(self.Resized())

    def blank(self, is_blank: bool) -> None:
        """Stop painting while another screen covers this one, or begin again."""
        for preview in self.previews:
            preview.blank(is_blank)


def panes_for(width: int, members: int, *, toggled: bool) -> int:
    """Return how many pictures fit a screen ``width`` cells wide; ``toggled`` turns the choice round."""
    usual = 1 if width < _FRAMED[0] else 2 if width < 160 else _STRIP
    count = (2 if usual == 1 else 1) if toggled else usual
    return max(1, min(count, members))


def tiles_in(width: int, height: int) -> int:
    """Return how many pictures of a group fit so many cells."""
    return max(1, min(width // _TILE[0] * (height // _TILE[1]), MAX_PANES))
