"""The note collector: what a decoder child does with an order to say what copies know beyond a kept file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from dpm_tui.file_names import from_json
from dpm_tui.pipeline.loading.safe_open import UndecodableError
from dpm_tui.pipeline.metadata.embedded_notes import read_embedded
from dpm_tui.pipeline.metadata.picture_notes import PictureNotes, united
from dpm_tui.pipeline.metadata.xmp_text import MAX_BYTES, add_to_xmp, read_xmp
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.worker.decoders.picture_content import read_file, read_unchanged

_SLACK_NS = 2_000_000_000
"""FAT keeps times to two seconds."""


class NoteCollector:
    """Answers orders to collect notes: reads pictures and side files, writes nothing."""

    def __init__(self, root: Base) -> None:
        self._root = root

    def answer(self, order: dict[str, Any], memory: int) -> dict[str, Any]:
        """Return what is added to the side file of the kept file of an order, and its text then.

        ``adds`` is empty where there is nothing to add. ``status`` is ``unread`` for a side file that is none
        that could be understood. Raises UndecodableError where the kept file is not what it was.
        """
        kept = order["kept"]
        known = self._notes(kept, memory)
        text = b""
        if side := order["side"]:
            text = read_file(self._root, from_json(side), 2 * MAX_BYTES)
            try:
                known = known.completed_by(read_xmp(text))
            except ValueError:
                return {"status": "unread", "adds": []}
        lacking = known.lacking([self._of_copy(copy, kept, memory) for copy in order["copies"]])
        answer = {"status": "ok", "adds": lacking.words, "old": hashlib.sha256(text).hexdigest()}
        if lacking.words:
            answer["text"] = base64.b64encode(add_to_xmp(text, lacking)).decode("ascii")
        return answer

    def _of_copy(self, copy: dict[str, Any], kept: dict[str, Any], memory: int) -> PictureNotes:
        """Return what is known of a copy, by its date on the disk if by nothing else."""
        notes = united([self._notes(copy, memory), *self._of_side_files(copy["sides"])])
        if notes.taken or notes.created or copy["mtime_ns"] + _SLACK_NS >= kept["mtime_ns"]:
            return notes
        moment = datetime.fromtimestamp(copy["mtime_ns"] // 1_000_000_000, UTC)
        return notes.completed_by(PictureNotes(created=f"{moment:%Y-%m-%dT%H:%M:%SZ}"))

    def _of_side_files(self, paths: Iterable[str]) -> Iterable[PictureNotes]:
        for path in paths:
            try:
                yield read_xmp(read_file(self._root, from_json(path), 2 * MAX_BYTES))
            except (ValueError, UndecodableError):
                continue

    def _notes(self, file: dict[str, Any], memory: int) -> PictureNotes:
        """Return what a picture file says; one that cannot be read says nothing.

        Raises UndecodableError for one that is not what it was when it was compared.
        """
        path, digest = from_json(file["path"]), file["digest"]
        if digest:
            content = read_unchanged(self._root, path, digest, memory)
        else:
            content = read_file(self._root, path, memory)
        try:
            return read_embedded(content, memory // 2)
        except UndecodableError:
            return PictureNotes()
