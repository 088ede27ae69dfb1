"""Entry of the process that runs the app for one page.

``python -P -m dpm_tui.web.page_session ROOT BASE LANGUAGE WIDTHxHEIGHT [--shared-bin]``: the size is that of
a letter in the page in pixels. Input and output are the packets of Textual's driver for browsers.
"""

from __future__ import annotations

import os
import shlex
import sys

from dpm_tui.locale import insist_on
from dpm_tui.state.disk.layout import Layout

Cell = tuple[int, int]


def session_command(layout: Layout, language: str, cell: Cell) -> str:
    """Return the line for a shell that runs the app on a folder; an empty ``language`` is that of settings.

    It finds this package without looking into the working folder, which may be full of foreign files.
    """
    words = [
        sys.executable, "-P", "-m", __name__, os.fsdecode(layout.root), os.fsdecode(layout.base), language,
        f"{cell[0]}x{cell[1]}", *(["--shared-bin"] if layout.shared_bin else []),
    ]  # fmt: skip
    return f"exec {shlex.join(words)}"


def main() -> int:
    """Run the app and return its exit code."""
    root, base = map(os.fsencode, sys.argv[1:3])
    language, size = sys.argv[3:5]
    width, _, height = size.partition("x")
    if language:
        insist_on(language)
    from dpm_tui.tui.launch import run_in_page

    return run_in_page(Layout(root, base, "--shared-bin" in sys.argv[5:]), (int(width), int(height)))


if __name__ == "__main__":
    sys.exit(main())
