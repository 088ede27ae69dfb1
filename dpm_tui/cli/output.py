"""Where the text of a command goes: the file that ``-o`` names, or standard output."""

from __future__ import annotations

import os
import sys

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_atomic


def write_output(name: str, text: str) -> None:
    """Write ``text`` to the file ``name``, whole or not at all; an empty name or ``-`` is standard output.

    Raises DpmError naming the file if it cannot be written.
    """
    if not name or name == "-":
        sys.stdout.write(text)
        return
    path = os.path.abspath(os.fsencode(name))
    try:
        write_atomic(path, text.encode("utf-8"), mode=0o644)
    except OSError as error:
        raise DpmError("cannot_write", path=display_name(path), reason=reason_of(error)) from error
