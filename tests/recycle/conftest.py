from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recycle.library import Library

INJECTED: Counter[str] = Counter()
"""How many faults were injected, by what they were, each of them followed by a check of every picture."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path)
    yield library
    library.check_canary()


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: the disk's speed is not what is tested."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if INJECTED:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(INJECTED.items()))
        lost = len(terminalreporter.stats.get("failed", ()))
        terminalreporter.write_line(f"recycle bin: {counts} injected, {lost} tests failed")
