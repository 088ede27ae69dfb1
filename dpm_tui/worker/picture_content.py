"""The content of a picture file, read without following links or waiting for a FIFO."""

from __future__ import annotations

import os
import stat

from dpm_tui.deferred import defer
from dpm_tui.errors import reason_of
from dpm_tui.pipeline.decode import FILE_BYTES_AT_MOST
from dpm_tui.pipeline.image_file import Status
from dpm_tui.pipeline.picture_file import UndecodableError
from dpm_tui.pipeline.root_folder import READ_FILE, open_beneath


def read_file(root: int, path: bytes) -> bytes:
    """Return the content of a regular file below the open ``root``.

    Never follows a link, not even one in the place of a folder, or waits for a FIFO. Raises
    UndecodableError.
    """
    try:
        descriptor = open_beneath(root, path, READ_FILE)
    except OSError as error:
        raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UndecodableError(Status.UNSUPPORTED, defer("decode.not_regular"))
        if status.st_size > FILE_BYTES_AT_MOST:
            limit = FILE_BYTES_AT_MOST >> 20
            raise UndecodableError(
                Status.TOO_BIG, defer("decode.too_many_bytes", size=status.st_size >> 20, limit=limit)
            )
        try:
            return file.read()
        except OSError as error:
            raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
        except MemoryError as error:
            reason = defer("decode.too_many_bytes_for_memory", size=status.st_size >> 20)
            raise UndecodableError(Status.TOO_BIG, reason, starved=True) from error
