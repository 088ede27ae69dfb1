"""Pictures of odd modes, made in code: pairs that must match and pairs that must not."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms, ImageDraw

from tests.support.pictures import encode, exif, scene

Pair = tuple[bytes, bytes]
SCENE = scene(3, 240, 160)


def _ramp(low: float, high: float, kind: type, reverse: bool = False) -> bytes:
    samples = np.tile(np.linspace(low, high, 128), (96, 1)).astype(kind)
    return encode(Image.fromarray(samples[:, ::-1].copy() if reverse else samples), "TIFF")


def grey(format_: str, kind: type, scale: float) -> bytes:
    """Return the scene in grey with samples of a type, white at ``scale``."""
    samples = np.asarray(SCENE.convert("L")).astype(np.float64) / 255 * scale
    return encode(Image.fromarray(samples.astype(kind)), format_)


def line_art(level: int, *, palette: bool = False) -> bytes:
    """Return lines of one grey level on transparency."""
    picture = Image.new("RGBA", (128, 128), (level, level, level, 0))
    draw = ImageDraw.Draw(picture)
    for at in range(10, 120, 15):
        draw.line((at, 5, 128 - at, 120), fill=(level, level, level, 255), width=4)
    if not palette:
        return encode(picture, "PNG")
    flat = picture.getchannel("A").point(lambda alpha: 1 if alpha > 127 else 0)
    indexed = Image.frombytes("P", flat.size, flat.tobytes())
    indexed.putpalette([level, level, level] * 2)
    return encode(indexed, "PNG", transparency=0)


def rgb_profile(gamma: float, red: tuple[float, float, float], green: tuple[float, float, float]) -> bytes:
    """Return an ICC profile of three primaries (as D50 XYZ; blue follows from white) and a gamma."""
    white = (0.9642, 1.0, 0.8249)
    blue = tuple(w - r - g for w, r, g in zip(white, red, green, strict=True))

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\0" + bytes(78)
    name += bytes(-len(name) % 4)
    tags = [(b"desc", name), (b"cprt", b"text" + bytes(4) + b"none\0\0\0\0"), (b"wtpt", white)]
    tags += [(b"rXYZ", red), (b"gXYZ", green), (b"bXYZ", blue)]
    tags += [(key, curve) for key in (b"rTRC", b"gTRC", b"bTRC")]
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for key, value in tags:
        data = value if isinstance(value, bytes) else b"XYZ " + bytes(4) + b"".join(map(fixed, value))
        table += key + struct.pack(">II", start + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(map(fixed, white))
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + body


WIDE = rgb_profile(2.2, (0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609))
"""Adobe RGB (1998) by its published primaries."""


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def wide(format_: str) -> bytes:
    """Return the scene as Adobe RGB."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(WIDE))
    converted = ImageCms.profileToProfile(SCENE, _srgb(), target)
    assert converted is not None
    return encode(converted, format_, icc_profile=WIDE)


def without_adobe(jpeg: bytes) -> bytes:
    """Return a CMYK JPEG whose inks are not inverted, as programs other than Adobe's write them."""
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :]


def _cmyk() -> bytes:
    return encode(SCENE.convert("CMYK"), "JPEG", quality=95)


def _plain_cmyk() -> bytes:
    inks = SCENE.convert("CMYK")
    return without_adobe(encode(inks.point(lambda ink: 255 - ink), "JPEG", quality=95))


def _indexed(transparent: bool) -> Pair:
    palette = SCENE.quantize(64)
    colours = palette.convert("RGB")
    if not transparent:
        return encode(palette, "GIF"), encode(colours, "PNG")
    hidden = palette.getpixel((5, 5))
    indices = Image.frombytes("L", palette.size, palette.tobytes())
    layered = colours.convert("RGBA")
    layered.putalpha(indices.point(lambda index: 0 if index == hidden else 255))
    return encode(palette, "PNG", transparency=hidden), encode(layered, "PNG")


def _lab() -> Pair:
    lab = ImageCms.profileToProfile(SCENE, _srgb(), ImageCms.createProfile("LAB"), outputMode="LAB")
    assert lab is not None
    return encode(lab, "TIFF"), encode(SCENE, "PNG")


def _rotated() -> Pair:
    return encode(SCENE.transpose(Image.Transpose.ROTATE_90), "TIFF", exif=exif(Orientation=6)), PNG


def _fringed() -> Pair:
    grey_alpha = SCENE.convert("L").convert("LA")
    return encode(grey_alpha, "PNG"), encode(SCENE.convert("L"), "PNG")


PNG = encode(SCENE, "PNG")
GREY = encode(SCENE.convert("L"), "PNG")
ONE_BIT = SCENE.convert("1")

SAME: dict[str, Callable[[], Pair]] = {
    "16-bit PNG and 8-bit": lambda: (grey("PNG", np.uint16, 65535), GREY),
    "16-bit TIFF and 8-bit": lambda: (grey("TIFF", np.uint16, 65535), GREY),
    "12-bit samples and 8-bit": lambda: (grey("TIFF", np.uint16, 4095), GREY),
    "32-bit integers and 8-bit": lambda: (grey("TIFF", np.int32, 255), GREY),
    "float to 1 and 8-bit": lambda: (grey("TIFF", np.float32, 1), GREY),
    "float to 255 and float to 1": lambda: (grey("TIFF", np.float32, 255), grey("TIFF", np.float32, 1)),
    "CMYK JPEG and RGB": lambda: (_cmyk(), PNG),
    "CMYK JPEG without Adobe's mark": lambda: (_plain_cmyk(), PNG),
    "CMYK TIFF and RGB": lambda: (encode(SCENE.convert("CMYK"), "TIFF"), PNG),
    "Lab TIFF and RGB": _lab,
    "palette and RGB": lambda: _indexed(False),
    "palette with a transparent colour and RGBA": lambda: _indexed(True),
    "transparent palette and RGBA lines": lambda: (line_art(0, palette=True), line_art(0)),
    "grey with alpha and grey": _fringed,
    "one bit and grey": lambda: (encode(ONE_BIT, "PNG"), encode(ONE_BIT.convert("L"), "PNG")),
    "wide gamut PNG and its sRGB conversion": lambda: (wide("PNG"), PNG),
    "wide gamut TIFF and its sRGB conversion": lambda: (wide("TIFF"), PNG),
    "turned TIFF and upright": _rotated,
    "camera JPEG with a second picture": lambda: (
        encode(SCENE, "MPO", save_all=True, append_images=[scene(4, 240, 160)], quality=95),
        PNG,
    ),
}
"""Name -> two files that show the same picture."""

OTHER: dict[str, Callable[[], Pair]] = {
    "opposite 16-bit ramps": lambda: (_ramp(0, 65535, np.uint16), _ramp(0, 65535, np.uint16, True)),
    "opposite 12-bit ramps": lambda: (_ramp(0, 4095, np.uint16), _ramp(0, 4095, np.uint16, True)),
    "opposite float ramps to 1": lambda: (_ramp(0, 1, np.float32), _ramp(0, 1, np.float32, True)),
    "opposite float ramps to 255": lambda: (_ramp(0, 255, np.float32), _ramp(0, 255, np.float32, True)),
    "opposite floats above white": lambda: (_ramp(0, 1.4, np.float32), _ramp(0, 1.4, np.float32, True)),
    "opposite floats below zero": lambda: (_ramp(-5, 5, np.float32), _ramp(-5, 5, np.float32, True)),
    "opposite small floats": lambda: (
        _ramp(1e6, 1e6 + 99, np.float32),
        _ramp(1e6, 1e6 + 99, np.float32, True),
    ),
    "opposite 32-bit ramps": lambda: (_ramp(0, 1e9, np.int32), _ramp(0, 1e9, np.int32, True)),
    "black and white lines on transparency": lambda: (line_art(0), line_art(255)),
    "black and white lines of a palette": lambda: (line_art(0, palette=True), line_art(255, palette=True)),
    "a picture and its negative": lambda: (encode(SCENE.point(lambda v: 255 - v), "PNG"), PNG),
}
"""Name -> two files that show different pictures."""
