"""Preview trust: of which cameras a preview may stand for the picture, by what was seen of their pictures.

What is known lies in the facts of files alone, so a run that was killed knows it again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import PREVIEWS, Facts

PROOFS = 5
"""Pictures of a camera that are decoded both ways before a preview of it is trusted."""
EVERY = 25
"""One picture in so many of a trusted camera is decoded both ways too."""
_DIGITS = 8
_MOST = 1000


@dataclass(frozen=True, slots=True)
class PreviewTrust:
    """The numbers of cameras whose previews are trusted, and of those whose are not."""

    trusted: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()

    def wants_proof(self, camera: int, digest: str) -> bool:
        """Return whether a picture of a camera is to be decoded both ways; its digest draws the lot."""
        return camera not in self.trusted or int(digest[:_DIGITS], 16) % EVERY == 0


class CameraProofs:
    """How many pictures of each camera had a preview that fits, and of which one had another.

    ``refused`` are the cameras of which one had. ``trust`` is what decoders are told.
    """

    def __init__(self, files: FileColumns) -> None:
        self.refused: set[int] = set()
        self._fitting: Counter[int] = Counter()
        digests, previews, cameras = files.gather("digest", "preview", "camera")
        decoded = np.flatnonzero(np.asarray(previews, np.int64) > PREVIEWS.index("read"))
        columns = (digests[decoded], previews[decoded], cameras[decoded])
        for _, preview, camera in set(zip(*(column.tolist() for column in columns), strict=True)):
            self._count(PREVIEWS[preview], camera)
        self.trust = self._sum_up()

    def note(self, facts: Facts) -> None:
        """Count a picture that was decoded."""
        if self._count(facts.preview, facts.camera):
            self.trust = self._sum_up()

    def _count(self, preview: str, camera: int) -> bool:
        """Count a picture; return whether its camera is trusted, or refused, only since then."""
        if preview == "fits":
            self._fitting[camera] += 1
            return self._fitting[camera] == PROOFS
        if preview != "differs" or camera in self.refused:
            return False
        self.refused.add(camera)
        return True

    def _sum_up(self) -> PreviewTrust:
        proven = {camera for camera, pictures in self._fitting.items() if pictures >= PROOFS}
        return PreviewTrust(_some(proven - self.refused), _some(self.refused))


def _some(cameras: set[int]) -> tuple[int, ...]:
    """Return at most so many cameras as an order may name: pictures of the others are decoded both ways."""
    return tuple(sorted(cameras)[:_MOST])
