"""Previews side by side: one, two, or a strip of up to four, as the terminal is wide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from dpm_tui.tui.pictures.original_parts import Originals
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.preview import CAPTION_LINES, Delays, Preview, Subject

if TYPE_CHECKING:
    from dpm_tui.tui.widgets.preview import Pixels

MAX_PANES = 4
_RIGHT = 3
"""The right button of a mouse."""
_SIDE_BY_SIDE = 1.25
"""How much larger pictures must become to be stacked."""


class PreviewPanes(Container):
    """Shows up to four subjects."""

    DEFAULT_CSS = "PreviewPanes { layout: grid; height: 1fr; width: 1fr; }"

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
    ) -> None:
        super().__init__()
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

    def show(self, subjects: Sequence[Subject]) -> None:
        """Show these subjects, each in its own pane."""
        count = max(len(subjects), 1)
        self.styles.grid_size_columns = self.columns(count)
        for index, preview in enumerate(self.previews):
            preview.display = index < count
            preview.show(subjects[index] if index < len(subjects) else None)

    def columns(self, count: int) -> int:
        """Return in how many columns ``count`` pictures stand."""
        return arrange(count, self.size.width, self.size.height)

    def on_resize(self) -> None:
        """Ask for captions and an arrangement that fit."""
        self.post_message(self.Resized())

    def blank(self, is_blank: bool) -> None:
        """Stop painting while another screen covers this one, or begin again."""
        for preview in self.previews:
            preview.blank(is_blank)


def arrange(count: int, width: int, height: int) -> int:
    """Return the number of columns for pictures of usual proportions in so many cells.

    Side by side they are easier to compare, so they are stacked only if that makes them much larger.
    """

    def scale(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / columns / 4, (height / rows - CAPTION_LINES) * 2 / 3)

    bonus = {count: _SIDE_BY_SIDE}
    return max(range(1, count + 1), key=lambda columns: scale(columns) * bonus.get(columns, 1))


def panes_for(width: int, members: int, *, toggled: bool) -> int:
    """Return how many pictures fit a screen ``width`` cells wide; ``toggled`` turns the choice round."""
    usual = 1 if width < 110 else 2 if width < 160 else MAX_PANES
    count = (2 if usual == 1 else 1) if toggled else usual
    return max(1, min(count, members))
