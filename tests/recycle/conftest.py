from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recycle.library import Library
from tests.support.memory import folder_in_memory

INJECTED: Counter[str] = Counter()
"""How many faults were injected, by what they were, each of them followed by a check of every picture."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path)
    yield library
    library.check_canary()


@pytest.fixture
def base() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if INJECTED:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(INJECTED.items()))
        lost = len(terminalreporter.stats.get("failed", ()))
        terminalreporter.write_line(f"recycle bin: {counts} injected, {lost} tests failed")
