"""What every test runs under: no home, no language and no runtime folder of the developer's machine."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dpm_tui.locale import insist_on, set_language

_XDG = ("CONFIG", "CACHE", "DATA", "STATE")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
for _name in _THREADS:
    # Read when numpy and torch are loaded: two test processes whose threads wait for each other's cores
    # take twice as long.
    os.environ[_name] = "1"

settings.register_profile("dpm-tui", deadline=None, database=None, derandomize=True, max_examples=60)
settings.load_profile("dpm-tui")

# The tests start thousands of processes: each would compile every module anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_started: list[str] = []
"""The Python processes that the test at hand has started."""


def _note_start(event: str, values: tuple[Any, ...]) -> None:
    if event == "os.forkpty" or (event == "subprocess.Popen" and values[0] == sys.executable):
        _started.append(event)


sys.addaudithook(_note_start)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, not among all modules and tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _started.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    yield
    if _started and not item.get_closest_marker("slow"):
        pytest.fail("this test starts a process: mark it as slow")


@pytest.fixture(autouse=True)
def _own_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the test a home and a runtime folder of its own, short enough for a socket, and English."""
    base = Path(tempfile.mkdtemp(prefix="dpm"))
    for variable, name in (("HOME", "home"), ("DPM_TUI_RUNTIME_DIR", "run")):
        (base / name).mkdir(mode=0o700)
        monkeypatch.setenv(variable, str(base / name))
    for variable in (*_THREADS, *(f"XDG_{kind}_HOME" for kind in _XDG), "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    insist_on("")
    set_language("en")
    yield
    insist_on("")
    set_language("en")
    shutil.rmtree(base, ignore_errors=True)
