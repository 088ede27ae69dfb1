"""Writes to the streams of a terminal that may be gone."""

from __future__ import annotations

import errno
import os
from typing import TextIO


def write(text: str, stream: TextIO) -> None:
    """Write at once; from a terminal that is gone on, nowhere. Raises OSError for a pipe or a file."""
    try:
        print(text, end="", flush=True, file=stream)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # What is still buffered would fail again when the program ends.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
