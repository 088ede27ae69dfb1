"""The pair inspector: what a decoder child does with an order to look at two files at full size."""

from __future__ import annotations

from typing import Any

from dpm_tui.catalog.inspection import encode_inspection
from dpm_tui.file_names import from_json
from dpm_tui.pipeline.decoding.raw_picture import is_raw, read_preview
from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, inspect_copies, prepare
from dpm_tui.pipeline.quality.full_size import decode_full_size
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.worker.decoders.picture_content import read_unchanged

_SHARE = 2
"""Of the memory, what decoding one of two pictures may take. The other one takes a fifth of that once it is
decoded, and so does what is made of both."""


class PairInspector:
    """Answers orders to inspect; keeps the pictures of the last, as the next pair often has one of them."""

    def __init__(self, root: Base) -> None:
        self._root = root
        self._recent: dict[str, CopyAtFullSize] = {}
        prepare()

    def answer(self, order: dict[str, Any], memory: int) -> dict[str, Any]:
        """Return what is found of the two files of an order, the one with the smaller digest first.

        Raises UndecodableError, also where a file is not what it was when it was compared.
        """
        wanted = [str(file["digest"]) for file in order["files"]]
        for digest in self._recent.keys() - wanted:
            # Before another is decoded, as two take the memory that there is.
            del self._recent[digest]
        first, second = (self._picture(file, memory) for file in order["files"])
        return {"status": "ok", "inspection": encode_inspection(inspect_copies(first, second))}

    def _picture(self, file: dict[str, Any], memory: int) -> CopyAtFullSize:
        digest = str(file["digest"])
        if digest in self._recent:
            return self._recent[digest]
        path = from_json(file["path"])
        content = read_unchanged(self._root, path, digest, memory)
        if is_raw(path):
            content = read_preview(content, memory // _SHARE)
        picture = CopyAtFullSize.of(*decode_full_size(content, memory // _SHARE))
        self._recent[digest] = picture
        return picture
