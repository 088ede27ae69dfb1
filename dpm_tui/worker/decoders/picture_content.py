"""The content of a picture file, read without following links or waiting for a pipe."""

from __future__ import annotations

import errno
import hashlib
import os
import stat

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.errors import reason_of
from dpm_tui.pipeline.loading.safe_open import MEMORY_BYTES, UndecodableError
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.pipeline.scan.root_folder import READ_FILE, open_beneath


def read_file(root: Base, path: bytes, memory: int = MEMORY_BYTES) -> bytes:
    """Return the content of a regular file below the open ``root``.

    Never follows a link, not even one in the place of a folder, or waits for a FIFO. Raises
    UndecodableError, also for one that takes more than half of ``memory``.
    """
    try:
        descriptor = open_beneath(root, path, READ_FILE)
    except OSError as error:
        raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UndecodableError(Status.UNSUPPORTED, defer("decode.not_regular"))
        needs = 2 * status.st_size
        too_big = UndecodableError(
            Status.TOO_BIG, defer("decode.bytes", size=status.st_size >> 20), starved=True, needs=needs
        )
        if needs > memory:
            raise too_big
        try:
            return file.read()
        except OSError as error:
            raise UndecodableError(Status.UNREADABLE, reason_of(error)) from error
        except MemoryError as error:
            raise too_big from error


def read_unchanged(root: Base, path: bytes, digest: str, memory: int) -> bytes:
    """Return the content of a file as ``read_file`` does; raises UndecodableError for another digest."""
    content = read_file(root, path, memory)
    if hashlib.sha256(content).hexdigest() != digest:
        raise UndecodableError(Status.UNREADABLE, defer("decode.changed"), digest)
    return content


def digest_file(root: Base, path: bytes) -> str:
    """Return the digest of a regular file of any size below the open ``root``; raises OSError."""
    with open(open_beneath(root, path, READ_FILE), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return hashlib.file_digest(file, "sha256").hexdigest()
