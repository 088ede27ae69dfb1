"""A decoder: a disposable process that reads and decodes pictures, one line in, one line out.

Started as ``python -m dpm_tui.worker.decoder_child ROOT THUMBNAILS``. Answers travel on a private
descriptor, so that what a C library prints cannot corrupt them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import resource
import stat
import sys
from typing import Any, BinaryIO

from dpm_tui.names import from_json
from dpm_tui.pipeline.decode import (
    FILE_BYTES_AT_MOST,
    UndecodableError,
    decode_thumbnail,
    decode_view,
    digest_pixels,
)
from dpm_tui.pipeline.image_file import Status
from dpm_tui.plain import to_plain
from dpm_tui.state.thumbnail_store import ThumbnailStore

_MEMORY_BYTES = 3 << 30


def main() -> None:
    """Serve orders from standard input until it ends."""
    root, thumbnails = (os.fsencode(argument) for argument in sys.argv[1:3])
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    _limit_resources()
    serve(root, ThumbnailStore(thumbnails), sys.stdin.buffer, answers)


def serve(root: bytes, thumbnails: ThumbnailStore, orders: BinaryIO, answers: BinaryIO) -> None:
    """Answer each order line with one line."""
    for line in orders:
        order = json.loads(line)
        try:
            answer = carry_out(root, thumbnails, order)
        except UndecodableError as error:
            answer = {"status": error.status.value, "reason": error.reason, "digest": error.digest}
        answers.write(json.dumps(answer, separators=(",", ":")).encode("ascii") + b"\n")
        answers.flush()


def carry_out(root: bytes, thumbnails: ThumbnailStore, order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order; raises UndecodableError."""
    content = read_file(os.path.join(root, from_json(order["path"])))
    match order["do"]:
        case "thumbnail":
            if not order.get("anew"):
                digest = hashlib.sha256(content).hexdigest()
                if thumbnails.has(digest):
                    return {"status": "known", "digest": digest}
            thumbnail = decode_thumbnail(content)
            return {
                "status": "ok",
                "facts": to_plain(thumbnail.facts),
                "jpeg": base64.b64encode(thumbnail.jpeg).decode("ascii"),
            }
        case "pixels":
            return {"status": "ok", "pixels": digest_pixels(content)}
        case _:
            left, top, right, bottom = order["box"]
            rgb = decode_view(content, order["width"], order["height"], (left, top, right, bottom))
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
        raise UndecodableError(Status.UNREADABLE, error.strerror or str(error)) from error
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
            raise UndecodableError(Status.UNREADABLE, error.strerror or str(error)) from error


def _limit_resources() -> None:
    for limit, value in ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    with contextlib.suppress(OSError):
        os.nice(5)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("800")


if __name__ == "__main__":
    main()
