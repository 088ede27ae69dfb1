from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.files import file_store
from dpm_tui.state.files.file_store import FileStore
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file

D = "dd" * 32


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "files.jsonl")


def files_at(path: bytes) -> dict[int, ImageFile]:
    return dict(FileStore(path, writable=False).files)


def test_everything_known_of_a_file_comes_back(path: bytes) -> None:
    whole = image_file(
        1, b"a.jpg", frames=3, quality=80, taken="2024-05-06 07:08:09", has_exif=True, pixels=D
    )
    broken = ImageFile(2, b"b.jpg", Stamp(1, 2, 3, 4, 5), Status.DAMAGED, "truncated", Facts(D, "", 0, 0))
    store = FileStore(path)
    store.put(whole)
    store.put(broken)
    store.close()
    assert files_at(path) == {1: whole, 2: broken}


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_hostile_name_comes_back_as_it_is(path: bytes, name: bytes) -> None:
    store = FileStore(path)
    store.put(image_file(1, b"folder/" + name))
    store.close()
    assert files_at(path)[1].path == b"folder/" + name


def test_a_file_is_replaced_and_forgotten(path: bytes) -> None:
    store = FileStore(path)
    store.put(image_file(1, b"a.jpg"))
    store.put(image_file(2, b"b.jpg"))
    store.put(image_file(1, b"c.jpg"))
    store.remove(2)
    store.remove(99)
    store.close()
    assert {id_: file.path for id_, file in files_at(path).items()} == {1: b"c.jpg"}


@pytest.mark.slow
@given(st.lists(st.sampled_from(["put", "remove", "reopen", "clear", "sync"]), max_size=25))
def test_an_id_is_never_used_again(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    path = os.fsencode(tmp_path_factory.mktemp("ids") / "files.jsonl")
    used: list[int] = []
    store = FileStore(path)
    for step in steps:
        if step == "put":
            used.append(store.new_id())
            store.put(image_file(used[-1]))
        elif step == "remove" and store.files:
            store.remove(max(store.files))
        elif step == "reopen":
            store.close()
            store = FileStore(path)
        elif step == "clear":
            store.clear()
        else:
            store.sync()
    store.close()
    assert len(used) == len(set(used))


def test_an_id_is_not_used_again_after_superseded_records_were_dropped(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_store, "FOLD_BYTES", 0)
    store = FileStore(path)
    for _ in range(1001):
        id_ = store.new_id()
        store.put(image_file(id_))
        store.remove(id_)
    for _ in range(3):
        store.sync()
    assert len(read_frames(path).records) == 1
    store.close()
    assert FileStore(path, writable=False).new_id() == 1002


def test_the_id_of_a_file_that_only_its_removal_tells_of_is_not_used_again(path: bytes) -> None:
    with open(path, "wb") as file:
        file.write(encode_frame({"gone": 7}))
    assert FileStore(path, writable=False).new_id() == 8


@pytest.mark.parametrize(
    "name",
    [
        "/etc/../passwd", "//etc/passwd", "../outside.jpg", "a/../../b.jpg", "", "a\0b", {"b64": "Li4vYQ=="},
        "a//b.jpg", "./a.jpg", "_image_temp/recycle_bin/a.jpg", "a/_Image_Temp/b.jpg",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_path_that_leaves_the_root_or_leads_into_the_state_is_refused(path: bytes, name: object) -> None:
    record = {"id": 1, "path": name, "stamp": [1, 1, 1, 1, 1], "digest": D}
    with open(path, "wb") as file:
        file.write(encode_frame(record) + encode_frame(record | {"id": 2, "path": "good.jpg"}))
    store = FileStore(path, writable=False)
    assert [file.path for file in store.files.values()] == [b"good.jpg"]
    assert store.rejected == 1


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"}, {"id": None}, {"id": float("inf")}, {"stamp": [1]}, {"stamp": None}, {"size": [1]},
        {"status": "splendid"}, {"digest": None, "stamp": {}}, {"size": ["a", "b"]},
        {"digest": "../../etc"}, {"digest": 5}, {"pixels": "x"}, {"format": "\x1b[2J"},
        {"size": [10**400, 1]}, {"frames": 10**30},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_that_makes_no_sense_costs_itself(path: bytes, change: dict[str, object]) -> None:
    record = {"id": 1, "path": "a.jpg", "stamp": [1, 1, 1, 1, 1], "digest": D}
    with open(path, "wb") as file:
        file.write(
            encode_frame(record | change)
            + encode_frame([])
            + encode_frame(3)
            + encode_frame(record | {"id": 2})
        )
    store = FileStore(path, writable=False)
    assert list(store.files) == [2]
    assert store.rejected == 3


@pytest.mark.parametrize(
    "taken", ["2024-01-02 0\xff\xff\xff\xff:05", "2024-01-02 \x1b[2J", "x" * 99, "\u9577"]
)
def test_a_date_that_makes_no_sense_costs_nothing_but_itself(path: bytes, taken: str) -> None:
    """A damaged picture once said such a date, and a start later four thousand files were gone with it."""
    store = FileStore(path)
    store.put(image_file(1, b"a.jpg", digest=D, taken=taken))
    store.put(image_file(2, b"b.jpg", digest=D, taken="2024-01-02"))
    for _ in range(2):
        store.close()
        store = FileStore(path)
        assert (store.rejected, [file.facts.taken for file in store.files.values()]) == (
            0,
            ["", "2024-01-02"],
        )
        store.fold()
        store.sync()
    store.close()


def test_a_file_whose_removal_was_lost_does_not_stand_beside_its_successor(path: bytes) -> None:
    store = FileStore(path)
    store.put(image_file(1, b"a.jpg", digest=D))
    store.put(image_file(2, b"a.jpg", digest=D))
    store.close()
    assert list(files_at(path)) == [2]


def test_damaged_lines_are_dropped_at_the_next_sync(path: bytes) -> None:
    with open(path, "wb") as file:
        file.write(b"noise\n")
    store = FileStore(path)
    store.put(image_file(1))
    assert store.rejected == 1
    store.sync()
    store.close()
    assert read_frames(path).rejected == 0
    assert list(files_at(path)) == [1]


def test_a_reader_creates_and_changes_nothing(path: bytes) -> None:
    store = FileStore(path, writable=False)
    store.put(image_file(1))
    store.sync()
    store.close()
    assert not os.path.exists(path)
