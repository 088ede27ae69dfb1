"""Ways to write a picture: every format, and the odder forms that each has."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.support.photoshop_files import photoshop
from tests.support.pictures import encode, exif, scene

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF", "BMP", "HEIF", "JPEG2000", "JXL", "PSD")
ENDINGS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "TIFF": "tif",
    "GIF": "gif",
    "AVIF": "avif",
    "BMP": "bmp",
    "HEIF": "heic",
    "JPEG2000": "jp2",
    "JXL": "jxl",
    "PSD": "psd",
}


Way = Callable[[Image.Image], bytes]


def _plain(format_: str, **options: object) -> Way:
    return lambda still: encode(still, format_, **options)


def _moving(format_: str) -> Way:
    more = [scene(2, 240, 160), scene(3, 240, 160)]
    return lambda still: encode(still, format_, save_all=True, append_images=more)


def _samples(format_: str, kind: type, scale: float, **options: object) -> Way:
    """Grey with samples of another type than bytes, white at 255 times ``scale``."""

    def write(still: Image.Image) -> bytes:
        grey = np.asarray(still.convert("L")).astype(np.float64) * scale
        return encode(Image.fromarray(grey.astype(kind)), format_, **options)

    return write


def _in_mode(mode: str, format_: str, **options: object) -> Way:
    return lambda still: encode(still.convert(mode), format_, **options)


def _cut_out(still: Image.Image) -> Image.Image:
    clear = still.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, still.width // 3, still.height // 3))
    return clear


def _heic_of_several(still: Image.Image) -> bytes:
    import pillow_heif  # here, so that only tests that write HEIC files load the encoder

    several = pillow_heif.from_pillow(still)
    several.add_from_pillow(scene(2, 240, 160))
    target = io.BytesIO()
    several.save(target)
    return target.getvalue()


WAYS: dict[str, Way] = {
    **{f"plain.{ENDINGS[name]}": _plain(name) for name in FORMATS},
    **{f"moving.{ENDINGS[name]}": _moving(name) for name in ("GIF", "PNG", "WEBP", "TIFF", "AVIF")},
    **{
        f"{codec}.tif": _plain("TIFF", compression=codec)
        for codec in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg")
    },
    "progressive.jpg": _plain("JPEG", progressive=True),
    "cmyk.jpg": _in_mode("CMYK", "JPEG"),
    "grey.jpg": _in_mode("L", "JPEG"),
    "restarts.jpg": _plain("JPEG", restart_marker_blocks=4, subsampling=0),
    "two.jpg": lambda still: encode(still, "MPO", save_all=True, append_images=[scene(2)]),
    "exif.jpg": _plain("JPEG", exif=exif(Orientation=6, DateTime="2024:01:02 03:04:05")),
    "palette.png": lambda still: encode(still.quantize(16), "PNG", transparency=3),
    "alpha.png": _in_mode("RGBA", "PNG"),
    "grey alpha.png": _in_mode("LA", "PNG"),
    "bits.png": _in_mode("1", "PNG"),
    "deep.png": _samples("PNG", np.uint16, 257),
    "lossless.webp": _plain("WEBP", lossless=True),
    "alpha.webp": _in_mode("RGBA", "WEBP"),
    "fax.tif": _in_mode("1", "TIFF", compression="group4"),
    "float.tif": _samples("TIFF", np.float32, 1 / 255),
    "deep.tif": _samples("TIFF", np.uint16, 257, compression="tiff_lzw"),
    "integer.tif": _samples("TIFF", np.int32, 65536),
    "cmyk.tif": _in_mode("CMYK", "TIFF"),
    "lab.tif": _in_mode("LAB", "TIFF"),
    "alpha.tif": _in_mode("RGBA", "TIFF"),
    "palette.tif": lambda still: encode(still.quantize(64), "TIFF"),
    "offsets of eight bytes.tif": _plain("TIFF", big_tiff=True),
    "transparent.gif": lambda still: encode(still.quantize(32), "GIF", transparency=5, interlace=1),
    "palette.bmp": lambda still: encode(still.quantize(64), "BMP"),
    "bits.bmp": _in_mode("1", "BMP"),
    "alpha.bmp": _in_mode("RGBA", "BMP"),
    "alpha.avif": _in_mode("RGBA", "AVIF"),
    "full colour.avif": _plain("AVIF", subsampling="4:4:4", quality=90),
    "alpha.heic": _in_mode("RGBA", "HEIF"),
    "grey.heic": _in_mode("L", "HEIF"),
    "deep.heic": _samples("HEIF", np.uint16, 257),
    "several.heic": _heic_of_several,
    "lossy.jp2": _plain("JPEG2000", irreversible=True, quality_layers=[20]),
    "stream.j2k": _plain("JPEG2000", no_jp2=True),
    "deep.jp2": _samples("JPEG2000", np.uint16, 257),
    "alpha.jp2": _in_mode("RGBA", "JPEG2000"),
    "lossless.jxl": _plain("JXL", lossless=True),
    "alpha.jxl": _in_mode("RGBA", "JXL"),
    "grey.jxl": _in_mode("L", "JXL"),
    "boxes.jxl": _plain("JXL", use_container=True, exif=exif(Orientation=6).tobytes()),
    "deep.jxl": _samples("JXL", np.uint16, 257, lossless=True),
    "runs.psd": _plain("PSD", runs=True, layers=2),
    "alpha.psd": lambda still: photoshop(_cut_out(still), layers=-1),
    "cmyk.psd": _in_mode("CMYK", "PSD"),
    "deep.psd": _plain("PSD", depth=16),
    "float.psd": _plain("PSD", depth=32),
    "large.psb": _plain("PSD", large=True),
}
"""Name -> how a picture is written so that it can be read."""
