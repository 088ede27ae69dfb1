"""Proves that two files hold the same pixels in another container; decodes in full only on suspicion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.image_file import ImageFile

_SAME_DECODER = 0.5
_OTHER_DECODER = 4.0
"""Mean difference of thumbnails, in grey levels, up to which pixels may be equal. Two files of the same
JPEG coefficients have the same thumbnail, up to turning it; that of a scaled JPEG differs from that of
its exact lossless copy by 0.3 to 2.1, most where the picture is full of small lights."""


DigestMany = Callable[[Sequence[bytes]], Mapping[bytes, str]]
"""Returns the digests of the pixels of some files, empty for those that cannot be decoded."""


class PixelProof:
    """Answers whether the pixels of two contents agree, keeping each digest that had to be computed.

    Those of animations and of files with several pages cover all frames and are kept for this run
    only: the facts of a file know no more than its first frame. ``digest_many`` is there where several files
    at once take less time than one after the other.
    """

    def __init__(
        self,
        by_digest: Mapping[str, list[ImageFile]],
        digest_pixels: Callable[[bytes], str],
        keep: Callable[[ImageFile], None],
        digest_many: DigestMany | None = None,
    ) -> None:
        self._by_digest = by_digest
        self._digest_pixels = digest_pixels
        self._keep = keep
        self._digest_many = digest_many
        self._frames: dict[str, str] = {}
        self._tried: set[str] = set()

    def foresee(self, pairs: Iterable[tuple[DigestPair, float]]) -> None:
        """Compute at once what ``holds`` will need for some pairs and how far they are apart."""
        if self._digest_many is None:
            return
        open_ = (pair for pair, apart in pairs if self._is_open(*pair, apart))
        digests = dict.fromkeys(digest for pair in open_ for digest in pair)
        wanted = {
            self._by_digest[digest][0].path: digest
            for digest in digests
            if digest not in self._tried and not self._known_pixels(digest)
        }
        if wanted:
            for path, pixels in self._digest_many(list(wanted)).items():
                self._note(wanted[path], pixels)

    def holds(self, first: str, second: str, apart: float) -> bool:
        """Return whether two contents have the same oriented pixels.

        How far their thumbnails are ``apart``, in levels, spares most decoding. Contents of which one holds
        more than its picture never count as the same.
        """
        a, b = self._by_digest[first][0], self._by_digest[second][0]
        if self._is_open(first, second, apart):
            mine = self._pixels(first)
            return bool(mine) and mine == self._pixels(second)
        known = a.facts.frames == 1 and a.facts.pixels and b.facts.pixels
        return bool(known) and _may_agree(a, b) and a.facts.pixels == b.facts.pixels

    def _is_open(self, first: str, second: str, apart: float) -> bool:
        """Return whether only the pixels at full size can tell."""
        a, b = self._by_digest[first][0], self._by_digest[second][0]
        known = a.facts.frames == 1 and a.facts.pixels and b.facts.pixels
        limit = _SAME_DECODER if a.facts.format == b.facts.format else _OTHER_DECODER
        return not known and _may_agree(a, b) and apart <= limit

    def _pixels(self, digest: str) -> str:
        known = self._known_pixels(digest)
        if known or digest in self._tried:
            return known
        return self._note(digest, self._digest_pixels(self._by_digest[digest][0].path))

    def _known_pixels(self, digest: str) -> str:
        """Return the digest of the pixels of a content as far as it is known, else an empty text."""
        files = self._by_digest[digest]
        if files[0].facts.frames > 1:
            return self._frames.get(digest, "")
        return next((file.facts.pixels for file in files if file.facts.pixels), "")

    def _note(self, digest: str, pixels: str) -> str:
        """Keep what was computed of a content."""
        self._tried.add(digest)
        files = self._by_digest[digest]
        if files[0].facts.frames > 1:
            self._frames[digest] = pixels
        elif pixels:
            known = [replace(file, facts=replace(file.facts, pixels=pixels)) for file in files]
            files[:] = known
            for file in known:
                self._keep(file)
        return pixels


def _may_agree(a: ImageFile, b: ImageFile) -> bool:
    """Return whether two files are alike in everything but what their pixels are."""
    return a.shape == b.shape and a.facts.frames == b.facts.frames and a.facts.holds == b.facts.holds
