"""The app in a terminal that draws pixels, looked at: ``python -m tests.real_terminal xterm DIR OUT.png``.

Starts xterm (sixel), kitty or konsole (both kitty's graphics) on an X server of its own that shows nothing,
presses keys, and writes a picture of the screen after each, with how many bytes the terminal was sent. It
needs xvfb, xdotool, imagemagick and the terminal, as Debian has them.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_DISPLAY = ":97"
_START_SECONDS = 10.0
_KEY_SECONDS = 2.5
_WINDOW = {"xterm": "XTerm", "kitty": "kitty", "konsole": "konsole"}


def main() -> None:
    """Press the keys and write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_terminal")
    parser.add_argument("terminal", choices=_WINDOW)
    parser.add_argument("library", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--press", default="3 l Tab Tab equal f Escape question Escape q", help="as xdotool")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="dpm") as folder:
        log = Path(folder) / "sent"
        app = shlex.join([sys.executable, "-m", "dpm_tui", str(options.library.resolve())])
        recorded = ["script", "-q", "--flush", "--log-out", str(log), "-c", app]
        with server(), running(command(options.terminal, width, height, recorded)):
            time.sleep(_START_SECONDS)
            focus(_WINDOW[options.terminal])
            for number, key in enumerate(options.press.split()):
                before = log.stat().st_size
                subprocess.run(["xdotool", "key", key], check=True)
                time.sleep(_KEY_SECONDS)
                target = options.picture.with_stem(f"{options.picture.stem}-{number}")
                subprocess.run(["import", "-window", "root", str(target)], check=True)
                print(f"{target}  {key:10} {log.stat().st_size - before:8} bytes")


def command(terminal: str, width: int, height: int, app: list[str]) -> list[str]:
    """Return what starts the app in a terminal of so many cells."""
    match terminal:
        case "xterm":
            look = [
                "-ti",
                "vt340",
                "-xrm",
                "XTerm*numColorRegisters: 256",
                "-fa",
                "DejaVu Sans Mono",
                "-fs",
                "9",
            ]
            return ["xterm", *look, "-geometry", f"{width}x{height}+0+0", "-e", *app]
        case "kitty":
            settings = {
                "font_size": 9,
                "remember_window_size": "no",
                "initial_window_width": f"{width}c",
                "initial_window_height": f"{height}c",
                "update_check_interval": 0,
            }
            options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
            return ["kitty", "--config", "NONE", *options, *app]
        case _:
            size = ["-p", f"TerminalColumns={width}", "-p", f"TerminalRows={height}"]
            return ["konsole", "--separate", "--nofork", *size, "-e", *app]


@contextmanager
def server() -> Iterator[None]:
    """Run an X server that shows nothing."""
    os.environ.update(DISPLAY=_DISPLAY, LIBGL_ALWAYS_SOFTWARE="1", QT_QPA_PLATFORM="xcb", LC_ALL="C.UTF-8")
    with running(["Xvfb", _DISPLAY, "-screen", "0", "1920x1200x24"]):
        time.sleep(2)
        yield


@contextmanager
def running(words: list[str]) -> Iterator[None]:
    """Run a program, and end it and what it has started."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait()
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.terminate()


def focus(name: str) -> None:
    """Let a window have the keys: there is no window manager that would."""
    search = ["xdotool", "search", "--onlyvisible", "--class", name]
    window = subprocess.run(search, check=True, capture_output=True, text=True).stdout.split()[-1]
    subprocess.run(["xdotool", "windowfocus", window], check=True)


if __name__ == "__main__":
    main()
