"""The tables of a library are read once for several searches, and anew as soon as they are others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.errors import DpmError
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.pipeline.candidates.crop_search import COUNT, PARTS
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.finding.kept_library import KeptLibrary
from tests.support.image_files import image_file

A, B, C = (f"{number:064x}" for number in (1, 2, 3))
CARD = load_cards()["photo"]


class Shelf:
    """The state of a root with two pictures, and its library as it is kept for searches."""

    def __init__(self, folder: Path) -> None:
        layout = Layout(os.fsencode(folder), os.fsencode(folder))
        prepare_folder(layout)
        self.state = RootState(layout)
        for id_, digest in ((1, A), (2, B)):
            self.state.files.put(image_file(id_, digest=digest))
            self.add(digest)
        self.state.sync()
        self.config, self.threshold = Config(), 0.6
        self.kept = KeptLibrary(self.state, lambda: self.config, lambda: self.threshold)

    def add(self, digest: str) -> None:
        row = np.full(CARD.dims * (1 + COUNT), 0.01, np.float32)
        parts = self.state.vectors("photo", PARTS, CARD.identity, len(row))
        parts.add(digest, row, fits=False)
        parts.sync()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path)
    shelf.state.save_checkpoint(Checkpoint(phase="finished", model="photo"))
    return shelf


def test_nothing_is_searched_before_a_scan(tmp_path: Path) -> None:
    with pytest.raises(DpmError) as failure:
        Shelf(tmp_path).kept.open()
    assert failure.value.key == "not_scanned"


def test_tables_are_read_once_for_two_searches(shelf: Shelf) -> None:
    first = shelf.kept.open()
    assert shelf.kept.open() is first
    shelf.state.verdicts.put((A, B), None)
    assert shelf.kept.open() is first, "what is not alike is no part of a search"
    shelf.kept.free()
    again = shelf.kept.open()
    assert again is not first
    assert sorted(again.contents) == [A, B]
    shelf.kept.free()
    shelf.kept.free()


CHANGES: dict[str, Callable[[Shelf], object]] = {
    "a file came": lambda shelf: shelf.state.files.put(image_file(3, digest=C)),
    "a file went": lambda shelf: shelf.state.files.remove(1),
    "all files went": lambda shelf: shelf.state.files.clear(),
    "a verdict": lambda shelf: shelf.state.verdicts.put((A, B), Verdict(Kind.COPY, 0.9)),
    "verdicts went": lambda shelf: shelf.state.verdicts.clear(),
    "an inspection": lambda shelf: shelf.state.inspections.put((A, B), None),
    "a vector came": lambda shelf: shelf.add(C),
    "another threshold": lambda shelf: setattr(shelf, "threshold", 0.7),
    "nothing is inspected": lambda shelf: setattr(shelf, "config", Config(inspect=False)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_read_anew(shelf: Shelf, change: str) -> None:
    first = shelf.kept.open()
    CHANGES[change](shelf)
    again = shelf.kept.open()
    assert again is not first
    assert shelf.kept.open() is again
    shelf.kept.free()


def test_a_table_that_is_gone_is_missed(shelf: Shelf) -> None:
    shelf.kept.open()
    (name,) = (name for name in shelf.state.layout.vectors.names() if b"parts" in name)
    shelf.state.layout.vectors.unlink(name)
    with pytest.raises(DpmError) as failure:
        shelf.kept.open()
    assert failure.value.key == "not_compared_yet"
