"""Ingest: brings what the inventory found into the store, decoding only what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from dpm_tui.catalog.content_index import ContentIndex, unread_contents
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import NO_FACTS, PREVIEWS, Facts, ImageFile, Status
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Decoder, Known, Unreadable
from dpm_tui.pipeline.decoding.preview_trust import CameraProofs
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.ports import Store
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.scan.change_detection import Changes
from dpm_tui.pipeline.scan.found_files import FoundFile

_RECENT = 20_000
"""Facts held as objects; beyond that the files are indexed again, which takes a second a million."""


class KnownFacts:
    """Facts of every content that was known when this was made, and of those that came since.

    Those of a picture that was read by its preview count only where that is ``quick`` enough.
    """

    def __init__(self, files: FileColumns, *, quick: bool = False) -> None:
        self._quick = quick
        self._before = files.snapshot()
        self._now = files
        self._indexes: list[ContentIndex] | None = None
        self._recent: dict[str, Facts] = {}

    def get(self, digest: str) -> Facts | None:
        """Return what is known of a content; None where only a part of it was looked for."""
        if digest in self._recent:
            return self._recent[digest]
        if self._indexes is None:
            self._indexes = [ContentIndex(self._before, readable=False)]
        for index in self._indexes:
            for file in index.get(digest, ()):
                unread = file.facts.is_quick and not self._quick
                if file.facts.digest == digest and file.facts.depth and not unread:
                    return file.facts
        return None

    def add(self, facts: Facts) -> None:
        """Remember the facts of a content that was decoded and whose file was put."""
        self._recent[facts.digest] = facts
        if len(self._recent) > _RECENT:
            self._indexes = [ContentIndex(files, readable=False) for files in (self._before, self._now)]
            self._recent.clear()


_CHECKPOINT_RECORDS = 1000


@dataclass(slots=True)
class Ingest:
    """Decodes added and changed files and keeps the table of image files true.

    In a ``quick`` scan the preview in a file stands for its picture where its camera is known for true ones.
    ``forget`` is told the contents whose thumbnails are about to be others, ``keep`` gets the fingerprints
    that come with thumbnails.
    """

    store: Store
    decoder: Decoder
    reporter: Reporter
    pace: Checkpointer
    stop_at_first_error: bool = False
    quick: bool = False
    forget: Callable[[Collection[str]], None] = lambda digests: None
    keep: Callable[[Facts, Fingerprint], None] = lambda facts, fingerprint: None

    def take(self, changes: Changes, missing: Collection[int] = ()) -> None:
        """Bring the store up to date; raises Cancelled.

        Of the files that are gone those in ``missing`` are marked so instead of being forgotten.
        """
        table = self.store.files
        facts = KnownFacts(table.files, quick=self.quick)
        proofs = CameraProofs(table.files) if self.quick else None
        for number, (id_, found) in enumerate(changes.same.items(), 1):
            file = table.files[id_]
            reason = file.reason if file.facts.damaged else ""
            table.put(replace(file, stamp=found.stamp, status=Status.OK, reason=reason))
            self._checkpoint_at(number)
        for number, id_ in enumerate(changes.gone, 1):
            if id_ not in missing:
                table.remove(id_)
            elif (file := table.files[id_]).status is not Status.MISSING:
                table.put(replace(file, status=Status.MISSING, reason=""))
            self._checkpoint_at(number)
        # Ids are given by path, not by who is decoded first: all that goes by id or by row is then the same
        # in every scan of the same files.
        added = sorted(changes.added, key=attrgetter("path"))
        work: dict[bytes, tuple[int, FoundFile]] = {found.path: (table.new_id(), found) for found in added}
        work |= {found.path: (id_, found) for id_, found in changes.changed.items()}
        known = [table.files[id_].facts for id_ in changes.changed]
        if unread := {each.digest for each in known if each.is_quick}:
            self.forget(unread)
        self.pace.start(Stage.DECODE, len(work))
        again = self._decode(sorted(work), work, facts, proofs)
        # What was known once is not read by its preview: of its pairs something may still be known.
        self._decode(again, work, facts, anew=True)
        self.pace.finish()
        if proofs is not None:
            self.read_in_full(self._doubtful(proofs.refused))

    def read_in_full(self, digests: Collection[str]) -> None:
        """Decode the pictures of contents that were read by their previews; raises Cancelled."""
        if not digests:
            return
        table = self.store.files
        index = ContentIndex(table.files)
        holders = [index[digest] for digest in sorted(digests)]
        self.forget(digests)
        work = {first.path: (first.id, FoundFile(first.path, first.stamp)) for first, *_ in holders}
        self.pace.start(Stage.DECODE, len(work))
        self._decode(sorted(work), work, KnownFacts(table.files), anew=True)
        for first, *others in holders:
            now = table.files[first.id]
            for file in others if now.facts.digest == first.facts.digest else ():
                table.put(replace(file, status=now.status, reason=now.reason, facts=now.facts))
        self.pace.finish()

    def _doubtful(self, refused: Collection[int]) -> set[str]:
        """Return the contents read by their previews that must not stay so.

        These are those of cameras that are trusted no more, and those that have pairs: several files hold
        them, or they were here before.
        """
        files = self.store.files.files
        unread = unread_contents(files)
        if not unread:
            return set()
        ids, previews, cameras = files.gather("id", "preview", "camera")
        of_refused = (previews == PREVIEWS.index("read")) & np.isin(cameras, list(refused))
        contents = ContentIndex(files)
        found = {files[id_].facts.digest for id_ in ids[of_refused].tolist()}
        found.update(files[several[0]].facts.digest for several in contents.repeated())
        found.update(digest for pair, _ in self.store.verdicts.alike() for digest in pair)
        return {digest for digest in found & unread if digest in contents}

    def _decode(
        self,
        paths: Iterable[bytes],
        work: Mapping[bytes, tuple[int, FoundFile]],
        facts: KnownFacts,
        proofs: CameraProofs | None = None,
        *,
        anew: bool = False,
    ) -> list[bytes]:
        """Decode and store; return the paths of known content whose facts were lost.

        ``proofs`` learn of every picture; orders that are given out later know of it.
        """
        again: list[bytes] = []
        orders = (
            DecodeOrder(path, anew, proofs.trust if proofs else None, work[path][1].stamp.size)
            for path in paths
        )
        for order, result in self.decoder.decode(orders, self.reporter.cancelled):
            if isinstance(result, Known) and facts.get(result.digest) is None:
                again.append(order.path)
                continue
            self._put(*work[order.path], result, facts)
            if proofs is not None and isinstance(result, Thumbnail):
                proofs.note(result.facts)
            self.pace.step()
        if self.reporter.cancelled():
            raise Cancelled
        return again

    def _checkpoint_at(self, number: int) -> None:
        """Checkpoint records that changed without decoding: a new device number changes every one.

        Raises Cancelled.
        """
        if number % _CHECKPOINT_RECORDS == 0:
            self.pace.checkpoint()
            if self.reporter.cancelled():
                raise Cancelled

    def _put(self, id_: int, found: FoundFile, result: Decoded, facts: KnownFacts) -> None:
        status, reason = Status.OK, ""
        known: Facts | None
        if isinstance(result, Thumbnail):
            self.store.thumbnails.put(result.facts.digest, result.jpeg)
            if result.fingerprint is not None:
                self.keep(result.facts, result.fingerprint)
            known, reason = result.facts, result.reason
        elif isinstance(result, Known):
            known, reason = facts.get(result.digest), self._known_reason(id_, result.digest)
        else:
            known, status, reason = self._note_failure(found, result)
        self.store.files.put(
            ImageFile(
                id=id_,
                path=found.path,
                stamp=found.stamp,
                status=status,
                reason=reason,
                facts=known or NO_FACTS,
            )
        )
        if isinstance(result, Thumbnail):
            facts.add(result.facts)

    def _known_reason(self, id_: int, digest: str) -> str:
        """Return what was said of a damaged file that still has the same content."""
        file = self.store.files.files.get(id_)
        return file.reason if file and file.facts.damaged and file.facts.digest == digest else ""

    def _note_failure(self, found: FoundFile, result: Unreadable) -> tuple[Facts, Status, str]:
        self.reporter.failed(found.path, result.reason)
        if self.stop_at_first_error:
            raise StoppedAtError(found.path, result.reason)
        return replace(NO_FACTS, digest=result.digest), result.status, result.reason


class StoppedAtError(Cancelled):
    """The setting asks to stop at the first file that cannot be read."""

    def __init__(self, path: bytes, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
