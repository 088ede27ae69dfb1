"""Find service: answers whether pictures from anywhere are in the library, one search at a time.

It reads what a scan left, as far as that is on the disk, and changes nothing: so it may answer while a run is
under way, and whoever asks need not be the reviewer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.image_file import ImageFile, Status, read_stamp
from dpm_tui.errors import DpmError, Stopped, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.finding.picture_finder import Finding, Match, PictureFinder
from dpm_tui.pipeline.finding.search_tables import SearchThumbnails
from dpm_tui.pipeline.run_settings import Tools
from dpm_tui.pipeline.scan.root_folder import RootFolder, stat_beneath
from dpm_tui.report.failures import defer_failure, defer_reason
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import check_root
from dpm_tui.state.root_state import RootState
from dpm_tui.state.verdicts.verdict_record import DIGITS
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.finding.asked_files import list_asked, stat_asked
from dpm_tui.worker.finding.kept_library import KeptLibrary
from dpm_tui.worker.finding.search_decoder import SearchDecoder
from dpm_tui.worker.protocol.messages import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    ListPictures,
    PictureList,
    PictureMatch,
    UnreadFolder,
)
from dpm_tui.worker.run.embedder_cache import EmbedderCache
from dpm_tui.worker.run.resource_policy import reader_count

_BETTER = {Better.FIRST: "match", Better.SECOND: "asked"}
_MATCHES = 1000
"""Files that are named for one picture: a thousand copies of it say all."""
_KEPT_SECONDS = 30.0
"""How long the tables stay open for the next search."""


class FindService:
    """Searches one library.

    ``settings`` returns those in force, ``threshold`` from which similarity on pairs count.
    """

    def __init__(
        self,
        state: RootState,
        settings: Callable[[], Config],
        threshold: Callable[[], float],
        embedders: EmbedderCache,
    ) -> None:
        self._state = state
        self._settings = settings
        self._kept = KeptLibrary(state, settings, threshold)
        self._forgetting: asyncio.TimerHandle | None = None
        self._embedders = embedders
        self._one_by_one = asyncio.Lock()

    async def answer(
        self, request: ListPictures | FindPictures, gone: Callable[[], bool]
    ) -> PictureList | FoundPictures:
        """Carry out a request, unless the client is ``gone``; raises DpmError."""
        if isinstance(request, ListPictures):
            return await self._list(request, gone)
        if not os.path.isabs(request.folder):
            raise DpmError("protocol_nonsense")
        async with self._one_by_one:
            if self._forgetting is not None:
                self._forgetting.cancel()
            try:
                return await asyncio.to_thread(self._find, request, gone)
            finally:
                loop = asyncio.get_running_loop()
                self._forgetting = loop.call_later(_KEPT_SECONDS, self._kept.free)

    async def _list(self, request: ListPictures, gone: Callable[[], bool]) -> PictureList:
        # Whoever lists pictures is about to have them found: torch takes seconds to load.
        self._embedders.load_ahead(self._scanned_with)
        asked = await asyncio.to_thread(list_asked, request.path, self._settings().extensions, gone)
        unread = (UnreadFolder(path, reason) for path, reason in asked.unreadable.items())
        return PictureList(asked.folder, asked.names, tuple(unread))

    def _find(self, request: FindPictures, gone: Callable[[], bool]) -> FoundPictures:
        root = self._state.layout.root
        check_root(root)
        folder = RootFolder(request.folder)
        try:
            with self._decoders(folder, len(request.names)) as pool:
                library = self._kept.open()
                asked, failed = stat_asked(folder, request.names)
                thumbnails = SearchThumbnails(self._state.thumbnails)
                finder = PictureFinder(
                    library, self._tools(SearchDecoder(pool, thumbnails)), thumbnails, gone
                )
                home = _Home(request.folder, RootFolder(root, self._settings().other_folders))
                found = {each.asked.path: each for each in finder.find(asked)}
                pictures = (
                    _failed(name, failed[name])
                    if name in failed
                    else home.describe(name, found[os.path.join(request.folder, name)])
                    for name in dict.fromkeys(request.names)
                )
                return FoundPictures(tuple(pictures), library.threshold, library.count_unmatched())
        except Cancelled:
            raise Stopped("worker_ending") from None

    @contextmanager
    def _decoders(self, folder: RootFolder, count: int) -> Iterator[DecoderPool]:
        config, layout = self._settings(), self._state.layout
        count = min(max(count, 1), reader_count(config, layout.root))
        others = (folder.path, *config.other_folders)
        pool = DecoderPool(layout.root, layout.thumbnails, count, config.memory << 20, others, lasting=True)
        try:
            with pool.root.held(), ExitStack() as stack:
                try:
                    stack.enter_context(folder.held())
                except OSError as error:
                    path, reason = display_name(folder.path), reason_of(error)
                    raise DpmError("asked_unreadable", path=path, reason=reason) from error
                pool.start_ahead()  # what a scan left is read meanwhile
                yield pool
        finally:
            pool.close()

    def _tools(self, decoder: SearchDecoder) -> Tools:
        return Tools(decoder, lambda: self._embedders.load(self._scanned_with), rank_best_rows)

    @property
    def _scanned_with(self) -> Config:
        """The settings, with the model that the library was scanned with."""
        return replace(self._settings(), model=self._state.checkpoint.model)


class _Home:
    """The library as it is on the disk now: what is not there any more was not found."""

    def __init__(self, folder: bytes, root: RootFolder) -> None:
        self._folder = folder
        self._root = root

    def describe(self, name: bytes, found: Finding) -> FoundPicture:
        """Return what is said of a picture."""
        own = self._own_name(os.path.join(self._folder, name))
        others = [match for match in found.matches if match.file.path != own]
        here = [match for match in others[:_MATCHES] if self._is_there(match.file)]
        asked = found.asked
        return FoundPicture(
            name=name,
            reason=defer_failure(asked),
            read=asked.status is Status.OK,
            itself=next((match.file.id for match in found.matches if match.file.path == own), 0),
            gone=len(others[:_MATCHES]) - len(here),
            matches=tuple(map(_describe, here)),
        )

    def _own_name(self, path: bytes) -> bytes:
        """Return how the library names a file by its path without links; the path itself outside of it."""
        if _lies_below(path, root := os.path.realpath(self._root.path)):
            return os.path.relpath(path, root)
        for other in self._root.others:
            if _lies_below(path, root := os.path.realpath(other)):
                return os.path.join(other, os.path.relpath(path, root))
        return path

    def _is_there(self, file: ImageFile) -> bool:
        """Return whether a file of the library is still the one that was scanned."""
        try:
            with self._root.opened() as root:
                now = read_stamp(stat_beneath(root, file.path))
        except OSError:
            return False
        return (now.size, now.mtime_ns) == (file.stamp.size, file.stamp.mtime_ns)


def _lies_below(path: bytes, folder: bytes) -> bool:
    return path.startswith(os.path.join(folder, b""))


def _describe(match: Match) -> PictureMatch:
    file = match.file
    return PictureMatch(
        file=file.id,
        path=file.path,
        size=file.stamp.size,
        width=file.facts.width,
        height=file.facts.height,
        format=file.facts.format,
        kind=match.kind.value,
        similarity=round(match.similarity, DIGITS),
        better=_BETTER.get(match.better, ""),
    )


def _failed(name: bytes, reason: str) -> FoundPicture:
    return FoundPicture(name, defer_reason(Status.UNREADABLE, reason), read=False)
