"""Plays the review screen of a very large library in a pseudo-terminal: times, bytes, memory.

``python -m tests.benchmarks.play_through DIR [--groups N] [--size 120x40]``: DIR gets a synthetic result
of N groups (2.5 files each on average), kept for the next time; the first 400 have pictures. The app and
its worker are the real ones, in 256 colours. No run is started: another client sits in the reviewer's
place. Times of keys are those until the last byte came, before a silence.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import GetLibrary, Shutdown
from tests.support.large_root import fill_large
from tests.support.pty_app import Burst, PtyApp

T = TypeVar("T")

SIZES = ("80x24", "120x40", "200x60")
_SILENCE = 0.06
_QUICK = 0.12
_AT_REST = 0.45
"""Pictures come some time after the cursor stops; then they are painted finely."""
_IDLE_SECONDS = 5.0
_PATIENCE = 120.0
_END = b"\x1b[F"


class Seat:
    """A client in the reviewer's place: with it no app that comes starts a run."""

    def __init__(self, layout: Layout) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        began = time.perf_counter()
        self._client = self._await(WorkerClient.connect(layout, "app"))
        print(f"worker awake                       {(time.perf_counter() - began) * 1e3:8.0f} ms")
        self._await(self._client.request(GetLibrary()))
        print(f"its groups made and sent           {(time.perf_counter() - began) * 1e3:8.0f} ms")

    def end_worker(self) -> None:
        """Have the worker end."""
        self._await(self._client.request(Shutdown()))
        self._await(self._client.close())

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)


class Play:
    """One sitting at one size; every step prints its line."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        keep = {name: value for name, value in os.environ.items() if name != "COLORTERM"}
        environ = {**keep, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
        self.app = PtyApp(folder, width, height, environ)

    def open(self, groups: int) -> None:
        """Wait for the first paint and for the groups."""
        began = self.app.began
        first = self.app.listen(began, _PATIENCE, _PATIENCE, until=b"Scan")
        line("first paint", first.last, first)
        self.app.type(b"3")
        there = self.app.listen(began, _PATIENCE, _PATIENCE, until=f"/{groups}".encode())
        line("groups on the screen", there.last, there)
        self.app.listen(time.perf_counter(), 1.0, _PATIENCE)
        print(f"  {'memory':34} {self.app.memory:8.0f} MB, at most {self.app.most_memory:.0f}")

    def idle(self) -> None:
        """Do nothing for a while."""
        came = self.app.listen(time.perf_counter(), _IDLE_SECONDS, _IDLE_SECONDS)
        print(f"  {'idle':34} {len(came.sent) / _IDLE_SECONDS:8.0f} bytes a second")

    def repeat(
        self, name: str, keys: bytes, times: int, silence: float = _SILENCE, rest: float = 0.0
    ) -> None:
        """Press a key again and again."""
        bursts = []
        for _ in range(times):
            bursts.append(self.app.press(keys, silence))
            if rest:
                self.app.listen(time.perf_counter(), rest, rest + 1)
        lasts = sorted(burst.last for burst in bursts)
        firsts = sorted(burst.first for burst in bursts)
        sizes = sorted(len(burst.sent) for burst in bursts)
        print(
            f"  {name:34} {at(lasts, 0.5) * 1e3:8.0f} ms  95 % {at(lasts, 0.95) * 1e3:6.0f} ms   "
            f"first byte {at(firsts, 0.5) * 1e3:5.0f} ms   {at(sizes, 0.5):7.0f} bytes, most {sizes[-1]}"
        )

    def once(self, name: str, keys: bytes, silence: float = 0.8) -> None:
        """Press some keys once and wait for what comes of it."""
        began = time.perf_counter()
        self.app.type(keys)
        sent = self.app.listen(began, _PATIENCE, _PATIENCE, until=b"\x1b").sent
        burst = self.app.listen(began, silence, _PATIENCE)
        line(name, burst.last, Burst(burst.first, burst.last, sent + burst.sent))

    def hold(self, name: str, keys: bytes, seconds: float = 2.0, rate: int = 30) -> None:
        """Hold a key down as a keyboard repeats it and see how late the last byte is."""
        began = time.perf_counter()
        sent = b""
        for number in range(int(seconds * rate)):
            self.app.type(keys)
            wait = began + (number + 1) / rate - time.perf_counter()
            sent += self.app.listen(time.perf_counter(), max(wait, 0), max(wait, 0)).sent
        behind = self.app.listen(time.perf_counter(), _SILENCE, _PATIENCE)
        rate_sent = (len(sent) + len(behind.sent)) / seconds
        print(f"  {name:34} {behind.last * 1e3:8.0f} ms behind   {rate_sent:9.0f} bytes a second")


def line(name: str, seconds: float, burst: Burst) -> None:
    """Print a line of the table."""
    print(f"  {name:34} {seconds * 1e3:8.0f} ms  {len(burst.sent):28d} bytes")


def at(values: list[float] | list[int], share: float) -> float:
    """Return the value below which a share of sorted values lies."""
    return values[min(int(len(values) * share), len(values) - 1)]


def play(folder: Path, size: str, groups: int) -> None:
    """Play one sitting."""
    width, height = map(int, size.split("x"))
    print(size)
    sitting = Play(folder, width, height)
    try:
        sitting.open(groups)
        sitting.idle()
        sitting.repeat("j, on to the next file", b"j", 40, rest=_AT_REST)
        sitting.hold("j held down", b"j")
        sitting.app.press(b"g", 1.0)
        sitting.repeat("l, until its pictures are there", b"l", 25, silence=_QUICK, rest=_AT_REST)
        sitting.repeat("l, until they are fine", b"l", 10, silence=_AT_REST)
        sitting.repeat("tab, pictures flipped", b"\t", 20, silence=_AT_REST)
        sitting.repeat("space, marked", b" ", 20, rest=_AT_REST)
        sitting.once("to the end", _END)
        sitting.once("to the beginning", b"g")
        sitting.once("/, filter opened", b"/")
        for letter in (b"o", b"m", b"a"):
            sitting.once(f"{letter.decode()} typed into it", letter)
        sitting.once("filter taken away", b"\x1b\x1b", 1.0)
        sitting.once("filter kind:crop size:>1M pasted", b"/kind:crop size:>1M", 1.0)
        sitting.once("filter kept, taken away", b"\r\x1b", 1.0)
        for key, name in (("s", "size"), ("d", "date"), ("n", "name")):
            sitting.once(f"sorted by {name}", b"s" + key.encode())
        sitting.once("A, suggestions worked out", b"A", 1.0)
        sitting.once("y, accepted", b"y", 1.0)
        sitting.once("z, undone", b"z", 1.0)
        print(f"  {'memory at the end':34} {sitting.app.memory:8.0f} MB")
    finally:
        sitting.app.leave()


def main() -> None:
    """Make the library unless it is there, and play through it at every size."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.play_through")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--groups", type=int, default=100_000)
    parser.add_argument("--size", action="append", help="columns x rows, several times for several")
    options = parser.parse_args()
    folder = options.folder / f"library-{options.groups}"
    layout = Layout(os.fsencode(folder), os.fsencode(folder))
    if not folder.exists():
        folder.mkdir(parents=True)
        fill_large(layout, options.groups)
    with tempfile.TemporaryDirectory() as runtime:
        os.environ["DPM_TUI_RUNTIME_DIR"] = runtime
        seat = Seat(layout)
        try:
            for size in options.size or SIZES:
                play(folder, size, options.groups)
        finally:
            seat.end_worker()


if __name__ == "__main__":
    main()
