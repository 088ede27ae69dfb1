"""Training pictures: read once from folders or tar archives, kept as one array on disk."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
SIDE = 160
ALIKE_SIDE = 12
KINDS = ("photo", "illustration")


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures squashed to squares.

    ``parts`` are (N, SIDE, SIDE, 3) uint8, memory-mapped, one array a kind of pictures;
    ``sources`` (N,) numbers the source of each picture; ``drawn`` (N,) says which are
    illustrations; ``tiny`` (N, D) float32 are unit vectors whose product tells how alike two
    pictures are at a glance.
    """

    parts: tuple[NDArray[np.uint8], ...]
    sources: NDArray[np.int64]
    drawn: NDArray[np.bool_]
    tiny: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.sources)

    def pixels(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return pictures (B, SIDE, SIDE, 3) by ascending number."""
        cuts = np.cumsum([0, *map(len, self.parts)])
        rows = [
            part[numbers[(numbers >= start) & (numbers < start + len(part))] - start]
            for part, start in zip(self.parts, cuts[:-1].tolist(), strict=True)
        ]
        return np.concatenate(rows)


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


def read(
    archive: Path, every: int = 1, wanted: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, str, Image.Image]]:
    """Yield (source, name, RGB picture) of every picture, or every so many, in the order of the names.

    Transparent parts lie on white. A source is the first folder inside the archive. Of the names inside it,
    only those ``wanted`` are decoded.
    """
    if archive.is_dir():
        paths = [path for path in sorted(archive.rglob("*")) if path.suffix.lower() in SUFFIXES]
        for path in paths[::every]:
            name = path.relative_to(archive).as_posix()
            if wanted is None or wanted(name):
                yield name.split("/")[0], name, on_white(Image.open(path))
        return
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if member.name.lower().endswith(SUFFIXES)]
        for member in sorted(members, key=lambda item: item.name)[::every]:
            name = member.name.removeprefix("./")
            stream = tar.extractfile(member) if wanted is None or wanted(name) else None
            if stream is not None:
                yield name.split("/")[0], name, on_white(Image.open(io.BytesIO(stream.read())))


def on_white(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB with transparency on white."""
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def load(data: Path, cache: Path) -> Pictures:
    """Return all training pictures, photographs first; decoded once into ``cache``."""
    found = [_load_kind(data, f"train-{kind}", cache) for kind in KINDS]
    sources = [found[0][1], found[1][1] + found[0][1].max() + 1]
    return Pictures(
        tuple(pixels for pixels, _, _ in found),
        np.concatenate(sources),
        np.repeat([False, True], [len(rows) for rows in sources]),
        np.concatenate([tiny for _, _, tiny in found]),
    )


def _load_kind(
    data: Path, prefix: str, cache: Path
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.float32]]:
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
    return pixels, np.load(sources_path), tiny_vectors(pixels)


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
