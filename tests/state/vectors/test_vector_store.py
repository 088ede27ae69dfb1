from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.errors import DamagedError
from dpm_tui.state.vectors import digest_index, vector_store
from dpm_tui.state.vectors.vector_store import VectorStore
from tests.support.disk import full_disk

DIMS = 8
ROW_BYTES = 32 + 2 + 2 * DIMS + 4


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "vectors" / "auto-photo-abc.f16")


def digest(number: int) -> str:
    return f"{number:064x}"


def vector(number: int) -> NDArray[np.float32]:
    values = np.random.default_rng(number).normal(size=DIMS).astype(np.float32)
    return values / np.linalg.norm(values)


def filled(path: bytes, count: int) -> None:
    store = VectorStore(path, DIMS)
    for number in range(count):
        store.add(digest(number), vector(number), fits=number % 2 == 0)
    store.close()


def spoil(path: bytes, at: int, content: bytes) -> None:
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(content)


def test_vectors_come_back_in_their_rows(path: bytes) -> None:
    filled(path, 5)
    store = VectorStore(path, DIMS)
    assert list(store) == [digest(number) for number in range(5)]
    assert np.allclose(store.read(0, len(store)), [vector(number) for number in range(5)], atol=1e-3)
    assert [store.fits(digest(number)) for number in range(5)] == [True, False, True, False, True]
    assert digest(3) in store
    assert digest(9) not in store
    store.close()


def test_a_row_that_is_discarded_makes_room_for_another(path: bytes) -> None:
    filled(path, 4)
    store = VectorStore(path, DIMS)
    store.discard(digest(2))
    store.discard(digest(9))
    assert digest(2) not in store
    store.add(digest(2), vector(7), fits=True)
    for _ in range(2):
        assert len(store) == 5
        assert list(store)[4] == digest(2)
        assert not store.read(2, 3).any()
        assert np.allclose(store.take(np.array([1, 4])), [vector(1), vector(7)], atol=1e-3)
        assert store.fits(digest(2))
        store.close()
        store = VectorStore(path, DIMS)
    store.close()


def test_many_rows_can_be_added(path: bytes) -> None:
    filled(path, 5000)
    store = VectorStore(path, DIMS)
    assert len(store) == len(store.read(0, 9999)) == 5000
    assert np.allclose(store.take(np.array([4999]))[0], vector(4999), atol=1e-3)
    store.close()


@pytest.mark.parametrize("held", [0, 7, 50, 1 << 20])
def test_rows_are_the_same_whether_they_are_held_or_read(
    path: bytes, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """Some in the file, some not written yet, one lost; by blocks, singly, and while others are added."""
    monkeypatch.setattr(vector_store, "HELD_BYTES", held * 2 * DIMS)
    filled(path, 40)
    spoil(path, 30 * ROW_BYTES + 3, b"spoilt")
    store = VectorStore(path, DIMS)
    wanted = np.stack([vector(number) for number in range(60)])
    wanted[30] = 0
    for number in range(40, 60):
        store.add(digest(number), vector(number), fits=True)
        for start, end in ((0, 5), (number - 3, number + 1), (28, 45), (0, 999)):
            rows = store.read(start, end)
            assert np.allclose(rows, wanted[start : min(end, number + 1)], atol=1e-3)
        if number == 50:
            store.sync()
    numbers = np.array([0, 3, 4, 5, 29, 30, 39, 40, 51, 59])
    assert np.allclose(store.take(numbers), wanted[numbers], atol=1e-3)
    assert [store.digest_at(row) for row in (0, 30, 59)] == [digest(0), "", digest(59)]
    store.close()


def test_every_digest_is_found_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also among those that begin alike; of equal ones the last counts."""
    monkeypatch.setattr(digest_index, "_RECENT", 16)
    rows = digest_index.DigestIndex()
    dice = np.random.default_rng(0)
    table = dice.integers(0, 256, (300, 32), dtype=np.uint8)
    table[100:200, :8] = table[0, :8]
    table[250] = table[10]
    has = np.ones(300, np.bool_)
    has[[50, 150]] = False
    rows.extend(table, has)
    rows.settle()
    more = dice.integers(0, 256, (60, 32), dtype=np.uint8)
    for digest_ in more:
        rows.add(digest_.tobytes())
    places = {content.tobytes(): row for row, content in enumerate([*table, *more]) if row >= 300 or has[row]}
    assert {content: rows.find(content) for content in places} == places
    assert [rows.find(table[row].tobytes()) for row in (50, 150)] == [-1, -1]
    assert rows.find(bytes(32)) == -1
    assert np.flatnonzero(rows.lacking(0, 360)).tolist() == [50, 150]


def test_a_content_has_one_row(path: bytes) -> None:
    filled(path, 2)
    store = VectorStore(path, DIMS)
    store.add(digest(0), vector(7), fits=True)
    store.close()
    assert os.path.getsize(path) == 2 * ROW_BYTES


@pytest.mark.parametrize("torn", [1, 31, ROW_BYTES - 1])
def test_a_torn_row_is_cut_off_and_the_next_one_is_whole(path: bytes, torn: int) -> None:
    filled(path, 3)
    os.truncate(path, 2 * ROW_BYTES + torn)
    store = VectorStore(path, DIMS)
    assert list(store) == [digest(0), digest(1)]
    store.add(digest(9), vector(9), fits=True)
    store.close()
    store = VectorStore(path, DIMS)
    assert list(store) == [digest(0), digest(1), digest(9)]
    store.close()


@pytest.mark.parametrize("at", [0, 31, 32, 40, ROW_BYTES - 1])
def test_a_flipped_byte_costs_its_row_and_moves_no_other(path: bytes, at: int) -> None:
    filled(path, 3)
    with open(path, "rb") as file:
        before = file.read()[ROW_BYTES + at]
    spoil(path, ROW_BYTES + at, bytes((before ^ 0xFF,)))
    store = VectorStore(path, DIMS)
    assert list(store) == [digest(0), "", digest(2)]
    assert not store.read(1, 2).any()
    store.add(digest(1), vector(1), fits=False)
    assert list(store) == [digest(0), "", digest(2), digest(1)]
    store.close()


def test_a_run_of_zeros_is_no_row(path: bytes) -> None:
    filled(path, 2)
    spoil(path, 2 * ROW_BYTES, bytes(3 * ROW_BYTES))
    store = VectorStore(path, DIMS)
    assert list(store) == [digest(0), digest(1), "", "", ""]
    store.close()


def test_a_zero_vector_and_one_that_is_no_number_are_near_to_nothing(path: bytes) -> None:
    store = VectorStore(path, DIMS)
    store.add(digest(0), np.zeros(DIMS, dtype=np.float32), fits=True)
    store.add(digest(1), np.full(DIMS, np.nan, dtype=np.float32), fits=True)
    store.close()
    store = VectorStore(path, DIMS)
    assert not np.nan_to_num(store.read(0, len(store)), nan=1).any()
    assert len(store) == 2
    store.close()


@pytest.mark.parametrize("room", [0, 1, ROW_BYTES, ROW_BYTES + 7])
def test_a_full_disk_shifts_no_row(path: bytes, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    store = VectorStore(path, DIMS)
    for number in range(3):
        store.add(digest(number), vector(number), fits=True)
    with full_disk(monkeypatch, room), pytest.raises(OSError, match="No space"):
        store.sync()
    store.add(digest(3), vector(3), fits=True)
    store.close()
    store = VectorStore(path, DIMS)
    assert [name for name in store if name] == [digest(number) for number in range(4)]
    assert list(store) == [digest(number) for number in range(4)]
    store.close()


def test_a_reader_changes_nothing(path: bytes) -> None:
    filled(path, 2)
    os.truncate(path, 2 * ROW_BYTES - 1)
    store = VectorStore(path, DIMS, writable=False)
    assert list(store) == [digest(0)]
    store.close()
    assert os.path.getsize(path) == 2 * ROW_BYTES - 1


def test_a_link_is_not_followed(path: bytes, tmp_path: Path) -> None:
    filled(path, 1)
    os.symlink(path, tmp_path / "link")
    with pytest.raises(DamagedError, match="is a link"):
        VectorStore(os.fsencode(tmp_path / "link"), DIMS)
