"""Scans thousands of damaged, hostile and strange pictures with the real worker.

``python -m tests.benchmarks.odd_pictures DIR [--files 10000] [--seed 0] [--memory 2048] [--whole]``
fills the empty folder DIR, scans it, and fails if the worker ended, a file has no status or two in the
report, or worker and decoders together took more memory than they may. Then every file goes through a pool
of one decoder, and none may take longer than 20 seconds. The scan is stopped as soon as every picture is
read and fingerprinted; ``--whole`` lets it compare them too, which takes far longer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
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
from dpm_tui.pipeline.decoding.decoder import DecodeOrder
from dpm_tui.state.config import Config, Settings, save_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.odd_files import odd_files, write_special_files

_SLOWEST = 20.0
_WORKER_BYTES = 2 << 30
"""The worker itself holds torch, a model and the pictures that it compares: this much over its decoders."""
_LOOKS_PER_SECOND = 4


@dataclass
class Watch:
    """What the processes below this one took at most; pages that several share count once."""

    decoders: int = 0
    worker: int = 0
    together: int = 0

    def look(self, state: str) -> None:
        """Look once."""
        decoders = worker = 0
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if "dpm_tui.worker" in line and any(state in part for part in line):
                worker += _own_bytes(process)
                with contextlib.suppress(psutil.Error):
                    decoders += sum(map(_own_bytes, process.children(recursive=True)))
        self.decoders, self.worker = max(self.decoders, decoders), max(self.worker, worker)
        self.together = max(self.together, decoders + worker)


def _own_bytes(process: psutil.Process) -> int:
    """Return the proportional set size of a process, 0 if it is gone."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def fill(folder: Path, count: int, seed: int) -> tuple[set[bytes], int]:
    """Write the files; return the names that a scan must find, and how many it must pass over."""
    names: set[bytes] = set()
    for name, content in odd_files(count, seed):
        (folder / name).write_bytes(content)
        names.add(name.encode())
    return names, len(write_special_files(folder))


def scan(folder: Path, state: Path, watch: Watch, whole: bool) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code and what the scan printed."""
    command = [sys.executable, "-m", "dpm_tui", "scan", str(folder), "--state", str(state), "--json"]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1 / _LOOKS_PER_SECOND):
            watch.look(str(state))

    thread = threading.Thread(target=look)
    thread.start()
    lines, stopped = [], False
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1].get("stage") in ("match", "verify") and not whole and not stopped:
                process.send_signal(signal.SIGINT)
                stopped = True
    ended.set()
    thread.join()
    code = ExitCode.DONE if stopped and process.returncode == ExitCode.STOPPED else process.returncode
    return code, lines


def ask_for_report(folder: Path, state: Path) -> dict[str, Any]:
    """Return the report on the scanned folder."""
    command = [sys.executable, "-m", "dpm_tui", "report", str(folder), "--state", str(state)]
    text = subprocess.run([*command, "--format", "json"], stdout=subprocess.PIPE, check=True).stdout
    report: dict[str, Any] = json.loads(text)
    return report


def time_each(folder: Path, names: set[bytes], memory: int) -> list[tuple[float, bytes]]:
    """Return the seconds that each file takes in a pool of one decoder, the slowest first."""
    times: list[tuple[float, bytes]] = []
    with tempfile.TemporaryDirectory() as thumbnails:
        pool = DecoderPool(os.fsencode(folder.absolute()), os.fsencode(thumbnails), 1, memory << 20)
        began = time.monotonic()
        for order, _ in pool.decode(map(DecodeOrder, sorted(names)), lambda: False):
            times.append((time.monotonic() - began, order.path))
            began = time.monotonic()
        pool.close()
    return sorted(times, reverse=True)


def complaints(
    options: argparse.Namespace, names: set[bytes], code: int, watch: Watch, report: dict[str, Any]
) -> Iterator[str]:
    """Yield what went wrong in a scan, and print its numbers."""
    damaged = {file["path"] for file in report["files"] if file.get("damaged")}
    broken = [error for error in report["errors"] if error["path"] not in damaged]
    statuses = Counter(error["reason"].partition(":")[0] for error in broken)
    statuses |= {"ok": len(report["files"]), "ok but damaged": len(damaged)}
    found = Counter(os.fsencode(file["path"]) for file in (*report["files"], *broken))
    print("statuses      ", ", ".join(f"{name} {count}" for name, count in statuses.most_common()))
    print("formats       ", dict(Counter(file["format"] for file in report["files"]).most_common()))
    print(f"found          {len(report['pairs'])} pairs in {len(report['groups'])} groups")
    decoders, worker, together = (round(n / 1e6) for n in (watch.decoders, watch.worker, watch.together))
    print(f"memory         decoders {decoders} MB, worker {worker} MB, together {together} MB at most")
    for error in report["errors"]:
        if error["reason"].startswith("crashed"):
            yield f"crashed: {error['path']}: {error['reason']}"
    if code != 0:
        yield f"the scan ended with {code}"
    if set(found) != names or max(found.values(), default=0) > 1:
        yield f"{len(names ^ set(found))} files without a status, {found.most_common(1)} more than once"
    if watch.decoders > options.memory << 20:
        yield "decoders took more memory than the setting allows"
    if watch.together > (options.memory << 20) + _WORKER_BYTES:
        yield "worker and decoders together took too much memory"


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
    print(f"files          {len(names)} and {special} that are none", flush=True)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as state:
        layout = Layout(bytes(options.folder.absolute()), state.encode())
        prepare_folder(layout)
        save_settings(layout.config, Settings(Config(memory=options.memory)))
        for title in ("first scan", "nothing new"):
            watch = Watch()
            began = time.monotonic()
            code, lines = scan(options.folder, Path(state), watch, options.whole)
            print(f"{title:14} {time.monotonic() - began:.1f} s", flush=True)
            if len(pids := {line["pid"] for line in lines if line.get("pid")}) != 1:
                wrong.append(f"{len(pids)} workers instead of one")
            report = ask_for_report(options.folder, Path(state))
            wrong += complaints(options, names, code, watch, report)
    slowest = time_each(options.folder, names, options.memory)[:5]
    for seconds, name in slowest:
        print(f"slowest        {seconds:.1f} s {os.fsdecode(name)}")
    if slowest[0][0] > _SLOWEST:
        wrong.append(f"a file took {slowest[0][0]:.1f} s")
    for line in wrong:
        print("WRONG         ", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
