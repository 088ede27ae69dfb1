"""Training pictures: read once from folders or tar archives, kept as one array on disk."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
SIDE = 160
ALIKE_SIDE = 12


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures squashed to squares.

    ``pixels`` is (N, SIDE, SIDE, 3) uint8, memory-mapped; ``sources`` (N,) numbers the source
    of each picture; ``tiny`` (N, D) float32 are unit vectors whose product tells how alike two
    pictures are at a glance.
    """

    pixels: NDArray[np.uint8]
    sources: NDArray[np.int64]
    tiny: NDArray[np.float32]


def archives(data: Path, prefix: str) -> list[Path]:
    """Return the folders or .tar files in ``data`` whose name starts with ``prefix``, one a name.

    Raises FileNotFoundError if there is none.
    """
    found: dict[str, Path] = {}
    for path in sorted(data.iterdir()):
        if path.name.startswith(prefix) and (path.is_dir() or path.suffix == ".tar"):
            found.setdefault(path.name.removesuffix(".tar"), path)
    if not found:
        raise FileNotFoundError(f"{data}: no folder or .tar starts with {prefix!r}")
    return list(found.values())


def read(archive: Path, every: int = 1) -> Iterator[tuple[str, str, Image.Image]]:
    """Yield (source, name, RGB picture) of every picture, or every so many, in the order of the names.

    Transparent parts lie on white. A source is the first folder inside the archive.
    """
    if archive.is_dir():
        paths = [path for path in sorted(archive.rglob("*")) if path.suffix.lower() in SUFFIXES]
        for path in paths[::every]:
            name = path.relative_to(archive).as_posix()
            yield name.split("/")[0], name, on_white(Image.open(path))
        return
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if member.name.lower().endswith(SUFFIXES)]
        for member in sorted(members, key=lambda item: item.name)[::every]:
            stream = tar.extractfile(member)
            if stream is not None:
                name = member.name.removeprefix("./")
                yield name.split("/")[0], name, on_white(Image.open(io.BytesIO(stream.read())))


def on_white(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB with transparency on white."""
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def load(data: Path, prefix: str, cache: Path) -> Pictures:
    """Return all pictures of the archives that start with ``prefix``; decoded once into ``cache``."""
    found = archives(data, prefix)
    key = hashlib.sha256(repr((SIDE, [str(path.resolve()) for path in found])).encode()).hexdigest()[:12]
    pixels_path, sources_path = cache / f"{prefix}-{key}.npy", cache / f"{prefix}-{key}-sources.npy"
    if not sources_path.exists():
        rows: list[NDArray[np.uint8]] = []
        sources: list[str] = []
        for archive in found:
            for source, _, picture in read(archive):
                rows.append(np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))
                sources.append(source)
        cache.mkdir(parents=True, exist_ok=True)
        np.save(pixels_path, np.stack(rows))
        # Written last: its presence says that both files are whole.
        np.save(sources_path, np.unique(sources, return_inverse=True)[1].astype(np.int64))
    pixels = np.load(pixels_path, mmap_mode="r")
    return Pictures(pixels, np.load(sources_path), tiny_vectors(pixels))


def tiny_vectors(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return unit vectors (N, 432) of the pictures at 12x12, each without its mean.

    A product near 1 means the same layout of light and colour: natural near-duplicates, which
    must not be pushed apart as if they were different pictures.
    """
    rows = [
        np.asarray(Image.fromarray(picture).resize((ALIKE_SIDE, ALIKE_SIDE), Image.Resampling.BOX))
        for picture in pixels
    ]
    flat = np.stack(rows).reshape(len(rows), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    # Blank pictures have no layout to compare: a floor of one grey level keeps noise from it.
    vectors: NDArray[np.float32] = flat / np.maximum(length, float(np.sqrt(flat.shape[1])))
    return vectors
