"""A decoder: a disposable process that reads and decodes pictures, one line in, one line out.

Started as ``python -m dpm_tui.worker.decoder_child ROOT THUMBNAILS BYTES``, the last being the memory
that decoding may take. Answers travel on a private descriptor, so that what a C library prints cannot
corrupt them; what it prints on standard error tells the worker of what the child died.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import sys
from importlib import import_module
from typing import Any, BinaryIO

from PIL import AvifImagePlugin

from dpm_tui.errors import reason_of
from dpm_tui.names import from_json
from dpm_tui.pipeline.decode import (
    FILE_BYTES_AT_MOST,
    decode_thumbnail,
    decode_view,
    digest_pixels,
)
from dpm_tui.pipeline.image_file import Status
from dpm_tui.pipeline.picture_file import UndecodableError
from dpm_tui.plain import to_plain
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker.sandbox import allow_seconds, enter_sandbox, rest

__all__ = ("carry_out", "main", "read_file", "serve")

_OWN_BYTES = 64 << 20
"""What a child needs of its memory besides the picture: the answer, and what the allocator holds back."""
_SECONDS = 20.0
_LIBRARIES = (
    "BmpImagePlugin", "GifImagePlugin", "ImageCms", "JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin",
    "TiffImagePlugin", "WebPImagePlugin",
)  # fmt: skip
"""Loaded before the sandbox is closed: later there may be too little memory for a decoder's library."""


def main() -> None:
    """Serve orders from standard input until it ends."""
    root, thumbnails = (os.fsencode(argument) for argument in sys.argv[1:3])
    memory = int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    for library in _LIBRARIES:
        import_module(f"PIL.{library}")
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there are as many decoders as cores
    enter_sandbox(memory)
    serve(root, ThumbnailStore(thumbnails), sys.stdin.buffer, answers, memory)


def serve(root: bytes, thumbnails: ThumbnailStore, orders: BinaryIO, answers: BinaryIO, memory: int) -> None:
    """Answer each order line with one line."""
    for line in orders:
        order = json.loads(line)
        allow_seconds(float(order.get("seconds", _SECONDS)))
        try:
            answer = carry_out(root, thumbnails, order, memory)
        except UndecodableError as error:
            answer = {"status": error.status.value, "reason": error.reason, "digest": error.digest}
            if error.starved:
                answer["starved"] = True
        answers.write(json.dumps(answer, separators=(",", ":")).encode("ascii") + b"\n")
        answers.flush()
        rest()


def carry_out(root: bytes, thumbnails: ThumbnailStore, order: dict[str, Any], memory: int) -> dict[str, Any]:
    """Carry out one order with ``memory`` bytes; raises UndecodableError."""
    content = read_file(os.path.join(root, from_json(order["path"])))
    room = max(memory - _OWN_BYTES - len(content), 0)
    match order["do"]:
        case "thumbnail":
            if not order.get("anew"):
                digest = hashlib.sha256(content).hexdigest()
                if thumbnails.has(digest):
                    return {"status": "known", "digest": digest}
            thumbnail = decode_thumbnail(content, room)
            return {
                "status": "ok",
                "facts": to_plain(thumbnail.facts),
                "reason": thumbnail.reason,
                "jpeg": base64.b64encode(thumbnail.jpeg).decode("ascii"),
            }
        case "pixels":
            return {"status": "ok", "pixels": digest_pixels(content, room)}
        case _:
            left, top, right, bottom = order["box"]
            rgb = decode_view(content, order["width"], order["height"], (left, top, right, bottom), room)
            height, width = rgb.shape[:2]
            data = base64.b64encode(rgb.tobytes()).decode("ascii")
            return {"status": "ok", "width": width, "height": height, "rgb": data}


def read_file(path: bytes) -> bytes:
    """Return the content of a regular file; never follows a link or waits for a FIFO.

    Raises UndecodableError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UndecodableError(Status.UNSUPPORTED, "not a regular file")
        if status.st_size > FILE_BYTES_AT_MOST:
            limit = FILE_BYTES_AT_MOST >> 20
            raise UndecodableError(Status.TOO_BIG, f"{status.st_size >> 20} MiB, the limit is {limit} MiB")
        try:
            return file.read()
        except OSError as error:
            raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
        except MemoryError as error:
            reason = f"{status.st_size >> 20} MiB, too many for the memory"
            raise UndecodableError(Status.TOO_BIG, reason, starved=True) from error


if __name__ == "__main__":
    main()
