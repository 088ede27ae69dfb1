"""Candidates and thumbnails: what is known by content."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.state.disk.journal import encode_frame
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.state.vectors import candidate_store
from dpm_tui.state.vectors.candidate_store import CandidateStore
from tests.support.rows import pairs_of

A, B, C = (f"{number:02x}" * 32 for number in (10, 11, 12))


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "store.jsonl")


def near(*rows: tuple[int, int]) -> NeighbourPairs:
    firsts, seconds = np.array(rows, np.int64).reshape(-1, 2).T
    return NeighbourPairs(firsts, seconds, np.full(len(rows), 0.875, np.float32))


def rows(start: int, end: int) -> NDArray[np.int64]:
    return np.arange(start, end)


def matched(store: CandidateStore) -> list[int]:
    mask = store.matched(100)
    return [int(row) for row in np.flatnonzero(mask)]


def test_matching_goes_on_where_it_stopped(path: bytes) -> None:
    store = CandidateStore(path)
    store.add_block(rows(0, 10), near((1, 2), (3, 9)))
    store.add_block(np.array([10, 11, 13]), near())
    store.close()
    again = CandidateStore(path)
    assert matched(again) == [*range(12), 13]
    assert again.rows == 14
    assert pairs_of(again.near) == [(1, 2), (3, 9)]
    again.close()


def test_a_block_that_was_torn_is_matched_again(path: bytes) -> None:
    store = CandidateStore(path)
    store.add_block(rows(0, 10), near((1, 2)))
    store.add_block(rows(10, 20), near((1, 12)))
    store.close()
    os.truncate(path, os.path.getsize(path) - 3)
    again = CandidateStore(path)
    assert matched(again) == list(range(10))
    again.close()


@pytest.mark.parametrize("lost", range(6))
def test_a_block_that_lost_a_part_in_the_middle_is_matched_again(
    path: bytes, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    monkeypatch.setattr(candidate_store, "_PAIRS_PER_RECORD", 2)
    store = CandidateStore(path)
    store.add_block(rows(0, 10), near((1, 2), (1, 3), (1, 4), (1, 5), (1, 6)))
    store.add_block(rows(10, 20), near((1, 11)))
    store.close()
    with open(path, "rb") as file:
        lines = file.readlines()
    assert len(lines) == 6
    with open(path, "wb") as file:
        file.writelines(b"spoilt\n" if number == lost else line for number, line in enumerate(lines))
    again = CandidateStore(path)
    assert not set(matched(again)) & set(range(*((0, 10) if lost < 4 else (10, 20))))
    again.close()


@pytest.mark.parametrize("lines", range(5))
def test_who_is_gone_goes_with_its_pairs_and_leaves_nobody_bereft(path: bytes, lines: int) -> None:
    """Whatever reaches the disk: a pair that is dropped has its other row matched anew."""
    store = CandidateStore(path)
    store.add_block(rows(0, 10), near((1, 2), (3, 9)))
    store.forget(np.array([2, 5]), np.array([1]))
    assert pairs_of(store.near) == [(3, 9)]
    store.add_block(np.array([1]), near((0, 1)))
    store.close()
    with open(path, "rb") as file:
        kept = file.readlines()[: 2 + lines]
    with open(path, "wb") as file:
        file.writelines(kept)
    again = CandidateStore(path)
    pairs, open_ = set(pairs_of(again.near)), set(range(10)) - set(matched(again))
    assert open_ == (set(), {1}, {1, 2, 5}, {1, 2, 5}, {2, 5})[lines]
    assert ((1, 2) in pairs) == (lines < 2)
    again.close()


def test_what_is_superseded_does_not_stay_for_ever(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_store, "_WORTH_REWRITING", 3)
    store = CandidateStore(path)
    for _ in range(5):
        store.add_block(rows(0, 10), near((1, 2), (3, 9)))
        store.forget(rows(2, 3), rows(0, 0))
    store.close()
    size = os.path.getsize(path)
    for _ in range(2):
        again = CandidateStore(path)
        assert pairs_of(again.near) == [(3, 9)]
        assert matched(again) == [0, 1, *range(3, 10)]
        again.close()
    assert os.path.getsize(path) < size / 3


def test_candidates_that_make_no_sense_are_passed_over(path: bytes) -> None:
    with open(path, "wb") as file:
        for record in (
            {"near": 3},
            [],
            {"near": [[1]]},
            {"near": [], "rows": "ab", "of": 0},
            {"near": [], "rows": [[0, 1 << 60]], "of": 0},
            {"near": [], "rows": [[3, 1]], "of": 0},
            {"near": [[float("inf"), 1, 1]]},
            {"near": [[1, 1 << 60, 1]]},
            {"open": [[0]]},
            {"gone": 7},
        ):
            file.write(encode_frame(record))
    store = CandidateStore(path)
    assert (matched(store), pairs_of(store.near), store.rows) == ([], [], 0)
    store.close()


def test_thumbnails_are_found_by_content(tmp_path: Path) -> None:
    store = ThumbnailStore(os.fsencode(tmp_path / "thumbnails"))
    assert not store.has(A)
    assert store.get(A) is None
    store.put(A, b"jpeg")
    assert store.has(A)
    assert store.get(A) == b"jpeg"
    store.discard(A)
    store.discard(A)
    assert store.get(A) is None
    store.put(B, b"jpeg")
    store.clear()
    assert not store.has(B)


@pytest.mark.parametrize(
    "digest", ["../../etc/passwd", "", "a/b", "\u9577", "a.b", "ab", A.upper(), A + "\n"], ids=ascii
)
def test_a_thumbnail_never_lies_outside_its_folder(tmp_path: Path, digest: str) -> None:
    store = ThumbnailStore(os.fsencode(tmp_path / "thumbnails"))
    assert store.get(digest) is None
    with pytest.raises(ValueError, match="digest"):
        store.put(digest, b"jpeg")


def test_a_thumbnail_that_is_a_link_or_too_large_is_none(tmp_path: Path) -> None:
    store = ThumbnailStore(os.fsencode(tmp_path / "thumbnails"))
    store.put(A, b"x" * (1 << 20))
    assert store.get(A) is not None
    store.put(B, b"x" * ((1 << 20) + 1))
    assert store.get(B) is None
    os.makedirs(os.path.dirname(store.place(C)), exist_ok=True)
    os.symlink(store.place(A), store.place(C))
    assert store.get(C) is None
