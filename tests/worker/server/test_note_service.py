"""What copies know: asked of a decoder, which may say anything once a hostile picture has taken it over."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Plan
from dpm_tui.state.disk.held_folder import HeldFolder
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.decoder_process import DecoderDied, DecoderProcess
from dpm_tui.worker.server.note_service import NoteService
from tests.recycle.library import Library

SIDE = b"b/keeper.jpg.xmp"
TEXT = b"<x:xmpmeta/>"
FINE = {"status": "ok", "adds": ["rating"], "old": "", "text": base64.b64encode(TEXT).decode()}


def is_protected(path: bytes) -> bool:
    return path.startswith(b"safe/")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def service(library: Library) -> Iterator[NoteService]:
    thumbnails = HeldFolder(os.path.join(library.root, b"_image_temp/thumbnails"))
    pool = DecoderPool(library.root, thumbnails, 1)
    yield NoteService(library.bin, pool, lambda: lambda path: path.startswith(b"safe/"), lambda: ["jpg"])
    pool.close()


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[dict[str, Any]]]:
    """Let every decoder give one answer, or die; return the orders that it gets."""

    def set_answer(answer: Any) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = []

        def ask(decoder: DecoderProcess, order: dict[str, Any], seconds: float) -> dict[str, Any]:
            orders.append(order)
            if answer is None:
                raise DecoderDied("gone")
            return dict(answer)

        monkeypatch.setattr(DecoderProcess, "ask", ask)
        return orders

    return set_answer


def planned(library: Library, victim: bytes = b"a/victim.jpg", keeper: bytes = b"b/keeper.jpg") -> Move:
    return replace(library.move(victim, keeper, kept=b"kept"), adds=("rating",))


def test_the_first_move_of_a_keeper_writes_for_all_of_them(
    library: Library, service: NoteService, answering: Callable[[Any], list[dict[str, Any]]]
) -> None:
    orders = answering(FINE)
    moves = [planned(library, b"a/%d.jpg" % number) for number in range(3)]
    foreseen = service.foresee(Plan(tuple(replace(move, adds=()) for move in moves)))
    assert [move.adds for move in foreseen.moves] == [("rating",), (), ()]
    made = service.make(list(foreseen.moves))
    assert [move.side is not None for move in made.moves] == [True, False, False]
    assert [len(order["copies"]) for order in orders] == [3, 3]
    assert library.bin.apply(Plan(foreseen.moves), side_files=service.make).noted == 1
    assert library.read(SIDE) == TEXT


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"status": "ok"},
        {"status": "ok", "adds": 7},
        {"status": "ok", "adds": [["rating"], None]},
        {**FINE, "text": "no base64"},
        {**FINE, "text": base64.b64encode(b"#!/bin/sh").decode()},
        {**FINE, "text": ""},
        {"status": "unreadable", "adds": ["rating"]},
    ],
)
def test_whatever_a_decoder_says_only_a_side_file_is_written(
    library: Library,
    service: NoteService,
    answering: Callable[[Any], list[dict[str, Any]]],
    answer: Any,
) -> None:
    answering(answer)
    move = planned(library)
    before = library.pictures()
    assert set(service.foresee(Plan((move,))).moves[0].adds) <= {"rating"}
    result = library.bin.apply(Plan((move,)), side_files=service.make)
    assert [skipped.key for skipped in result.skipped] == ["side_file_lost"]
    assert library.pictures() == before


def test_nothing_is_asked_where_nothing_can_be_written(
    library: Library, service: NoteService, answering: Callable[[Any], list[dict[str, Any]]]
) -> None:
    orders = answering(FINE)
    moves = [
        planned(library, keeper=b"safe/keeper.jpg"),
        replace(library.move(b"c/victim.jpg", b"c/keeper.jpg"), link=Link.HARD, adds=("rating",)),
    ]
    assert [move.side for move in service.make(moves).moves] == [None, None]
    assert not orders


def test_a_twin_that_is_written_to_is_no_twin_any_more(
    library: Library, service: NoteService, answering: Callable[[Any], list[dict[str, Any]]]
) -> None:
    library.write(SIDE, b"<old/>")
    library.write(b"a/victim.jpg.xmp", b"<old/>")
    plan = library.bin.find_companions(Plan((planned(library),)), ["jpg"])
    assert plan.moves[0].companions[0].twin is not None
    answering({**FINE, "old": library.witness(SIDE).digest})
    result = library.bin.apply(plan, side_files=service.make)
    assert (result.skipped, result.noted) == ((), 1)
    assert library.pictures() == {b"b/keeper.jpg": b"kept", SIDE: TEXT}
    library.bin.undo()
    assert library.read(SIDE) == library.read(b"a/victim.jpg.xmp") == b"<old/>"
