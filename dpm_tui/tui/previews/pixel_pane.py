"""The pixel pane: the picture of a preview where the terminal draws real pixels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.errors import NoWidget
from textual.geometry import Region
from textual.widget import Widget

from dpm_tui.tui.pictures.picture_painter import Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dpm_tui.tui.pictures.pixel_canvas import PixelCanvas, Placed
    from dpm_tui.tui.pictures.pixel_picture import PixelPicture

    Pixels = NDArray[np.uint8]


class PixelPane:
    """Makes the pictures of a widget and tells where the shown one stands.

    ``area`` returns the cells of the widget that pictures may take. ``lay_anew`` has the widget paint again.
    Where pictures are ``large`` they may take more bytes.
    """

    def __init__(
        self,
        widget: Widget,
        area: Callable[[], Region],
        lay_anew: Callable[[], None],
        *,
        large: bool,
    ) -> None:
        self.is_covered = False
        self._widget = widget
        self._area = area
        self._lay_anew = lay_anew
        self._large = large
        self._picture: PixelPicture | None = None

    @property
    def canvas(self) -> PixelCanvas | None:
        """Where pictures are shown in pixels, None where they are not."""
        canvas: PixelCanvas | None = getattr(getattr(self._widget.app, "pixels", None), "canvas", None)
        return canvas if canvas is not None and canvas.is_open else None

    def join(self) -> None:
        """Take part in what the terminal shows."""
        if (canvas := self.canvas) is not None:
            canvas.join(self)

    def leave(self) -> None:
        """Take part no more."""
        if (canvas := self.canvas) is not None:
            canvas.leave(self)

    def show(self, picture: PixelPicture | None) -> None:
        """Show a picture, or none."""
        self._picture = picture
        if (canvas := self.canvas) is not None:
            canvas.show()

    def show_known(self, scene: Scene) -> bool:
        """Show a scene at its best if its picture was made before; return whether it was."""
        canvas = self.canvas
        picture = canvas.known(scene, fine=True) if canvas is not None else None
        if picture is not None:
            self.show(picture)
        return picture is not None

    async def made(self, scene: Scene, pixels: Pixels, *, fine: bool) -> PixelPicture | None:
        """Return the picture of a scene; ``fine`` if there are no better pixels than these, which its
        box holds of it."""
        from dpm_tui.tui.pictures.difference_shading import levels_in
        from dpm_tui.tui.pictures.picture_field import bare_ground, lay_on_ground, seen_part
        from dpm_tui.tui.pictures.pixel_picture import bytes_for, make_picture

        canvas, seen = self.canvas, seen_part(scene.box)
        if seen is None:
            pixels = bare_ground(*scene.pixels)
        if canvas is None or pixels.size == 0 or not scene.width or not scene.height:
            return None
        picture = canvas.known(scene, fine=fine)
        if picture is None:
            differs = levels_in(scene.differs, scene.box)
            if seen is not None and seen != scene.box:
                pixels = lay_on_ground(pixels, seen, scene.box)
                differs = None if differs is None else lay_on_ground(differs, seen, scene.box, ground=0)
            share = scene.width * scene.height / max(self._widget.app.size.area, 1)
            picture = await asyncio.to_thread(
                make_picture,
                pixels,
                (scene.width, scene.height),
                canvas.graphics,
                centred=scene.centred,
                most_bytes=bytes_for(share, large=self._large, fine=fine),
                differs=differs,
            )
            canvas.keep(scene, picture, fine=fine)
        return picture

    def placed(self) -> Placed | None:
        """Return the picture that is to be seen now, None where there is none or something covers it."""
        from dpm_tui.tui.pictures.pixel_canvas import Placed

        widget, picture = self._widget, self._picture
        if picture is None or self.is_covered or not widget.is_attached or not widget.display:
            return None
        screen, area = widget.screen, widget.region
        origin = area.offset + self._area().offset
        placed = Placed(picture, (origin.x + picture.offset[0], origin.y + picture.offset[1]))
        inside = area.contains_region(placed.region) and screen.region.contains_region(placed.region)
        return placed if inside and self._is_on_top(placed.region) else None

    def _is_on_top(self, region: Region) -> bool:
        """Return whether nothing lies over a region, by its middle and corners.

        Screens that can be seen through may be open over that of the widget.
        """
        stack = self._widget.app.screen_stack
        if self._widget.screen not in stack:
            return False
        over = stack[stack.index(self._widget.screen) + 1 :]
        if not all(screen.styles.background.is_transparent for screen in over):
            return False
        last = region.right - 1, region.bottom - 1
        middle = (region.x + last[0]) // 2, (region.y + last[1]) // 2
        places = (middle, region.offset, last, (last[0], region.y), (region.x, last[1]))
        try:
            return all(
                screen.get_widget_at(*place)[0] is owner
                for screen, owner in [(self._widget.screen, self._widget), *((each, each) for each in over)]
                for place in places
            )
        except NoWidget:
            return False

    def lay_anew(self) -> None:
        """Paint again: in blocks from now on, or in cells of another size."""
        self._picture = None
        self._lay_anew()
