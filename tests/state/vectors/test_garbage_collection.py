"""What is kept of contents that left the library: it goes once it is much, and nothing else goes with it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.catalog.image_file import NO_FACTS, ImageFile, Stamp, Status
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.errors import DpmError
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from dpm_tui.state.vectors import garbage_collection
from dpm_tui.state.vectors.candidate_store import CandidateStore
from dpm_tui.state.vectors.vector_store import VectorStore
from tests.support.descriptors import closed_afterwards
from tests.support.power import Disk

pytestmark = pytest.mark.slow
DIMS = 4
ROWS = 24
MODELS = ("photo", "parts")
IDENTITY = "ab" * 32
STAYING = [number for number in range(ROWS) if number % 3 == 0]
IN_BIN = 4
NEAR = [(0, 3), (0, 9), (3, 21), (6, 12), (9, 21), (12, 18)]
"""Rows near to each other among those whose contents stay."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage_collection, "MIN_ROWS", 5)


def digest(number: int) -> str:
    return random.Random(number).randbytes(32).hex()


def layout_at(path: Path) -> Layout:
    path.mkdir()
    return Layout(os.fsencode(path), os.fsencode(path))


def filled(layout: Layout) -> RootState:
    """Return a state whose last run forgot two thirds of the files."""
    prepare_folder(layout)
    state = RootState(layout, "judge-1")
    for number in STAYING:
        facts = replace(NO_FACTS, digest=digest(number), format="JPEG")
        stamp = Stamp(size=1, mtime_ns=1, ctime_ns=1, inode=number, device=1)
        state.files.put(ImageFile(number + 1, b"%d.jpg" % number, stamp, Status.OK, "", facts))
    for number in range(ROWS):
        state.thumbnails.put(digest(number), b"jpeg")
        pair = sorted((digest(number), digest((number + 3) % ROWS)))
        state.verdicts.put((pair[0], pair[1]), Verdict(Kind.COPY, 0.5) if number % 2 else None)
    for model in MODELS:
        vectors, candidates = tables(state, model)
        for number in range(ROWS):
            vectors.add(digest(number), vector(number), fits=number % 2 == 0)
        every = np.arange(ROWS)
        state.sync()
        pairs = np.array([*NEAR, (1, 2), (2, 3)])
        candidates.add_block(every, NeighbourPairs(pairs[:, 0], pairs[:, 1], cosines(len(pairs))))
        candidates.forget(np.setdiff1d(every, STAYING), np.array([3]))
        candidates.add_block(np.array([3]), NeighbourPairs(*np.array(NEAR[:1]).T, cosines(1)))
    state.close()
    state = RootState(layout, "judge-1")
    for model in MODELS:
        tables(state, model)
    return state


def tables(state: RootState, model: str) -> tuple[VectorStore, CandidateStore]:
    return state.vectors("auto", model, IDENTITY, DIMS), state.candidates("auto", model, IDENTITY)


def vector(number: int) -> NDArray[np.float32]:
    return np.eye(DIMS, dtype=np.float32)[number % DIMS]


def cosines(count: int) -> NDArray[np.float32]:
    return np.linspace(0.9, 0.5, count).astype(np.float32)


def clear(state: RootState) -> None:
    state.clear_gone("auto", lambda: [digest(IN_BIN), ""], lambda: False)


def check(layout: Layout, *, may_lack: bool = False) -> None:
    """Assert that all is there of the contents that stay; candidates may be lost, and never wrong."""
    state = RootState(layout, "judge-1")
    assert len(state.files.files) == len(STAYING)
    for model in MODELS:
        vectors, candidates = tables(state, model)
        names = list(vectors)
        rows = {number: names.index(digest(number)) for number in STAYING}
        for number, row in rows.items():
            assert vectors.read(row, row + 1)[0].tolist() == vector(number).tolist()
            assert vectors.fits(digest(number)) == (number % 2 == 0)
        matched = candidates.matched(len(names))
        assert may_lack or all(matched[row] for row in rows.values())
        assert {names[row] for row in np.flatnonzero(matched)} <= {digest(number) for number in STAYING}
        near = candidates.near
        found = {
            (names[first], names[second])
            for first, second in zip(near.firsts.tolist(), near.seconds.tolist(), strict=True)
        }
        told = {(digest(first), digest(second)) for first, second in NEAR}
        assert found <= told
        settled = {digest(number) for number, row in rows.items() if matched[row]}
        assert {pair for pair in told if set(pair) <= settled} <= found
    for number in STAYING:
        assert state.thumbnails.has(digest(number))
        pair = sorted((digest(number), digest((number + 3) % ROWS)))
        assert ((pair[0], pair[1]) in state.verdicts) == ((number + 3) % ROWS in STAYING)
        assert ((pair[0], pair[1]) in dict(state.verdicts.alike())) == (number % 2 == 1)
    state.close()


def test_what_left_is_dropped_and_what_stayed_or_lies_in_the_bin_is_not(tmp_path: Path) -> None:
    layout = layout_at(tmp_path / "root")
    state = filled(layout)
    clear(state)
    expected = {digest(number) for number in (*STAYING, IN_BIN)}
    for _ in range(2):
        for model in MODELS:
            assert set(tables(state, model)[0]) == expected
        assert not state.thumbnails.has(digest(1))
        assert state.thumbnails.has(digest(IN_BIN))
        assert len(state.verdicts) == len(STAYING)
        state.close()
        check(layout)
        state = RootState(layout, "judge-1")
    vectors, candidates = tables(state, "photo")
    vectors.add(digest(1), vector(1), fits=True)
    assert (vectors.digest_at(len(expected)), candidates.matched(len(vectors))[-1]) == (digest(1), False)
    state.close()


@pytest.mark.parametrize("why", ["few", "in the bin", "other choice", "stranger", "no room"])
def test_nothing_is_dropped_where_it_is_little_or_may_be_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    layout = layout_at(tmp_path / "root")
    state = filled(layout)
    others: list[str] = []
    if why == "few":
        monkeypatch.setattr(garbage_collection, "MIN_ROWS", 1000)
    elif why == "in the bin":
        others = [digest(number) for number in range(ROWS)]
    elif why == "stranger":
        with open(os.path.join(layout.vectors, b"auto-photo-ffffffffffff.near.jsonl"), "wb"):
            pass
    elif why == "no room":
        monkeypatch.setattr(garbage_collection, "_ROOM", 1 << 60)
    state.clear_gone("photo" if why == "other choice" else "auto", lambda: others, lambda: False)
    assert [len(tables(state, model)[0]) for model in MODELS] == [ROWS] * 2
    assert (len(state.verdicts), state.thumbnails.has(digest(1))) == (ROWS, True)
    state.close()


def test_a_run_that_is_stopped_leaves_all_as_it_was(tmp_path: Path) -> None:
    layout = layout_at(tmp_path / "root")
    state = filled(layout)
    with pytest.raises(Cancelled):
        state.clear_gone("auto", list, lambda: True)
    assert not [name for name in os.listdir(layout.vectors) if name.endswith(b".part")]
    clear(state)
    state.close()
    check(layout)


def test_what_a_kill_left_half_written_is_removed_with_what_is_outdated(tmp_path: Path) -> None:
    layout = layout_at(tmp_path / "root")
    state = filled(layout)
    for name in os.listdir(layout.vectors):
        shutil.copy(os.path.join(layout.vectors, name), os.path.join(layout.vectors, name + b".part"))
    state.remove_outdated()
    assert not [name for name in os.listdir(layout.vectors) if name.endswith(b".part")]
    state.close()
    check(layout)


def clear_on_full_disk(layout: Layout, monkeypatch: pytest.MonkeyPatch, call: int) -> int:
    """Clear on a disk that is full from some call on; return how many calls it took."""
    disk = Disk(layout.folder)
    with disk.watched(monkeypatch):
        state = filled(layout)
        before = disk.calls
        disk.full_from = before + call
        with contextlib.suppress(OSError, DpmError):
            clear(state)
            state.close()
        disk.full_from = 1 << 30
        check(layout, may_lack=disk.calls >= before + call)
    return disk.calls - before


def test_a_full_disk_at_any_call_costs_candidates_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = clear_on_full_disk(layout_at(tmp_path / "whole"), monkeypatch, 1 << 29)
    assert calls > 15
    for call in range(1, calls + 1):
        with closed_afterwards():
            clear_on_full_disk(layout_at(tmp_path / str(call)), monkeypatch, call)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_power_cut_at_any_call_costs_candidates_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """The disk is watched from the first call on, as what it holds for sure is what was synced."""
    dice = random.Random(round(share * 10))
    layout = layout_at(tmp_path / "root")
    disk = Disk(layout.folder)
    with disk.watched(monkeypatch):
        state = filled(layout)
        began = disk.calls + 1
        clear(state)
        state.close()
    for cut in range(began, disk.calls + 2):
        rest = layout_at(tmp_path / "rest")
        disk.leave(rest.folder, cut, dice, share)
        shutil.copytree(layout.thumbnails, rest.thumbnails, dirs_exist_ok=True)
        with Disk(rest.folder).watched(monkeypatch):
            check(rest, may_lack=cut <= disk.calls)
        shutil.rmtree(tmp_path / "rest")
