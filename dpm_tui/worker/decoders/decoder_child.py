"""A decoder: a disposable process that reads and decodes pictures, one line in, one line out.

Forked by a fork server, or started as ``python -m dpm_tui.worker.decoders.decoder_child``, with the arguments
ROOTS THUMBNAILS BYTES WORK [ABOVE]: the descriptors of the folders of pictures, which it inherits (see
``inherited_roots``), the memory that decoding may take, what it is to do (``decode``, ``verify``, ``inspect``
or ``notes``), and the descriptor of the folder that the thumbnails are in. Answers travel on a private
descriptor, so that what a C library prints cannot corrupt them; what it prints on standard error tells the
worker of what the child died.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from PIL import AvifImagePlugin

from dpm_tui.catalog.formats import find_modules
from dpm_tui.catalog.image_file import Status
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.errors import reason_of
from dpm_tui.file_names import from_json
from dpm_tui.memory import keep_freed_memory
from dpm_tui.pipeline.decoding.preview_trust import PreviewTrust
from dpm_tui.pipeline.decoding.quick_thumbnail import decode_quickly
from dpm_tui.pipeline.decoding.raw_picture import decode_raw_thumbnail, is_raw, read_preview
from dpm_tui.pipeline.decoding.thumbnail import (
    decode_thumbnail,
    decode_view,
    digest_pixels,
)
from dpm_tui.pipeline.loading.safe_open import UndecodableError
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.state.disk.held_folder import HeldFolder
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker.decoders.inherited_roots import decode_roots, descriptors_of
from dpm_tui.worker.decoders.picture_content import digest_file, read_file
from dpm_tui.worker.sandbox.sandbox import allow_seconds, enter_sandbox, rest
from dpm_tui.worker.sandbox.sandbox_trial import try_out

__all__ = ("carry_out", "main", "read_file", "serve")

_OWN_BYTES = 64 << 20
"""What a child needs of its memory besides the picture: the answer, and what the allocator holds back."""
_SECONDS = 20.0
_LIBRARIES = (
    "BmpImagePlugin", "GifImagePlugin", "ImageCms", "Jpeg2KImagePlugin", "JpegImagePlugin", "MpoImagePlugin",
    "PngImagePlugin", "PsdImagePlugin", "TiffImagePlugin", "WebPImagePlugin",
)  # fmt: skip
"""Loaded before the sandbox is closed: later there may be too little memory for a decoder's library."""

_MODULES = {"inspect": "pair_inspector", "verify": "pair_verifier", "notes": "note_collector"}
"""The module of this package that only children with some work need."""


def main() -> None:
    """Serve orders from standard input until it ends."""
    roots, thumbnails = decode_roots(sys.argv[1]), os.fsencode(sys.argv[2])
    memory, work = int(sys.argv[3]), sys.argv[4]
    above = HeldFolder.over(int(sys.argv[5]), os.path.dirname(thumbnails)) if sys.argv[5:] else None
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    load(work)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there are as many decoders as cores
    store = ThumbnailStore(HeldFolder(thumbnails, above))
    specialist: Specialist | None = None
    if work == "decode":
        keep_freed_memory(_OWN_BYTES)
    else:
        keep_freed_memory()
    if work == "inspect":
        from dpm_tui.worker.decoders.pair_inspector import PairInspector

        specialist = PairInspector(roots)
    elif work == "verify":
        from dpm_tui.worker.decoders.pair_verifier import PairVerifier

        specialist = PairVerifier(store)
    elif work == "notes":
        from dpm_tui.worker.decoders.note_collector import NoteCollector

        specialist = NoteCollector(roots)
    enter_sandbox(memory, descriptors_of(roots), os.path.dirname(thumbnails))  # the state may lie elsewhere
    serve(roots, store, sys.stdin.buffer, answers, memory, specialist)


def load(work: str) -> None:
    """Import what a child needs for its work: the sandbox keeps it from doing that later."""
    # Whoever judges by thumbnails opens no file of further formats.
    further = () if work == "verify" else find_modules()
    for library in (*(f"PIL.{plugin}" for plugin in _LIBRARIES), *further):
        import_module(library)
    if work in _MODULES:
        import_module(f"dpm_tui.worker.decoders.{_MODULES[work]}")


class Specialist(Protocol):
    """Answers the orders of a child that does other work than decoding."""

    def answer(self, order: dict[str, Any], memory: int) -> dict[str, Any]:
        """Return the answer to an order with ``memory`` bytes; raises UndecodableError, OSError."""


def serve(
    roots: OpenRoots,
    thumbnails: ThumbnailStore,
    orders: BinaryIO,
    answers: BinaryIO,
    memory: int,
    specialist: Specialist | None = None,
) -> None:
    """Answer each order line with one line."""
    for line in orders:
        order = json.loads(line)
        allow_seconds(float(order.get("seconds", _SECONDS)))
        try:
            answer: dict[str, Any]
            if order["do"] == "try":
                answer = {"status": "ok", "held": try_out(roots.own)}
            elif specialist is not None:
                answer = specialist.answer(order, memory)
            else:
                answer = carry_out(roots, thumbnails, order, memory)
        except UndecodableError as error:
            answer = {"status": error.status.value, "reason": error.reason, "digest": error.digest}
            if error.starved:
                answer |= {"starved": True, "needs": error.needs}
        except OSError as error:
            answer = {"status": Status.UNREADABLE.value, "reason": reason_of(error), "digest": ""}
        answers.write(json.dumps(answer, separators=(",", ":")).encode("ascii") + b"\n")
        answers.flush()
        rest()


def carry_out(
    roots: OpenRoots, thumbnails: ThumbnailStore, order: dict[str, Any], memory: int
) -> dict[str, Any]:
    """Carry out one order with ``memory`` bytes; return the answer. Raises UndecodableError."""
    path = from_json(order["path"])
    if order["do"] == "digest":
        return {"status": "ok", "digest": digest_file(roots, path)}
    content = read_file(roots, path, memory)
    taken = _OWN_BYTES + len(content)
    try:
        return _decode(content, path, thumbnails, order, max(memory - taken, 0))
    except UndecodableError as error:
        error.needs += taken if error.needs else 0
        raise


def _decode(
    content: bytes, path: bytes, thumbnails: ThumbnailStore, order: dict[str, Any], room: int
) -> dict[str, Any]:
    match order["do"]:
        case "thumbnail":
            digest = hashlib.sha256(content).hexdigest()
            if not order.get("anew") and thumbnails.has(digest):
                return {"status": "known", "digest": digest}
            if is_raw(path):
                thumbnail = decode_raw_thumbnail(content, path, room, digest)
            elif "trust" in order:
                trust = from_plain(PreviewTrust, order["trust"])
                thumbnail = decode_quickly(content, trust, room, digest)
            else:
                thumbnail = decode_thumbnail(content, room, digest)
            return {
                "status": "ok",
                "facts": to_plain(thumbnail.facts),
                "reason": thumbnail.reason,
                "jpeg": base64.b64encode(thumbnail.jpeg).decode("ascii"),
            }
        case "pixels":
            return {"status": "ok", "pixels": "" if is_raw(path) else digest_pixels(content, room)}
        case _:
            content = read_preview(content, room) if is_raw(path) else content
            left, top, right, bottom = order["box"]
            rgb = decode_view(content, order["width"], order["height"], (left, top, right, bottom), room)
            height, width = rgb.shape[:2]
            data = base64.b64encode(rgb.tobytes()).decode("ascii")
            return {"status": "ok", "width": width, "height": height, "rgb": data}


if __name__ == "__main__":
    main()
