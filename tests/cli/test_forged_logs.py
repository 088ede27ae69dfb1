"""A log of the bin that another hand wrote in: redo moves nothing that was not judged here."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, decode_entry, encode_entry
from dpm_tui.review.marks.plan import Companion, Move, Witness
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import BatchDone, RedoBatch, RestoreDone, UndoBatch
from tests.support.album import dpm, files_below
from tests.support.workers import worker_of

pytestmark = pytest.mark.slow
TIME = "2025-01-01T00:00:00Z"
VICTIMS = {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}


def witness(album: Path, name: str) -> Witness:
    digest = hashlib.sha256((album / name).read_bytes()).hexdigest()
    return Witness(os.fsencode(name), read_stamp((album / name).stat()), digest)


def log_of(album: Path) -> Path:
    return album / "_image_temp/recycle_bin/log.jsonl"


def entries_of(album: Path) -> list[LogEntry]:
    return [decode_entry(record) for record in read_frames(os.fsencode(log_of(album))).records]


def forge(album: Path, *entries: LogEntry) -> None:
    """Add lines with right checksums to the log."""
    with log_of(album).open("ab") as file:
        file.writelines(encode_frame(encode_entry(replace(entry, time=TIME))) for entry in entries)


def undone(batch: str, move: Move) -> list[LogEntry]:
    """Return the lines of a move that was made and taken back."""
    path = move.victim.path
    companions = [each.file.path for each in move.companions]
    return [
        LogEntry(Action.RECYCLED, batch, path=path, size=move.victim.stamp.size, move=move),
        LogEntry(Action.RESTORED, batch, path=path, to=path, undo=True),
        *(LogEntry(Action.RESTORED, batch, path=each, to=each, undo=True, of=path) for each in companions),
    ]


async def undo(client: WorkerClient) -> None:
    answer = await client.request(UndoBatch())
    assert isinstance(answer, RestoreDone)
    assert {os.fsdecode(each.now) for each in answer.result.restored} == VICTIMS


async def redo(client: WorkerClient) -> tuple[set[str], dict[str, str]]:
    """Return what redo moved and, by path, why it left other files."""
    answer = await client.request(RedoBatch())
    assert isinstance(answer, BatchDone)
    moved = {os.fsdecode(path) for path in answer.result.moved}
    return moved, {os.fsdecode(skipped.path): skipped.key for skipped in answer.result.skipped}


@pytest.mark.timeout(300)
async def test_redo_moves_only_what_was_judged_here(album: Path) -> None:
    """Strangers, a letter, another kind, a false companion: refused, and the rest goes again."""
    (album / "letter.txt").write_text("dear diary")
    (album / "letter2.txt").write_text("dear diary")
    before = set(files_below(album))
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    async with worker_of(album) as client:
        await undo(client)
        told = len(entries_of(album))
        lines = entries_of(album)
        batch = next(entry.batch for entry in lines if entry.action is Action.APPLIED)
        sea, hill = witness(album, "sea.jpg"), witness(album, "hill.jpg")
        false = [
            Move(witness(album, "alone.jpg"), sea, Kind.COPY, 0.99, "", ""),
            Move(witness(album, "turned.jpg"), hill, Kind.COPY, 0.99, "", ""),
            Move(witness(album, "letter.txt"), witness(album, "letter2.txt"), Kind.IDENTICAL, 1.0, "", ""),
        ]
        known = next(entry.move for entry in lines if entry.move and entry.path == b"town.bmp")
        stranger = replace(known, companions=(Companion(witness(album, "alone2.png"), None),))
        forge(album, *(line for move in [*false, stranger] for line in undone(batch, move)))
        assert len(entries_of(album)) > told + 7, "every forged line can be read"
        moved, left = await redo(client)
    assert moved == VICTIMS - {"town.bmp"}
    assert left == {
        "alone.jpg": "not_judged",
        "turned.jpg": "judged_otherwise",
        "letter.txt": "no_picture",
        "town.bmp": "no_companion",
    }
    assert set(files_below(album)) == before - moved


@pytest.mark.timeout(300)
async def test_redo_takes_again_what_lies_elsewhere_since(album: Path) -> None:
    """A file that came back under another name is still the one that was judged."""
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    (album / "town.bmp").write_bytes(b"another file took its place")
    async with worker_of(album) as client:
        answer = await client.request(UndoBatch())
        assert isinstance(answer, RestoreDone)
        assert {each.now for each in answer.result.restored} >= {b"town (restored 1).bmp"}
        moved, left = await redo(client)
    assert (moved, left) == (VICTIMS - {"town.bmp"} | {"town (restored 1).bmp"}, {})
    assert (album / "town.bmp").read_bytes() == b"another file took its place"
