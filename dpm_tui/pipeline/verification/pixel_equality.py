"""Proves that two files hold the same pixels in another container; decodes in full only on suspicion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dpm_tui.catalog.image_file import ImageFile

_SAME_DECODER = 0.5
_OTHER_DECODER = 4.0
"""Mean difference of thumbnails, in grey levels, up to which pixels may be equal. Two files of the same
JPEG coefficients have the same thumbnail, up to turning it; that of a scaled JPEG differs from that of
its exact lossless copy by 0.3 to 2.1, most where the picture is full of small lights."""


class PixelProof:
    """Answers whether the pixels of two contents agree, keeping each digest that had to be computed.

    Those of animations and of files with several pages cover all frames and are kept for this run
    only: the facts of a file know no more than its first frame.
    """

    def __init__(
        self,
        by_digest: Mapping[str, list[ImageFile]],
        digest_pixels: Callable[[bytes], str],
        keep: Callable[[ImageFile], None],
    ) -> None:
        self._by_digest = by_digest
        self._digest_pixels = digest_pixels
        self._keep = keep
        self._frames: dict[str, str] = {}

    def holds(self, first: str, second: str, apart: float) -> bool:
        """Return whether two contents have the same oriented pixels.

        How far their thumbnails are ``apart``, in levels, spares most decoding. Contents of which one holds
        more than its picture never count as the same.
        """
        a, b = self._by_digest[first][0], self._by_digest[second][0]
        if a.shape != b.shape:
            return False
        if a.facts.frames != b.facts.frames or a.facts.holds != b.facts.holds:
            return False
        if a.facts.frames == 1 and a.facts.pixels and b.facts.pixels:
            return a.facts.pixels == b.facts.pixels
        limit = _SAME_DECODER if a.facts.format == b.facts.format else _OTHER_DECODER
        if apart > limit:
            return False
        mine = self._pixels(first)
        return bool(mine) and mine == self._pixels(second)

    def _pixels(self, digest: str) -> str:
        if self._by_digest[digest][0].facts.frames > 1:
            if digest not in self._frames:
                self._frames[digest] = self._digest_pixels(self._by_digest[digest][0].path)
            return self._frames[digest]
        known = next((file.facts.pixels for file in self._by_digest[digest] if file.facts.pixels), "")
        if known:
            return known
        pixels = self._digest_pixels(self._by_digest[digest][0].path)
        if pixels:
            files = [
                replace(file, facts=replace(file.facts, pixels=pixels)) for file in self._by_digest[digest]
            ]
            self._by_digest[digest][:] = files
            for file in files:
                self._keep(file)
        return pixels
