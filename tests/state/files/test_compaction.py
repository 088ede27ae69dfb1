"""Folds: whatever is put, synced, folded, killed, refused by the disk or damaged, the table is as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.journal import encode_frame, encode_frames, read_frames
from dpm_tui.state.files import file_store
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.file_store import FileStore
from dpm_tui.state.files.shard_manifest import load_manifest
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file
from tests.support.json_shards import write_as_schema_2

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.slow]
SPREAD = FILES_PER_CHUNK // 3
"""Ids so far apart that a few files lie in several shards."""
Model = dict[int, ImageFile]
_CALLS = ("write", "fsync", "replace", "rename", "unlink", "open", "ftruncate")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "files.jsonl")


def read(path: bytes) -> Model:
    return dict(FileStore(path, writable=False).files)


def odd_file(id_: int, touched: int) -> ImageFile:
    """Return a file like no other: every third has something that fits into no column."""
    name = HOSTILE_NAMES[id_ % len(HOSTILE_NAMES)]
    values: dict[str, object] = {"mtime_ns": touched, "taken": "2024-05-06 07:08:09" if id_ % 2 else ""}
    if touched % 3 == 0:
        values |= {"status": Status.DAMAGED, "reason": "truncated", "format": "", "taken": ""}
        values |= {"width": 0, "height": 0}
    elif touched % 3 == 1:
        values |= {"mtime_ns": (1 << 63) + touched, "pixels": f"{touched:064x}"}
    return image_file(id_, b"%d/" % (id_ % 3) + b"%d-" % id_ + name[:200], **values)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["put", "put", "put", "remove", "sync", "fold", "begin", "reopen", "clear", "snapshot"]
        ),
        st.integers(0, 9),
        st.integers(1, 99),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, small=st.booleans())
def test_any_sequence_of_steps_equals_a_plain_dict(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]], small: bool
) -> None:
    path = os.fsencode(tmp_path_factory.mktemp("steps") / "files.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(file_store, "FOLD_BYTES", 300)
        store, model = FileStore(path), dict[int, ImageFile]()
        kept: list[tuple[dict[int, ImageFile], Model]] = []
        for step, place, touched in steps:
            id_ = 1 + place * SPREAD
            if step == "put":
                model[id_] = odd_file(id_, touched)
                store.put(model[id_])
            elif step == "remove":
                model.pop(id_, None)
                store.remove(id_)
            elif step == "sync":
                store.sync()
                assert read(path) == model
            elif step == "fold":
                store.fold()
            elif step == "clear":
                store.clear()
                model.clear()
            elif step == "snapshot":
                kept.append((store.files.snapshot(), dict(model)))  # type: ignore[arg-type]
            elif step == "reopen":
                store.close()
                store = FileStore(path)
            assert store.files == model
            assert len(store.files) == len(model)
        assert all(snapshot == then for snapshot, then in kept)
        store.close()
        assert store.rejected == 0
        assert read(path) == model


@contextlib.contextmanager
def stopped_at(number: int, stop: Callable[[], BaseException]) -> Iterator[list[int]]:
    """Let the ``number``-th call that changes the disk not be made, a write half; count them."""
    calls = [0]
    with pytest.MonkeyPatch.context() as patch:
        for name in _CALLS:
            real = getattr(os, name)

            def call(
                *args: object,
                _real: Callable[..., object] = real,
                _name: str = name,
                **options: object,
            ) -> object:
                if _name == "open" and not int(str(args[1])) & os.O_CREAT:
                    return _real(*args, **options)
                calls[0] += 1
                if calls[0] == number:
                    if _name == "write":
                        content = bytes(args[1])  # type: ignore[call-overload]
                        _real(args[0], content[: len(content) // 2])
                    raise stop()
                return _real(*args, **options)

            patch.setattr(os, name, call)
        yield calls


def run_through(path: bytes, history: list[Model], synced: list[int], *, stubborn: bool = False) -> None:
    """Use a store in every way; ``history`` gets what it holds after each step, ``synced`` the safe steps."""

    def sync(work: Callable[[], None]) -> None:
        at = len(history) - 1
        for _ in range(3):
            try:
                work()
            except OSError:
                if not stubborn:
                    raise
            else:
                synced.append(at)
                return

    store = FileStore(path)
    for round_ in range(4):
        for place in range(5):
            file = odd_file(1 + (place + round_) % 7 * SPREAD, 10 * round_ + place)
            store.put(file)
            history.append(history[-1] | {file.id: file})
        gone = 1 + round_ * SPREAD
        store.remove(gone)
        history.append({id_: file for id_, file in history[-1].items() if id_ != gone})
        for _ in range(3):
            sync(store.sync)
        if round_ == 2:
            sync(store.fold)
            sync(store.close)
            store = FileStore(path)
    sync(store.close)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "FOLD_BYTES", 1500)
    monkeypatch.setattr(file_store, "CLOSE_BYTES", 200)


@pytest.mark.usefixtures("eager")
def test_a_kill_at_any_call_loses_nothing_that_was_synced(tmp_path: Path) -> None:
    number = 0
    while True:
        number += 1
        path = os.fsencode(tmp_path / f"{number}" / "files.jsonl")
        os.mkdir(os.path.dirname(path))
        history: list[Model] = [{}]
        synced: list[int] = [0]
        try:
            with stopped_at(number, Killed):
                run_through(path, history, synced)
        except Killed:
            allowed = history[synced[-1] :]
            assert read(path) in allowed, number
            store = FileStore(path)
            found = dict(store.files)
            assert found in allowed, number
            file = image_file(store.new_id() + SPREAD * 8, b"new.jpg")
            assert file.id not in history[-1]
            store.put(file)
            store.fold()
            store.close()
            assert read(path) == found | {file.id: file}
        else:
            break
    assert number > 100
    assert read(path) == history[-1]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_call_that_fails_once_loses_nothing(tmp_path: Path, code: int) -> None:
    total = 10_000
    number = 0
    while number < total:
        number += 3
        path = os.fsencode(tmp_path / f"{number}" / "files.jsonl")
        os.mkdir(os.path.dirname(path))
        history: list[Model] = [{}]
        synced: list[int] = [0]
        with stopped_at(number, lambda: OSError(code, os.strerror(code))) as calls:
            try:
                run_through(path, history, synced, stubborn=True)
            except OSError:
                assert read(path) in history[synced[-1] :], number
                continue
            finally:
                total = max(calls[0], number) if calls[0] < number else total
        assert read(path) == history[-1], number
    assert number > 100


def filled(path: bytes) -> Model:
    """Return what a store holds in three shards and a journal."""
    store = FileStore(path)
    model = {}
    for place in range(9):
        file = odd_file(1 + place * SPREAD, place + 1)
        store.put(file)
        model[file.id] = file
        if place == 6:
            store.fold()
    store.sync()
    store.close()
    return model


def every_file(path: bytes) -> list[bytes]:
    places = FileLayout.of(path)
    return [places.journal.path, *(os.path.join(places.folder, name) for name in places.names())]


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_damage_loses_at_most_what_the_file_held_and_invents_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = os.fsencode(tmp_path_factory.mktemp("damage") / "files.jsonl")
    model = filled(path)
    name = data.draw(st.sampled_from(every_file(path)))
    with open(name, "rb") as file:
        content = bytearray(file.read())
    harm = data.draw(st.sampled_from(["flip", "cut", "reverse lines", "double", "gone", "empty"]))
    if harm == "flip":
        for _ in range(data.draw(st.integers(1, 5))):
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    elif harm == "cut":
        del content[data.draw(st.integers(0, len(content))) :]
    elif harm == "reverse lines":
        content[:] = b"".join(reversed(bytes(content).splitlines(keepends=True)))
    elif harm == "double":
        content += bytes(content)
    if harm == "gone":
        os.unlink(name)
    else:
        with open(name, "wb") as file:
            file.write(b"" if harm == "empty" else bytes(content))
    journal = {id_ for id_ in model if id_ > 6 * SPREAD + 1}
    shard = name.rpartition(b"/")[2][:5]
    held = {id_ for id_ in model if b"%05d" % (id_ // FILES_PER_CHUNK) == shard}
    for found in (read(path), dict(FileStore(path).files)):
        assert found.items() <= model.items()
        if b"manifest" in name:
            assert found == model
        elif name == path:
            assert found.keys() >= model.keys() - journal
        else:
            assert found.keys() >= model.keys() - held
    store = FileStore(path)
    assert store.new_id() not in model or name == path
    store.sync()
    store.close()
    before = read(path)
    assert FileStore(path, writable=False).rejected == 0
    assert before == found


def test_a_damaged_shard_is_put_aside_and_the_others_stay(path: bytes) -> None:
    model = filled(path)
    shard = next(name for name in every_file(path) if b"/00001-" in name)
    with open(shard, "r+b") as file:
        file.write(b"x")
    store = FileStore(path)
    assert store.rejected == 1
    store.close()
    assert read(path) == {id_: file for id_, file in model.items() if id_ // FILES_PER_CHUNK != 1}
    aside = [
        name for _, _, names in os.walk(os.path.join(os.path.dirname(path), b"quarantine")) for name in names
    ]
    assert aside == [os.path.basename(shard)]


def test_files_of_another_table_are_not_believed(path: bytes, tmp_path: Path) -> None:
    model = filled(path)
    (tmp_path / "other").mkdir()
    other = os.fsencode(tmp_path / "other" / "files.jsonl")
    filled(other)
    strange = FileStore(other)
    strange.put(image_file(99, b"strange.jpg"))
    strange.close()
    shutil.copy(other, path)
    assert read(path).items() <= model.items()
    for one in every_file(path):
        if b"/0000" in one:
            shutil.copy(
                next(name for name in every_file(other) if os.path.basename(name) == os.path.basename(one)),
                one,
            )
    assert read(path).items() <= model.items()


def old_journal(path: bytes, files: Model) -> bytes:
    """Write the journal of an earlier version, which knew no shards."""
    from dpm_tui.state.files.file_record import encode_file

    content = encode_frames([{"next_id": 5}, *map(encode_file, files.values()), {"gone": 40_000}])
    with open(path, "wb") as file:
        file.write(content)
    return content


def test_an_old_journal_is_carried_into_shards(path: bytes) -> None:
    files = {id_: odd_file(id_, id_) for id_ in (1, 2, 9000)}
    content = old_journal(path, files)
    assert read(path) == files
    with open(path, "rb") as file:
        assert file.read() == content, "a reader changes nothing"
    store = FileStore(path)
    assert store.files == files
    assert store.new_id() == 40_001
    store.close()
    assert len(read_frames(path).records) == 1
    manifest, _ = load_manifest(FileLayout.of(path).folder)
    assert manifest is not None
    assert sorted(manifest.shards) == [0, 2]
    assert read(path) == files


def test_a_kill_at_any_call_of_the_migration_loses_nothing(tmp_path: Path) -> None:
    files = {id_: odd_file(id_, id_) for id_ in (1, 2, 9000)}
    number, done = 0, False
    while not done:
        number += 1
        path = os.fsencode(tmp_path / f"{number}" / "files.jsonl")
        os.mkdir(os.path.dirname(path))
        old_journal(path, files)
        try:
            with stopped_at(number, Killed):
                FileStore(path).close()
            done = True
        except Killed:
            pass
        assert read(path) == files, number
        store = FileStore(path)
        assert store.files == files, number
        assert store.rejected == 0
        assert store.new_id() == 40_001
        store.close()
        assert read(path) == files, number
    assert number > 15


def shard_endings(path: bytes) -> set[bytes]:
    names = FileLayout.of(path).names()
    return {name.rpartition(b".")[2] for name in names if not name.startswith(b"manifest")}


def test_shards_of_an_older_version_are_read_and_written_anew(path: bytes) -> None:
    model = filled(path)
    write_as_schema_2(path)
    old = [FileLayout.of(path).folder.place(name).path for name in FileLayout.of(path).names()]
    before = [Path(os.fsdecode(name)).read_bytes() for name in old]
    assert shard_endings(path) == {b"json"}
    assert read(path) == model
    assert before == [Path(os.fsdecode(name)).read_bytes() for name in old], "a reader changes nothing"
    store = FileStore(path)
    assert store.files == model
    assert store.rejected == 0
    store.close()
    assert shard_endings(path) == {b"bin"}
    assert read(path) == model


def test_shards_of_an_older_version_are_written_anew_a_few_at_each_checkpoint(path: bytes) -> None:
    model = filled(path)
    write_as_schema_2(path)
    store = FileStore(path)
    for _ in range(20):
        store.sync()
    assert shard_endings(path) == {b"bin"}
    store.clear()
    store.sync()
    store.close()
    assert read(path) == {}
    assert model


def test_a_kill_at_any_call_of_writing_older_shards_anew_loses_nothing(tmp_path: Path) -> None:
    old = os.fsencode(tmp_path / "old" / "files.jsonl")
    os.mkdir(os.path.dirname(old))
    model = filled(old)
    write_as_schema_2(old)
    number, done = 0, False
    while not done:
        number += 1
        path = os.fsencode(tmp_path / f"{number}" / "files.jsonl")
        shutil.copytree(os.path.dirname(old), os.path.dirname(path))
        try:
            with stopped_at(number, Killed):
                store = FileStore(path)
                store.sync()
                store.close()
            done = True
        except Killed:
            pass
        assert read(path) == model, number
        store = FileStore(path)
        assert store.files == model, number
        assert store.rejected == 0
        store.close()
        assert shard_endings(path) == {b"bin"}
        assert read(path) == model, number
    assert number > 15


@pytest.mark.parametrize("name", ["journal", "manifest.json", "manifest.copy.json"])
def test_a_newer_version_is_refused_by_name_and_left_alone(path: bytes, name: str) -> None:
    filled(path)
    places = FileLayout.of(path)
    newer = path if name == "journal" else os.path.join(places.folder, name.encode())
    if name == "manifest.copy.json":
        os.unlink(os.path.join(places.folder, b"manifest.json"))
    with open(newer, "wb") as file:
        file.write(encode_frame({"schema": 7, "anything": 1}))
    before = {one: Path(os.fsdecode(one)).read_bytes() for one in every_file(path)}
    for writable in (False, True):
        with pytest.raises(DamagedError, match="schema 7"):
            FileStore(path, writable=writable)
    assert before == {one: Path(os.fsdecode(one)).read_bytes() for one in every_file(path)}


def test_a_reader_beside_a_writer_that_folds_sees_everything(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time the reader has read the manifest the writer folds once more."""
    model = filled(path)
    writer = FileStore(path)
    from dpm_tui.state.files import file_table

    real, folds = file_table.load_manifest, [3]

    def load(folder: bytes) -> object:
        found = real(folder)
        if folds[0]:
            folds[0] -= 1
            writer.put(odd_file(1, 50 + folds[0]))
            writer.fold()
        return found

    monkeypatch.setattr(file_table, "load_manifest", load)
    found = FileStore(path, writable=False)
    assert found.rejected == 0
    assert found.files == model | {1: odd_file(1, 50)}
    writer.close()
