"""Picture service: answers with pictures, and with where two of them differ."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dpm_tui.pipeline.decoding.thumbnail import read_if_stored
from dpm_tui.pipeline.ports import FileTable, ThumbnailTable
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.pipeline.transparency.flattening import lay_alike
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.messages import (
    DifferenceData,
    GetDifference,
    GetPicture,
    GetThumbnail,
    PictureData,
)
from dpm_tui.worker.server.result_service import ResultService

_EMPTY = PictureData(0, 0, 0, b"")
_MAX_SIDE = 4096
_POINTS = 64
"""Places along each side of the fine difference map: four pixels of a thumbnail each."""


class PictureService:
    """Answers with the thumbnails that are stored and with originals that decoders read."""

    def __init__(
        self, results: ResultService, files: FileTable, thumbnails: ThumbnailTable, pool: DecoderPool
    ) -> None:
        self._results = results
        self._files = files
        self._thumbnails = thumbnails
        self._pool = pool

    async def thumbnail(self, request: GetThumbnail) -> PictureData:
        """Return the thumbnail of a file, an empty picture where there is none."""
        stored = self._read_stored(request.file)
        if stored is None:
            return replace(_EMPTY, file=request.file)
        rgb = stored.pixels
        return PictureData(request.file, rgb.shape[1], rgb.shape[0], rgb.tobytes())

    async def difference(self, request: GetDifference) -> DifferenceData:
        """Return where two files differ, empty grids where that cannot be told."""
        first, second = self._read_stored(request.first), self._read_stored(request.second)
        if first is None or second is None:
            return DifferenceData(b"", b"")
        # A judge caches what it saw, for the sake of a run; one pair is not worth that memory.
        compare = AlignedJudge().map_differences
        laid = await asyncio.to_thread(lay_alike, first, second)
        found = await asyncio.to_thread(compare, laid.first, laid.second, _POINTS)
        if found is None:
            return DifferenceData(b"", b"")
        return DifferenceData(found.first, found.second, found.place or ())

    async def picture(self, request: GetPicture) -> PictureData:
        """Return a part of an original, an empty picture where it cannot be read."""
        file = self._results.results.files.get(request.file)
        if file is None:
            return replace(_EMPTY, file=request.file)
        width, height = (min(max(side, 1), _MAX_SIDE) for side in (request.width, request.height))
        view = await asyncio.to_thread(self._pool.view, file.path, width, height, request.box)
        return PictureData(request.file, *view) if view else replace(_EMPTY, file=request.file)

    def _read_stored(self, id_: int) -> StoredPicture | None:
        # What a run has just found is in no results yet.
        file = self._results.results.files.get(id_) or self._files.files.get(id_)
        if file is None or not file.facts.digest:
            return None
        return read_if_stored(self._thumbnails.get(file.facts.digest))
