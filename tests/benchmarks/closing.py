"""What it costs to open and close what lies over the pictures: ``python -m tests.benchmarks.closing DIR``.

Prints the bytes that a terminal is sent for each of some keys on the groups of a library.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tests.support.pty_app import PtyApp

STEPS = (
    ("next group", b"l"),
    ("flip", b"\t"),
    ("flip back", b"\t"),
    ("list move", b"j"),
    ("open help", b"?"),
    ("close help", b"\x1b"),
    ("open palette", b":"),
    ("close palette", b"\x1b"),
    ("ask for a filter", b"/"),
    ("close the question", b"\x1b"),
    ("settings", b"5"),
    ("groups again", b"3"),
    ("full view", b"f"),
    ("leave it", b"\x1b"),
)


def main() -> None:
    """Print bytes and milliseconds of each step."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.closing")
    parser.add_argument("library", type=Path)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--truecolor", action="store_true")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    environ = {**os.environ, "TERM": options.term, "COLORTERM": "truecolor" if options.truecolor else ""}
    app = PtyApp(options.library, width, height, environ)
    app.listen(time.perf_counter(), 4.0, 20.0)
    app.press(b"3", 2.0)
    for name, keys in STEPS:
        burst = app.press(keys, 1.2)
        print(f"{name:20} {len(burst.sent) / 1000:8.1f} KB {burst.last * 1000:7.0f} ms")
    app.leave()


if __name__ == "__main__":
    main()
