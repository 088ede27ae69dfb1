"""Times searches for one picture, one after the other, in a library of very many.

``python -m tests.benchmarks.find_again DIR [--files N]``: DIR gets a synthetic state of N pictures, kept for
the next time, and a picture to ask for. The worker is the real one; times are those of the processor of the
worker and of what it started, and how long the client waited.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import psutil

from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import FindPictures, FoundPictures, Shutdown
from tests.benchmarks.synthetic_library import CHOICE, fill
from tests.support.pictures import encode, scene

_SEARCHES = 6


def prepare(folder: Path, layout: Layout, files: int) -> None:
    """Make the state and the picture unless they are there."""
    asked = folder / "asked"
    if asked.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    fill(layout, "library", files, load_cards()[CHOICE])
    state = RootState(layout)
    state.save_checkpoint(
        replace(state.checkpoint, phase="finished", model=CHOICE, files=files, pictures=files)
    )
    state.close()
    asked.mkdir()
    (asked / "sea.jpg").write_bytes(encode(scene(1, 1600, 1200), quality=80))


async def search(folder: Path, layout: Layout) -> None:
    """Ask for the picture again and again."""
    client = await WorkerClient.connect(layout, "find")
    worker = psutil.Process(client.welcome.pid)
    for number in range(_SEARCHES):
        began, before = time.perf_counter(), sum(worker.cpu_times()[:4])
        answer = await client.request(FindPictures(os.fsencode(folder / "asked"), (b"sea.jpg",)))
        assert isinstance(answer, FoundPictures)
        wall, own = time.perf_counter() - began, sum(worker.cpu_times()[:4]) - before
        memory = worker.memory_info().rss / 1e6
        print(f"search {number + 1}   {wall:6.2f} s   {own:5.2f} s of processor   {memory:.0f} MB")
    await client.request(Shutdown())
    await client.close()


def main() -> None:
    """Make the library and search it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.find_again")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=100_000)
    options = parser.parse_args()
    folder = options.folder.absolute()
    layout = Layout(os.fsencode(folder), os.fsencode(folder))
    prepare(folder, layout, options.files)
    asyncio.run(search(folder, layout))


if __name__ == "__main__":
    main()
