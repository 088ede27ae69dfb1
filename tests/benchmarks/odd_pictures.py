"""Scans thousands of damaged, hostile and strange pictures with the real worker.

``python -m tests.benchmarks.odd_pictures DIR [--files 10000] [--seed 0] [--memory 2048] [--whole]``
fills the empty folder DIR, scans it, and fails if the worker ended, a file has no status or two, a file
took longer than 20 seconds, or worker or decoders took more memory than they may. The scan is stopped as
soon as every picture is read and fingerprinted; ``--whole`` lets it compare them too, which takes far
longer.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from dpm_tui.errors import ExitCode
from dpm_tui.state.config import Config, Settings, save_settings
from dpm_tui.state.layout import Layout
from dpm_tui.state.root_state import RootState
from dpm_tui.state.state_folder import prepare_folder
from tests.support.odd_files import odd_files, write_special_files

_DECODER = "dpm_tui.worker.decoder_child"
_SLOWEST = 20.0
_WORKER_BYTES = 2 << 30
"""The worker itself holds torch, a model and the pictures that it compares."""


@dataclass
class Watch:
    """What the processes below this one took, looked at twenty times a second."""

    decoders: int = 0
    worker: int = 0

    def look(self, state: str) -> None:
        """Look once."""
        decoders = worker = 0
        for process in psutil.process_iter(["cmdline", "memory_info"]):
            line = process.info["cmdline"] or []
            memory = process.info["memory_info"]
            if memory is None or not any(state in part for part in line):
                continue
            if _DECODER in line:
                decoders += memory.rss
            elif "dpm_tui.worker" in line:
                worker += memory.rss
        self.decoders, self.worker = max(self.decoders, decoders), max(self.worker, worker)


def fill(folder: Path, count: int, seed: int) -> tuple[set[bytes], int]:
    """Write the files; return the names that a scan must find, and how many it must pass over."""
    names: set[bytes] = set()
    for name, content in odd_files(count, seed):
        (folder / name).write_bytes(content)
        names.add(name.encode())
    return names, len(write_special_files(folder))


def scan(
    folder: Path, state: Path, watch: Watch, whole: bool
) -> tuple[int, list[dict[str, Any]], list[float]]:
    """Return the exit code, what the scan printed, and when each line of progress came."""
    command = [sys.executable, "-m", "dpm_tui", "scan", str(folder), "--state", str(state), "--json"]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            watch.look(str(state))

    thread = threading.Thread(target=look)
    thread.start()
    lines, times, stopped = [], [], False
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(json.loads(line))
            times.append(time.monotonic())
            if lines[-1].get("stage") in ("match", "verify") and not whole and not stopped:
                process.send_signal(signal.SIGINT)
                stopped = True
    ended.set()
    thread.join()
    code = ExitCode.DONE if stopped and process.returncode == ExitCode.STOPPED else process.returncode
    return code, lines, times


def longest_wait(lines: list[dict[str, Any]], times: list[float]) -> float:
    """Return the longest time in which no further picture was read."""
    longest, done, since = 0.0, -1, 0.0
    for line, now in zip(lines, times, strict=True):
        if line.get("stage") == "decode" and line.get("type") == "progress":
            if line["done"] != done:
                done, since = line["done"], now
            longest = max(longest, now - since)
    return longest


def complaints(
    options: argparse.Namespace,
    names: set[bytes],
    code: int,
    watch: Watch,
    waited: float,
    workers: set[int],
    layout: Layout,
) -> Iterator[str]:
    """Yield what went wrong, and print the numbers."""
    files = RootState(layout, writable=False).files.files
    found = Counter(file.path for file in files.values())
    statuses = Counter(file.status.value for file in files.values())
    print("statuses      ", ", ".join(f"{name} {count}" for name, count in statuses.most_common()))
    print(f"memory        decoders {watch.decoders / 1e6:.0f} MB, worker {watch.worker / 1e6:.0f} MB at most")
    print(f"longest wait  {waited:.1f} s")
    for file in files.values():
        if file.status.value == "crashed":
            print("crashed      ", file.path, file.reason)
    if code != 0:
        yield f"the scan ended with {code}"
    if len(workers) != 1:
        yield f"{len(workers)} workers instead of one"
    if set(found) != names or max(found.values(), default=0) > 1:
        yield f"{len(names - set(found))} files without a status"
    if waited > _SLOWEST:
        yield f"nothing was read for {waited:.1f} s"
    if watch.decoders > options.memory << 20:
        yield "decoders took more memory than the setting allows"
    if watch.worker > _WORKER_BYTES:
        yield "the worker took too much memory"


def main() -> int:
    """Print the numbers; return 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.odd_pictures")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", type=int, default=2048, metavar="MIB")
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if any(options.folder.iterdir()):
        parser.error("the folder is not empty")
    names, special = fill(options.folder, options.files, options.seed)
    print(f"files          {len(names)} and {special} that are none")
    with tempfile.TemporaryDirectory() as state:
        layout = Layout(bytes(options.folder.absolute()), state.encode())
        prepare_folder(layout)
        save_settings(layout.config, Settings(Config(memory=options.memory)))
        for title in ("first scan", "nothing new"):
            watch = Watch()
            began = time.monotonic()
            code, lines, times = scan(options.folder, Path(state), watch, options.whole)
            print(f"{title:14} {time.monotonic() - began:.1f} s", flush=True)
            if title == "first scan":
                waited = longest_wait(lines, times)
                workers = {line["pid"] for line in lines if line.get("pid")}
                wrong = list(complaints(options, names, code, watch, waited, workers, layout))
    for line in wrong:
        print("WRONG         ", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
