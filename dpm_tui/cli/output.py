"""Where the text of a command goes, and what several commands say alike."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from dpm_tui.errors import DpmError, ExitCode, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Skipped
from dpm_tui.state.disk.atomic_write import write_parts_atomic

if TYPE_CHECKING:
    # For its name only: most commands ask no worker.
    from dpm_tui.worker.protocol.messages import RunStatus


def write(text: str, stream: TextIO) -> None:
    """Write at once; once the terminal is gone, write nothing. Raises OSError for a pipe or a file."""
    try:
        print(text, end="", flush=True, file=stream)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # What is still buffered would fail again when the program ends.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def print_skipped(skipped: Sequence[Skipped]) -> ExitCode:
    """Print on standard error which files stayed where they were and why; return the exit code."""
    left = [item for item in skipped if not item.is_settled]
    for item in left:
        print(translate("cli.skipped", path=display_name(item.path), reason=item.reason), file=sys.stderr)
    if settled := len(skipped) - len(left):
        print(translate("cli.already_linked", count=settled), file=sys.stderr)
    return ExitCode.FAILED if left else ExitCode.DONE


def describe_previews(status: RunStatus) -> str:
    """Return the line on pictures that were read by their previews, empty where no scan was quick."""
    if not (status.previews or status.refused_cameras):
        return ""
    return translate("cli.previews", pictures=status.previews, cameras=status.refused_cameras)


def write_output(name: str, text: str) -> None:
    """Write ``text`` to the file ``name`` as ``write_parts`` does."""
    write_parts(name, (text,))


def write_parts(name: str, parts: Iterable[str]) -> None:
    """Write a text to the file ``name``, whole or not at all; an empty name or ``-`` is standard output.

    What is there and is no file, a device or a pipe, is written to and stays what it is. The ``parts`` are
    made once it can be written. Raises DpmError naming the file if it cannot be.
    """
    if not name or name == "-":
        for part in parts:
            sys.stdout.write(part)
        return
    path = os.path.abspath(os.fsencode(name))
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "w", encoding="utf-8") as stream:
                stream.writelines(parts)
            return
        write_parts_atomic(path, (part.encode("utf-8") for part in parts), mode=0o644)
    except OSError as error:
        raise DpmError("cannot_write", path=display_name(path), reason=reason_of(error)) from error
