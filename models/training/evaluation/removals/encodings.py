"""Encodings: the formats that the files of a library are saved in."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator
from PIL import Image


@dataclass(frozen=True, slots=True)
class Encoding:
    """A format of Pillow with its options."""

    format: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """The ending of a file name."""
        return {"JPEG": "jpg"}.get(self.format, self.format.lower())

    @property
    def lossless(self) -> bool:
        """Whether every pixel comes back as it was."""
        return self.format == "PNG" or bool(self.options.get("lossless"))

    def encode(self, picture: Image.Image) -> bytes:
        """Return the content of the file of an RGB picture."""
        stream = io.BytesIO()
        picture.save(stream, self.format, **self.options)
        return stream.getvalue()


PNG, BEST_JPEG = Encoding("PNG"), Encoding("JPEG", {"quality": 95})
LOSSLESS_WEBP = Encoding("WEBP", {"lossless": True})
_LIKE_COPY = {
    "jpeg 70": Encoding("JPEG", {"quality": 70}),
    "jpeg 25": Encoding("JPEG", {"quality": 25}),
    "jpeg 10": Encoding("JPEG", {"quality": 10}),
    "webp 30": Encoding("WEBP", {"quality": 30}),
    "gif 64": Encoding("GIF"),
    "gif 32": Encoding("GIF"),
    "palette 128": Encoding("GIF"),
    "palette 32": Encoding("GIF"),
}
"""Formats that a transform has in its name; a second saving in them changes next to nothing."""


def draw_best(rng: Generator) -> Encoding:
    """Return the encoding of an original."""
    return PNG if rng.random() < 0.5 else BEST_JPEG


def draw_relative(edit: str, rng: Generator) -> Encoding:
    """Return an encoding that the copies of a transform are met in."""
    if edit in _LIKE_COPY:
        return _LIKE_COPY[edit] if rng.random() < 0.7 else PNG
    match float(rng.random()):
        case chance if chance < 0.6:
            return Encoding("JPEG", {"quality": int(rng.integers(75, 94))})
        case chance if chance < 0.85:
            return Encoding("WEBP", {"quality": int(rng.integers(75, 94))})
    return PNG


def decode(content: bytes) -> Image.Image:
    """Return the RGB picture in the content of a file."""
    return Image.open(io.BytesIO(content)).convert("RGB")
