"""What the inventory found gets into the store, in whatever order it is decoded, and stops when asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Decoder, Unreadable
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.scan import ingest
from dpm_tui.pipeline.scan.change_detection import Changes
from dpm_tui.pipeline.scan.found_files import FoundFile
from dpm_tui.pipeline.scan.ingest import Ingest
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from tests.support.image_files import image_file

FILES = 30


class Idle:
    """A decoder without work."""

    def decode(
        self, orders: Iterator[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        assert not list(orders)
        return iter(())


class Stopper(Reporter):
    """Asks to stop as soon as something is on the disk."""

    def __init__(self) -> None:
        self.syncs = 0

    def cancelled(self) -> bool:
        return self.syncs > 0


@pytest.mark.parametrize("kind", ["gone", "missing", "same"])
def test_a_run_stops_amid_records_that_only_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(ingest, "_CHECKPOINT_RECORDS", 10)
    layout = Layout(os.fsencode(tmp_path), os.fsencode(tmp_path))
    prepare_folder(layout)
    state, reporter = RootState(layout), Stopper()
    for id_ in range(1, FILES + 1):
        state.files.put(image_file(id_, status="ok" if kind != "same" else "missing"))

    def sync() -> None:
        reporter.syncs += 1
        state.sync()

    ids = tuple(state.files.files)
    same = {id_: FoundFile(file.path, file.stamp) for id_, file in state.files.files.items()}
    changes = Changes((), {}, ids if kind != "same" else (), same if kind == "same" else {})
    missing: Collection[int] = ids if kind == "missing" else ()
    intake = Ingest(state, cast(Decoder, cast(Any, Idle())), reporter, Checkpointer(sync, reporter))
    with pytest.raises(Cancelled):
        intake.take(changes, missing)
    state.close()
    left = RootState(layout, writable=False).files.files
    done = {"gone": FILES - len(left), "missing": left.count_status(Status.MISSING)}
    assert done.get(kind, left.count_status(Status.OK)) == 10


class Hasty:
    """A decoder that answers the last order first."""

    def decode(
        self, orders: Iterator[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        for order in reversed(list(orders)):
            yield order, Unreadable(Status.DAMAGED, "no picture")


def test_ids_follow_the_paths_whoever_is_decoded_first(tmp_path: Path) -> None:
    """So do the rows of fingerprints, and of equally near neighbours the same ones count in every scan."""
    layout = Layout(os.fsencode(tmp_path), os.fsencode(tmp_path))
    prepare_folder(layout)
    state, reporter = RootState(layout), Reporter()
    state.files.put(image_file(1, b"old.jpg"))
    names = [b"b.jpg", b"c/a.jpg", b"a.jpg"]
    changes = Changes(tuple(FoundFile(name, image_file(9).stamp) for name in names), {}, (), {})
    intake = Ingest(state, cast(Decoder, cast(Any, Hasty())), reporter, Checkpointer(state.sync, reporter))
    intake.take(changes)
    assert {file.path: id_ for id_, file in state.files.files.items()} == {
        b"old.jpg": 1, b"a.jpg": 2, b"b.jpg": 3, b"c/a.jpg": 4,
    }  # fmt: skip
    state.close()
