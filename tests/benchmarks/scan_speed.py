"""Times a first scan, a scan of an unchanged folder, and the same folder in czkawka if it is installed.

``python -m tests.benchmarks.scan_speed DIR [--rival PYTHON]``: PYTHON is an interpreter
that has the package ``czkawka``. Prints pictures a second, seconds, and the worker's memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RIVAL = """
import sys, time
from pathlib import Path
from czkawka import ImageSimilarity
finder = ImageSimilarity()
finder.set_directories([Path(sys.argv[1])])
began = time.perf_counter()
groups = finder.find_similar()
print(len(groups), time.perf_counter() - began)
"""


def scan(folder: Path, state: Path) -> tuple[float, int, int]:
    """Return seconds, pictures and the largest memory of worker and decoders, in bytes."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "dpm_tui", "scan", str(folder), "--state", str(state), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    memory = max(line["memory"] for line in lines if "memory" in line)
    return seconds, int(lines[-1]["pictures"]), memory


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scan_speed")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rival", metavar="PYTHON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        first, pictures, memory = scan(options.folder, Path(state))
        again, _, _ = scan(options.folder, Path(state))
    print(f"first scan   {first:7.2f} s  {pictures / first:6.1f} pictures/s  {memory / 1e6:.0f} MB at most")
    print(f"nothing new  {again:7.2f} s")
    if options.rival:
        command = [options.rival, "-c", _RIVAL, str(options.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = float(done.stdout.split()[1])
        print(f"czkawka      {seconds:7.2f} s  {pictures / seconds:6.1f} pictures/s")
        print(f"ratio        {seconds / first:7.2f}")


if __name__ == "__main__":
    main()
