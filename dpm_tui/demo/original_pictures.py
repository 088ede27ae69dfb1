"""Originals: the pictures of the sample library, each with its path and how it is painted."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PIL import ExifTags, Image

from dpm_tui.demo.scenes import cast
from dpm_tui.demo.scenes.balloons import paint_balloons
from dpm_tui.demo.scenes.city import paint_city
from dpm_tui.demo.scenes.coast import paint_boat, paint_lighthouse
from dpm_tui.demo.scenes.desert import paint_dunes
from dpm_tui.demo.scenes.forest import paint_forest
from dpm_tui.demo.scenes.landscape import DAWN, SUNSET, paint_aurora, paint_mountains
from dpm_tui.demo.scenes.portrait import paint_character
from dpm_tui.demo.scenes.prints import paint_blossom, paint_carp, paint_lanterns
from dpm_tui.demo.scenes.space import paint_planet
from dpm_tui.demo.scenes.still_life import paint_fruit

FIRST_TAKEN = 1_752_480_000
"""When the first picture was taken: 14 July 2025, 08:00 UTC."""
_PHOTO, _WIDE = (1024, 683), (1152, 648)


@dataclass(frozen=True, slots=True)
class Original:
    """A picture that others may be copies of; ``taken`` is in seconds since the epoch."""

    path: str
    taken: int
    paint: Callable[[], Image.Image]

    def encode(self) -> bytes:
        """Paint the picture and return the content of its file."""
        image = self.paint()
        buffer = io.BytesIO()
        if self.path.endswith(".png"):
            image.save(buffer, "PNG", compress_level=1)
        elif self.path.startswith("holiday/"):
            image.save(buffer, "JPEG", quality=92, exif=self._exif())
        else:
            image.save(buffer, "JPEG", quality=92)
        return buffer.getvalue()

    def _exif(self) -> Image.Exif:
        exif = Image.Exif()
        date = time.strftime("%Y:%m:%d %H:%M:%S", time.gmtime(self.taken))
        exif[ExifTags.Base.Model] = "Painted"
        exif[ExifTags.Base.DateTime] = date
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = date
        return exif


_PAINTINGS: tuple[tuple[str, Callable[[], Image.Image]], ...] = (
    ("holiday/IMG_2041.jpg", partial(paint_mountains, 1, _PHOTO, SUNSET, (1.0, 0.5))),
    ("holiday/IMG_2045.jpg", partial(paint_boat, 5, _PHOTO)),
    ("holiday/IMG_2052.jpg", partial(paint_lighthouse, 6, _PHOTO)),
    ("holiday/IMG_2058.jpg", partial(paint_forest, 7, (720, 960))),
    ("holiday/IMG_2063.jpg", partial(paint_fruit, 9, (960, 720))),
    ("holiday/IMG_2070.jpg", partial(paint_balloons, 10, _PHOTO)),
    ("wallpapers/city-night.jpg", partial(paint_city, 8, (1280, 720))),
    ("wallpapers/planet.jpg", partial(paint_planet, 11, _WIDE)),
    ("wallpapers/dawn-1.jpg", partial(paint_mountains, 2, _WIDE, DAWN, (0.5, 0.3))),
    ("wallpapers/dawn-2.jpg", partial(paint_mountains, 3, _WIDE, DAWN, (1.3, 0.25))),
    ("wallpapers/aurora.jpg", partial(paint_aurora, 4, _WIDE)),
    ("wallpapers/dunes.jpg", partial(paint_dunes, 13, _WIDE)),
    ("characters/mika.png", partial(paint_character, cast.MIKA)),
    ("characters/ren.png", partial(paint_character, cast.REN)),
    ("characters/yuki.png", partial(paint_character, cast.YUKI)),
    ("characters/sora.png", partial(paint_character, cast.SORA)),
    ("插画/锦鲤.png", partial(paint_carp, 14, (720, 960))),
    ("插画/樱花.jpg", partial(paint_blossom, 15, (960, 720))),
    ("插画/灯笼.jpg", partial(paint_lanterns, 16, (960, 720))),
)

ORIGINALS: tuple[Original, ...] = tuple(
    Original(path, FIRST_TAKEN + 3600 * place, paint) for place, (path, paint) in enumerate(_PAINTINGS)
)
"""Every original, in the order in which it was taken."""
