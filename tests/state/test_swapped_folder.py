"""A link comes to lie in place of the state folder at any moment: nothing is ever done where it leads."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from dpm_tui.catalog.content_digest import prefixes_of
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.errors import DamagedError, DpmError
from dpm_tui.review.history.record_codec import write_record
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config, Settings, save_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.doctor.check_state import check_state, repair_findings
from dpm_tui.state.review.review_journal import ReviewStore
from dpm_tui.state.root_identity import mark_root, read_identity
from dpm_tui.state.root_state import RootState
from tests.support.canary import seal, swapped_at
from tests.support.descriptors import closed_afterwards
from tests.support.image_files import image_file

pytestmark = pytest.mark.slow
MODEL = ("auto", "photo", "photo" * 9)
_MOMENTS = 60


def layout_at(path: Path) -> Layout:
    path.mkdir(parents=True)
    return Layout(os.fsencode(path), os.fsencode(path))


def fill(state: RootState) -> None:
    """Put something of every kind into a state."""
    for id_ in range(1, 4):
        file = image_file(id_)
        digest = file.facts.digest
        state.files.put(file)
        state.thumbnails.put(digest, b"jpeg")
        state.vectors(*MODEL, 4).add(digest, np.full(4, 0.5, np.float32), fits=True)
        state.verdicts.put((digest, f"{9:064x}"), Verdict(Kind.COPY, 0.97))
        state.inspections.put((digest, f"{9:064x}"), None)
    state.candidates(*MODEL).add_block(np.arange(3), NeighbourPairs.none())
    state.sync()


def live(layout: Layout) -> None:
    """Do all that workers and repairs do, each step even where the one before failed."""
    state: list[RootState] = []
    locks: list[Lock] = []
    review: list[ReviewStore] = []
    old = layout.vectors.place(b"auto-photo-older.f16")
    steps: tuple[Callable[[], object], ...] = (
        lambda: prepare_folder(layout),
        lambda: locks.append(Lock(layout.lock, "starting")),
        lambda: save_settings(layout.config, Settings(Config(workers=3))),
        lambda: state.append(RootState(layout, "judge-1")),
        lambda: fill(state[0]),
        lambda: state[0].decisions.decide([f"{1:064x}", f"{2:064x}"], "variants"),
        lambda: state[0].save_checkpoint(Checkpoint(phase="finished")),
        lambda: review.append(ReviewStore(layout.review)),
        lambda: review[0].replace(write_record(review[0].record)),
        lambda: mark_root(layout, read_identity(layout)),
        lambda: os.close(old.open(os.O_WRONLY | os.O_CREAT)),
        lambda: state[0].remove_outdated(),
        lambda: state[0].files.fold(),
        lambda: state[0].verdicts.keep(prefixes_of([])),
        lambda: state[0].thumbnails.keep(prefixes_of([]), lambda: False),
        lambda: fill(state[0]),
        lambda: repair_findings(check_state(layout)),
        lambda: state[0].reset(),
        lambda: state[0].close(),
        lambda: review[0].close(),
        lambda: locks[0].release(),
    )
    for step in steps:
        with suppress(OSError, DpmError, IndexError):
            step()


def make_canary(path: Path) -> bytes:
    """Return a folder that looks like state itself, with things in it that are not ours."""
    layout = layout_at(path / "other")
    prepare_folder(layout)
    state = RootState(layout, "judge-1")
    fill(state)
    state.save_checkpoint(Checkpoint(phase="finished"))
    state.close()
    for folder in (b"vectors", b"thumbnails", b"quarantine"):
        os.makedirs(os.path.join(layout.folder, folder), exist_ok=True)
        with open(os.path.join(layout.folder, folder, b"precious.jpg"), "wb") as file:
            file.write(b"precious")
    return layout.folder


def test_a_link_in_place_of_the_state_folder_at_any_call_leads_nowhere(tmp_path: Path) -> None:
    canary = make_canary(tmp_path)
    before = seal(canary)
    whole = layout_at(tmp_path / "whole")
    with swapped_at(0, b"", b"") as calls:
        live(whole)
    assert calls[0] > 300
    assert os.listdir(whole.vectors) == []
    for number in range(1, calls[0], calls[0] // _MOMENTS):
        with closed_afterwards():
            layout = layout_at(tmp_path / str(number))
            with swapped_at(number, layout.folder, canary):
                live(layout)
        assert seal(canary) == before, number


@pytest.mark.parametrize("name", ["thumbnails", "vectors", "files", "quarantine"])
def test_a_link_in_place_of_a_folder_in_it_at_any_call_leads_nowhere(tmp_path: Path, name: str) -> None:
    canary = make_canary(tmp_path)
    before = seal(canary)
    with swapped_at(0, b"", b"") as calls:
        live(layout_at(tmp_path / "whole"))
    for number in range(1, calls[0], calls[0] // (_MOMENTS // 4)):
        with closed_afterwards():
            layout = layout_at(tmp_path / str(number))
            prepare_folder(layout)
            place = os.path.join(layout.folder, name.encode())
            with swapped_at(number, place, os.path.join(canary, name.encode())):
                live(layout)
        assert seal(canary) == before, number


def test_a_run_ends_by_name_where_the_state_folder_is_another_one(tmp_path: Path) -> None:
    layout = layout_at(tmp_path / "root")
    prepare_folder(layout)
    state = RootState(layout)
    os.rename(layout.folder, layout.folder + b" away")
    for put in (lambda: None, lambda: os.mkdir(layout.folder)):
        put()
        for step in (state.sync, state.reset, lambda: state.save_checkpoint(Checkpoint())):
            with pytest.raises(DamagedError, match="no longer the folder"):
                step()
    assert os.listdir(layout.folder) == []
    state.close()
