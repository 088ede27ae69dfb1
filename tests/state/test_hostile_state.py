"""State that somebody else wrote: refused or put aside, never followed, never a traceback, never a hang."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dpm_tui.catalog.file_chunk import ROW
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.cli import main
from dpm_tui.errors import DamagedError, DpmError
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config, Settings, save_settings
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import check_folder, prepare_folder
from dpm_tui.state.root_identity import mark_root, read_identity
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.run.run_results import compute_results
from tests.support.image_files import image_file
from tests.support.json_shards import write_as_schema_2
from tests.support.pictures import encode, scene

A, B = f"{1:064x}", f"{2:064x}"
JPEG = encode(scene(1, 64, 48))
PRECIOUS = b"precious"
FILE = {"id": 9, "path": "a.jpg", "stamp": [1, 1, 1, 1, 1], "digest": A, "format": "JPEG", "size": [4, 3]}

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.slow]


@dataclass
class House:
    """A root with state, and a canary beside it that nothing may touch."""

    base: bytes

    @property
    def root(self) -> bytes:
        return os.path.join(self.base, b"root")

    @property
    def canary(self) -> bytes:
        return os.path.join(self.base, b"canary")

    @property
    def layout(self) -> Layout:
        return Layout(self.root, self.root)

    def at(self, name: bytes) -> bytes:
        return os.path.join(self.layout.folder, name)

    def write(self, name: bytes, content: bytes) -> None:
        with open(self.at(name), "wb") as file:
            file.write(content)

    def append(self, name: bytes, content: bytes) -> None:
        with open(self.at(name), "ab") as file:
            file.write(content)

    def instead(self, name: bytes, make: Callable[[bytes], None]) -> None:
        """Put something else in place of a file or folder."""
        path = self.at(name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        make(path)

    def link(self, name: bytes, to: bytes) -> None:
        self.instead(name, lambda path: os.symlink(os.path.join(self.canary, to), path))

    def replace_shard(self, shard: bytes, content: bytes) -> None:
        """Write another content of the only shard, whose checksum holds."""
        self.write(shard, content)
        for name in (MANIFEST, COPY):
            manifest = read_frames(self.at(name)).records[0]
            manifest["shards"][0][2] = hashlib.sha256(content).hexdigest()
            self.write(name, encode_frame(manifest))

    def seal(self) -> str:
        """Return a digest of everything in the canary: names, kinds, contents, times of change."""
        told = []
        for at, folders, names in os.walk(self.canary):
            for name in sorted(folders + names):
                path = os.path.join(at, name)
                status = os.lstat(path)
                told.append((path, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()


def build(base: Path) -> House:
    """Make a root with whole state and a canary that looks like state itself."""
    house = House(os.fsencode(base))
    os.makedirs(house.root)
    layout = house.layout
    prepare_folder(layout)
    save_settings(layout.config, Settings(Config(workers=3)))
    state = RootState(layout)
    for id_ in range(1, 5):
        file = image_file(id_)
        state.files.put(file)
        state.thumbnails.put(file.facts.digest, JPEG)
        vector = np.full(4, 0.5, dtype=np.float32)
        state.vectors("auto", "photo", "photo" * 9, 4).add(file.facts.digest, vector, fits=True)
    state.candidates("auto", "photo", "rule").add_block(np.arange(4), NeighbourPairs.none())
    state.verdicts.put((A, B), Verdict(Kind.COPY, 0.97))
    state.verdicts.put((A, f"{3:064x}"), None)
    state.verdicts.fold()
    state.decisions.decide([A, B], "variants")
    state.save_checkpoint(Checkpoint(phase="finished", files=4))
    state.files.fold()
    state.files.put(image_file(4))
    state.close()
    RootState(layout).close()
    mark_root(layout, read_identity(layout))
    shutil.copytree(layout.folder, house.canary)
    for name in (b"precious.jpg", b"file"):
        with open(os.path.join(house.canary, name), "wb") as out:
            out.write(PRECIOUS)
    return house


def every_way(house: House, capsys: pytest.CaptureFixture[str], *, repairable: bool) -> None:
    """Use the state in every way there is; afterwards it is good, or refused as it was."""
    seal = house.seal()
    root = os.fsdecode(house.root)
    load(house)
    for arguments in (["status", root], ["status", root, "--json"], ["decisions", root], ["doctor", root]):
        assert main(arguments) in (0, 1, 2, 5), arguments
        load(house)
    assert main(["doctor", root]) == 5
    damaged = capsys.readouterr()
    assert "!!" in damaged.out or "dpm-tui:" in damaged.err
    assert house.seal() == seal, "looking at it touched the canary"
    assert main(["doctor", root, "--repair"]) == (0 if repairable else 5)
    repaired = capsys.readouterr()
    assert house.seal() == seal, "the repair touched the canary"
    if repairable:
        assert main(["doctor", root]) in (0, 1)
        RootState(house.layout).close()
        assert main(["status", root]) == 0
    said = damaged.out + damaged.err + repaired.out + repaired.err + "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert "\x1b" not in said
    assert house.seal() == seal


def load(house: House) -> None:
    """Read the state as report and clean do; it may be refused, by name."""
    try:
        check_folder(house.layout)
        state = RootState(house.layout, writable=False)
        compute_results(state, 0.5)
        for file in state.files.files.values():
            state.thumbnails.get(file.facts.digest)
            joined = os.path.normpath(os.path.join(house.root, file.path))
            assert joined.startswith(house.root + b"/")
            assert not joined.startswith(house.layout.folder)
    except DpmError as error:
        print(error)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build(tmp_path)


@pytest.fixture(autouse=True)
def _no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no decoder to try its sandbox: that takes a second of each case and reads no state."""
    monkeypatch.setattr("dpm_tui.cli.verbs.doctor.check_sandbox", lambda folder, state: ())


def frame(body: bytes) -> bytes:
    """Return a line whose checksum holds, whatever is in it."""
    return b"%08x %s\n" % (zlib.crc32(body), body)


def file_record(**change: object) -> bytes:
    return encode_frame(FILE | change)


TABLES = (b"config.toml", b"checkpoint.toml")
JOURNALS = (b"files.jsonl", b"pairs.jsonl", b"decisions.jsonl", b"decisions.prev.jsonl")
UNLIKE = b"pairs.unlike.bin"
PLAIN = (*TABLES, *JOURNALS, UNLIKE, b"lock", b"marker", b"worker.log")
VECTORS = b"vectors/auto-photo-photophotoph.f16"
OLD_SHARD = b"files/00000-g1.json"
SHARD, MANIFEST, COPY = b"files/00000-g1.bin", b"files/manifest.json", b"files/manifest.copy.json"


def test_the_state_is_good_before_anybody_harms_it(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", os.fsdecode(house.root)]) in (0, 1)
    assert "!! " not in "".join(
        line for line in capsys.readouterr().out.splitlines() if not line.startswith("!!  terminal")
    )
    assert os.path.exists(house.at(VECTORS))


@pytest.mark.parametrize("name", [*PLAIN, SHARD, MANIFEST, COPY])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "dangling link", "link to a folder", "device"])
def test_something_else_in_place_of_a_file(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, kind: str
) -> None:
    if kind == "device" and os.getuid():
        pytest.skip("needs root")
    targets = {"link": b"file", "dangling link": b"nowhere", "link to a folder": b"thumbnails"}
    if kind in targets:
        house.link(name, targets[kind])
    else:
        house.instead(
            name,
            {"pipe": os.mkfifo, "folder": os.mkdir, "device": lambda path: os.mknod(path, 0o20600, 0)}[kind],
        )
    every_way(house, capsys, repairable=True)


@pytest.mark.parametrize("name", [b"thumbnails", b"vectors", b"quarantine", b"thumbnails/00", b"files"])
@pytest.mark.parametrize("kind", ["pipe", "file", "link"])
def test_something_else_in_place_of_a_folder(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, kind: str
) -> None:
    if kind == "link":
        house.link(name, b"thumbnails")
    else:
        house.instead(name, os.mkfifo if kind == "pipe" else lambda path: os.close(os.open(path, os.O_CREAT)))
    every_way(house, capsys, repairable=True)


@pytest.mark.parametrize("kind", ["link", "file", "dangling link"])
def test_something_else_in_place_of_the_state_folder(
    house: House, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    shutil.rmtree(house.layout.folder)
    if kind == "file":
        with open(house.layout.folder, "wb"):
            pass
    else:
        os.symlink(house.canary if kind == "link" else b"nowhere", house.layout.folder)
    every_way(house, capsys, repairable=False)


@pytest.mark.parametrize("name", [VECTORS, b"thumbnails/00/%s.jpg" % A.encode()])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "huge", "empty", "noise"])
def test_something_else_in_place_of_what_can_be_made_again(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, kind: str
) -> None:
    if kind == "link":
        house.link(name, b"file")
    elif kind == "huge":
        os.truncate(house.at(name), 1 << 42)
    elif kind == "noise":
        house.write(name, bytes(range(256)) * 30)
    elif kind == "empty":
        house.write(name, b"" if name != VECTORS else b"\x00")
    else:
        house.instead(name, os.mkfifo if kind == "pipe" else os.mkdir)
    every_way(house, capsys, repairable=True)


DEEP = b"[" * 100_000
CONTENTS: dict[str, tuple[bytes, bytes]] = {
    "config is noise": (b"config.toml", b"\x00\xff\x1b[2J"),
    "config nests": (b"config.toml", b"a = " + DEEP),
    "config of another type": (b"config.toml", b'workers = "\x1b[2J"\n'),
    "config out of range": (b"config.toml", b"workers = 99999999999999999999\n"),
    "config with a choice that drives a terminal": (b"config.toml", b'model = "\\u001b]0;x\\u0007"\n'),
    "config with a language that is a path": (b"config.toml", b'language = "../../etc"\n'),
    "checkpoint is noise": (b"checkpoint.toml", b"\x00\xff\x1b[2J"),
    "checkpoint nests": (b"checkpoint.toml", b"a = " + DEEP),
    "checkpoint in no phase": (b"checkpoint.toml", b'phase = "\\u001b[2J"\n'),
    "checkpoint at no stage": (b"checkpoint.toml", b'phase = "running"\nstage = "nowhere"\n'),
    "checkpoint of no model": (b"checkpoint.toml", b'model = "../../canary"\n'),
    "checkpoint with a threshold that is no number": (b"checkpoint.toml", b"threshold = nan\n"),
    "checkpoint with negative counts": (b"checkpoint.toml", b"files = -1\n"),
    "checkpoint with huge counts": (b"checkpoint.toml", b"files = " + b"9" * 400 + b"\n"),
    "checkpoint of no schema": (b"checkpoint.toml", b'schema = "1"\n'),
    "checkpoint with folders that are none": (b"checkpoint.toml", b"unreadable_folders = [1]\n"),
    "marker is noise": (b"marker", b"\x1b[2J"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_tables_that_cannot_be(house: House, capsys: pytest.CaptureFixture[str], name: str) -> None:
    house.write(*CONTENTS[name])
    every_way(house, capsys, repairable=True)


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_are_huge(house: House, capsys: pytest.CaptureFixture[str], name: bytes) -> None:
    house.write(name, b"# " + b"x" * (1 << 24))
    every_way(house, capsys, repairable=True)
    house.write(name, b"")
    os.truncate(house.at(name), 1 << 42)
    every_way(house, capsys, repairable=True)


LINES: dict[str, bytes] = {
    "noise": b"\x00\xff\x1b[2J\n",
    "no checksum": b'{"id": 1}\n',
    "wrong checksum": b'00000000 {"id": 1}\n',
    "deep": frame(DEEP),
    "deep objects": frame(b'{"a":' * 50_000),
    "a huge number": frame(b'{"id": ' + b"9" * 9000 + b"}"),
    "infinity": frame(b'{"id": Infinity, "gone": Infinity}'),
    "not a number": frame(b'{"gone": NaN}'),
    "a string": frame(b'"x"'),
    "null": frame(b"null"),
    "not UTF-8": frame(b'{"path": "\xff"}'),
    "a lone surrogate": frame(b'{"id": 1, "path": "\\ud800", "stamp": [1,1,1,1,1], "digest": ""}'),
    "a line without an end": b"x" * 3_000_000,
    "a full path with a way up": file_record(path="/mnt/../etc/passwd"),
    "a path upwards": file_record(path="../canary/precious.jpg"),
    "a path upwards in the middle": file_record(path="a/../../canary/precious.jpg"),
    "a NUL": file_record(path="a\0.jpg"),
    "an empty path": file_record(path=""),
    "into the state": file_record(path="_image_temp/config.toml"),
    "into the state in other letters": file_record(path="a/_IMAGE_TEMP/recycle_bin/x.jpg"),
    "bytes that lead upwards": file_record(path={"b64": "Li4vY2FuYXJ5L3ByZWNpb3VzLmpwZw=="}),
    "a digest that is a path": file_record(digest="../../canary/precious"),
    "a digest that is long": file_record(digest="a" * 100_000),
    "a format that drives a terminal": file_record(format="\x1b]52;c;aGk=\x07"),
    "sizes without end": file_record(size=[10**300, 10**300]),
    "ids without end": encode_frame({"next_id": 10**300}),
    "a stamp that is none": file_record(stamp="11111"),
    "a verdict on paths": encode_frame(
        {"a": "../x", "b": "../y", "version": "", "kind": "copy", "similarity": 1}
    ),
    "a verdict without a version": encode_frame({"a": A, "b": B, "kind": "copy", "similarity": 1}),
    "a decision on paths": encode_frame({"digests": ["../x", "../y"], "verdict": "variants"}),
}


@pytest.mark.parametrize("name", JOURNALS)
@pytest.mark.parametrize("line", LINES)
def test_lines_that_cannot_be(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, line: str
) -> None:
    house.append(name, LINES[line] + b"\n")
    if name == b"files.jsonl":
        house.append(name, as_ours(house, LINES[line]))
    every_way(house, capsys, repairable=True)
    state = RootState(house.layout, writable=False)
    assert len(state.files.files) == 4
    assert len(state.verdicts) == 2
    assert state.decisions.verdict(A, B) == "variants"


def as_ours(house: House, line: bytes) -> bytes:
    """Return the record of a line as if it were the next of the journal, nothing if it has none."""
    frames = read_frames(house.at(b"files.jsonl")).records
    table, number, _ = frames[-1] if isinstance(frames[-1], list) else (frames[0]["store"], 7, None)
    text = json.dumps([table, number + 1, 0]).encode()
    return frame(text[:-2] + line[9:-1] + b"]")


SHARDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a path upwards": lambda table: table["folders"].__setitem__(0, "../canary"),
    "a path upwards in a name": lambda table: table["name"].__setitem__(0, "../canary"),
    "a full folder with a way up": lambda table: table["folders"].__setitem__(0, "/mnt/.."),
    "into the state": lambda table: table["folders"].__setitem__(0, "_image_temp/recycle_bin"),
    "into the state in other letters": lambda table: table["name"].__setitem__(0, "_Image_Temp"),
    "a NUL": lambda table: table["name"].__setitem__(0, "a\0b"),
    "no name": lambda table: table["name"].__setitem__(0, ""),
    "bytes that lead upwards": lambda table: table["name"].__setitem__(0, {"b64": "Li4="}),
    "ids of another shard": lambda table: table["id"].__setitem__(3, 1 << 40),
    "ids out of order": lambda table: table["id"].reverse(),
    "one id twice": lambda table: table["id"].__setitem__(0, 2),
    "no files": lambda table: table.update({key: [] for key in table}),
    "a column too short": lambda table: table["size"].pop(),
    "a column too long": lambda table: table["taken"].append(""),
    "no number": lambda table: table["width"].__setitem__(0, "1"),
    "half a number": lambda table: table["width"].__setitem__(0, 1.5),
    "a number without end": lambda table: table["width"].__setitem__(0, 1 << 70),
    "a number below": lambda table: table["folder"].__setitem__(0, -1),
    "a folder that there is not": lambda table: table["folder"].__setitem__(0, 9),
    "a status that there is not": lambda table: table["statuses"].__setitem__(0, "splendid"),
    "a format that drives a terminal": lambda table: table["formats"].__setitem__(0, "\x1b[2J"),
    "a date that never ends": lambda table: table["taken"].__setitem__(0, "2" * 30),
    "digests too short": lambda table: table.update(digest="00"),
    "digests that are none": lambda table: table.update(digest="zz" * 128),
    "an odd file upwards": lambda table: table["odd"].append(FILE | {"id": 1, "path": "../x"}),
    "an odd file of elsewhere": lambda table: table["odd"].append(FILE | {"id": 99}),
    "a column less": lambda table: table.pop("inode"),
    "another kind of thing": lambda table: table.update(name="abcd", id=7),
}


@pytest.mark.parametrize("harm", SHARDS)
def test_shards_that_cannot_be_although_their_checksum_holds(
    house: House, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    write_as_schema_2(house.at(b"files.jsonl"))
    with open(house.at(OLD_SHARD), "rb") as file:
        table = json.load(file)
    SHARDS[harm](table)
    house.replace_shard(OLD_SHARD, json.dumps(table).encode())
    every_way(house, capsys, repairable=True)
    # What the journal says besides is not lost with the shard.
    assert list(RootState(house.layout, writable=False).files.files) == [4]


def harm_head(harm: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        line, _, columns = content.partition(b"\n")
        head = json.loads(line)
        harm(head)
        return json.dumps(head).encode() + b"\n" + columns

    return spoil


def harm_column(name: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return what writes the first item of a column."""

    def spoil(content: bytes) -> bytes:
        line, _, columns = content.partition(b"\n")
        head, at = json.loads(line), 0
        for column in head["columns"]:
            kind = np.dtype(column[1])
            if column[0] == name:
                place = len(line) + 1 + at
                return content[:place] + value + content[place + len(value) :]
            at += kind.itemsize * (1 if column[2] else head["files"])
        head["columns"].insert(0, [name, ROW[name].str, True])
        return json.dumps(head).encode() + b"\n" + value.ljust(ROW[name].itemsize, b"\0") + columns

    return spoil


BINARY_SHARDS: dict[str, Callable[[bytes], bytes]] = {
    "no line": lambda content: content.replace(b"\n", b" "),
    "a line of another kind": lambda content: b"[]\n" + content,
    "a line that nests": lambda content: DEEP + b"\n" + content,
    "no files": harm_head(lambda head: head.update(files=0)),
    "more files than fit": harm_head(lambda head: head.update(files=1 << 40)),
    "files that are no number": harm_head(lambda head: head.update(files=True)),
    "one file less": harm_head(lambda head: head.update(files=head["files"] - 1)),
    "a column of objects": harm_head(lambda head: head["columns"][0].__setitem__(1, "|O")),
    "a column of something else": harm_head(lambda head: head["columns"][0].__setitem__(1, "<f8")),
    "a column that there is not": harm_head(lambda head: head["columns"][0].__setitem__(0, "colour")),
    "a column of spans": harm_head(lambda head: head["columns"][0].__setitem__(0, "name_at")),
    "a column less": harm_head(lambda head: head["columns"].pop()),
    "a column more": harm_head(lambda head: head["columns"].append(["size", "<u8", False])),
    "a column without end": harm_head(lambda head: head["columns"][0].append(1)),
    "names of another length": harm_head(lambda head: head.update(names=3)),
    "a folder upwards": harm_head(lambda head: head["folders"].__setitem__(0, "../../canary")),
    "a folder of ours": harm_head(lambda head: head["folders"].__setitem__(0, "_image_temp")),
    "a status that there is not": harm_head(lambda head: head["statuses"].__setitem__(0, "splendid")),
    "a format that drives a terminal": harm_head(lambda head: head["formats"].__setitem__(0, "\x1b[2J")),
    "an odd file upwards": harm_head(lambda head: head["odd"].append(FILE | {"id": 1, "path": "../x"})),
    "an odd file of elsewhere": harm_head(lambda head: head["odd"].append(FILE | {"id": 99})),
    "a folder number of elsewhere": harm_column("folder", b"\x09"),
    "a format number of elsewhere": harm_column("format", b"\x09"),
    "a status number of elsewhere": harm_column("status", b"\xff"),
    "an id of elsewhere": harm_column("id", b"\x00\x00\x01"),
    "an id below": harm_column("id", b"\xff" * 8),
    "a name upwards": lambda content: content[:-4] + b"/../",
    "a name that is empty": lambda content: content[:-2] + b"\0\0",
    "a name less": lambda content: content[: content.rindex(b"\0")],
    "names that end early": lambda content: content[:-1],
    "nothing behind the line": lambda content: content.partition(b"\n")[0] + b"\n",
}


@pytest.mark.parametrize("harm", BINARY_SHARDS)
def test_columns_that_cannot_be_although_their_checksum_holds(
    house: House, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    with open(house.at(SHARD), "rb") as file:
        content = file.read()
    house.replace_shard(SHARD, BINARY_SHARDS[harm](content))
    every_way(house, capsys, repairable=True)
    # What the journal says besides is not lost with the shard.
    assert list(RootState(house.layout, writable=False).files.files) == [4]


@pytest.mark.parametrize("taken", [b"\x1b[2J", b"2024\x002", b"\xff"])
def test_a_date_that_drives_a_terminal_is_none(house: House, taken: bytes) -> None:
    with open(house.at(SHARD), "rb") as file:
        content = file.read()
    house.replace_shard(SHARD, harm_column("taken", taken)(content))
    state = RootState(house.layout, writable=False)
    assert not state.damaged
    assert "" in {file.facts.taken for file in state.files.files.values()}


@pytest.mark.parametrize(
    "name", ["../../canary/00000-g1.bin", "00000-g1.bin/../x", "manifest.json", "00001-g1.bin", 5]
)
def test_a_manifest_that_names_other_files(
    house: House, capsys: pytest.CaptureFixture[str], name: object
) -> None:
    for path in (MANIFEST, COPY):
        manifest = read_frames(house.at(path)).records[0]
        manifest["shards"][0][1] = name
        house.write(path, encode_frame(manifest))
    every_way(house, capsys, repairable=True)


@pytest.mark.parametrize("name", [SHARD, MANIFEST, COPY])
@pytest.mark.parametrize("kind", ["huge", "empty", "noise"])
def test_shards_and_manifests_that_are_not_as_written(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, kind: str
) -> None:
    if kind == "huge":
        os.truncate(house.at(name), 1 << 42)
    else:
        house.write(name, b"" if kind == "empty" else bytes(range(256)) * 30)
    every_way(house, capsys, repairable=True)
    state = RootState(house.layout, writable=False)
    assert len(state.files.files) == (1 if name == SHARD else 4)


@pytest.mark.parametrize("name", JOURNALS)
def test_journals_too_large_to_be_ours(house: House, capsys: pytest.CaptureFixture[str], name: bytes) -> None:
    os.truncate(house.at(name), 1 << 42)
    every_way(house, capsys, repairable=True)
    assert RootState(house.layout, writable=False).decisions.verdict(A, B) == "variants"


@pytest.mark.parametrize(
    "name", [b"files.jsonl", b"config.toml", b"decisions.prev.jsonl", b"vectors/x", b".writable"]
)
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_traps_where_the_next_write_goes(
    house: House, capsys: pytest.CaptureFixture[str], name: bytes, kind: str
) -> None:
    trap = name if name == b".writable" else name + b".part"
    house.instead(trap, os.mkfifo) if kind == "pipe" else house.link(trap, b"file")
    every_way(house, capsys, repairable=True)


@pytest.mark.parametrize("name", [b"files.jsonl", b"config.toml", b"checkpoint.toml"])
def test_a_trap_where_a_write_goes_does_not_catch_it(house: House, name: bytes) -> None:
    os.link(os.path.join(house.canary, b"file"), house.at(name + b".part"))
    state = RootState(house.layout)
    state.files.clear()
    state.save_checkpoint(Checkpoint())
    save_settings(house.layout.config, Settings())
    state.close()
    with open(os.path.join(house.canary, b"file"), "rb") as file:
        assert file.read() == PRECIOUS


@pytest.mark.parametrize("schema", [3, 99, 1 << 80])
def test_state_of_a_newer_version_is_left_as_it_is(
    house: House, capsys: pytest.CaptureFixture[str], schema: int
) -> None:
    house.write(b"checkpoint.toml", b"schema = %d\nsomething_new = true\n" % schema)
    house.append(b"files.jsonl", b"noise\n")
    house.write(SHARD, b"noise")
    before = {name: Path(os.fsdecode(house.at(name))).read_bytes() for name in (*TABLES, *JOURNALS)}
    root = os.fsdecode(house.root)
    for arguments in (["doctor", root], ["doctor", root, "--repair"], ["status", root], ["decisions", root]):
        assert main(arguments) == 5
        assert str(schema) in capsys.readouterr().err
    assert before == {name: Path(os.fsdecode(house.at(name))).read_bytes() for name in before}
    assert not os.path.exists(house.at(b"quarantine"))


def test_a_repair_waits_for_nobody_who_holds_the_lock(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    from dpm_tui.state.disk.lock import Lock

    house.append(b"files.jsonl", b"noise\n")
    lock = Lock(house.layout.lock)
    assert main(["doctor", os.fsdecode(house.root), "--repair"]) == 4
    lock.release()
    assert main(["doctor", os.fsdecode(house.root), "--repair"]) == 0


def test_a_repair_keeps_what_cannot_be_made_again(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    os.makedirs(os.path.join(house.layout.recycle_bin, b"20250101T000000-0123abcd", b"tree"))
    kept = os.path.join(house.layout.recycle_bin, b"20250101T000000-0123abcd", b"tree", b"a.jpg")
    with open(kept, "wb") as file:
        file.write(PRECIOUS)
    spoilt = {name: b"\x00noise" + os.urandom(200) for name in (b"config.toml", *JOURNALS)}
    for name, content in spoilt.items():
        house.write(name, content)
    main(["doctor", os.fsdecode(house.root), "--repair"])
    held: dict[bytes, bytes] = {}
    for at, _, names in os.walk(house.at(b"quarantine")):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                held[name] = file.read()
    assert held == spoilt
    assert os.path.exists(kept)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(tmp_path_factory.mktemp("pristine"))


@settings(max_examples=80)
@given(data=st.data())
def test_bits_that_flip_and_files_that_end_early(
    pristine: House, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever a broken disk does to one file, the doctor mends it and no decision is lost."""
    house = House(os.fsencode(tmp_path_factory.mktemp("flipped")))
    shutil.copytree(pristine.base, house.base, dirs_exist_ok=True)
    name = data.draw(st.sampled_from([*TABLES, *JOURNALS, UNLIKE, VECTORS, SHARD, MANIFEST, COPY, b"marker"]))
    with open(house.at(name), "rb") as file:
        content = bytearray(file.read())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    else:
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    house.write(name, bytes(content))
    root = os.fsdecode(house.root)
    before = house.seal()
    assert main(["status", root]) in (0, 2, 5)
    assert main(["doctor", root]) in (0, 1, 5)
    load(house)
    code = main(["doctor", root, "--repair"])
    assert house.seal() == before
    if code == 5:
        with pytest.raises(DamagedError, match="newer version"):
            RootState(house.layout, writable=False)
        return
    assert code in (0, 1)
    assert RootState(house.layout, writable=False).decisions.verdict(A, B) == "variants"
