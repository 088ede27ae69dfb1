from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.errors import DamagedError, DpmError
from dpm_tui.pipeline.candidates.fingerprint import ModelCard
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config, Settings, load_settings, save_settings
from dpm_tui.state.disk.layout import Layout, check_root
from dpm_tui.state.disk.private_folder import check_folder, prepare_folder
from dpm_tui.state.root_state import RootState
from tests.support.image_files import image_file

A, B = "aa" * 32, "bb" * 32
CARDS = [ModelCard(name, name[0] * 64, 4, 0.8) for name in ("photo", "illustration")]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    root = os.fsencode(tmp_path / "root")
    os.mkdir(root)
    return Layout(root, root)


def filled(layout: Layout) -> RootState:
    prepare_folder(layout)
    state = RootState(layout, "judge-1")
    state.files.put(image_file(1, b"a.jpg", digest=A))
    state.files.put(image_file(2, b"b.jpg", digest=B))
    state.thumbnails.put(A, b"jpeg")
    state.verdicts.put((A, B), Verdict(Kind.COPY, 0.97))
    state.decisions.decide([A, B], "variants")
    for card, digest in zip(CARDS, (A, B), strict=True):
        table = state.vectors("auto", card.name, card.identity, card.dims)
        table.add(digest, np.array([1, 0, 0, 0], dtype=np.float32), fits=True)
        state.candidates("auto", card.name, card.identity).add_block(np.arange(1), NeighbourPairs.none())
    state.save_checkpoint(Checkpoint(phase="finished", model="auto", files=2))
    return state


def names_below(folder: bytes) -> set[bytes]:
    return {
        os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names
    }


def test_the_names_of_the_state_are_a_contract(layout: Layout) -> None:
    assert layout.folder == os.path.join(layout.root, b"_image_temp")
    assert os.path.basename(layout.config) == b"config.toml"
    assert os.path.basename(layout.checkpoint) == b"checkpoint.toml"
    assert layout.recycle_bin == os.path.join(layout.folder, b"recycle_bin")


def test_state_kept_elsewhere_leaves_only_the_bin_in_the_root(tmp_path: Path) -> None:
    layout = Layout(b"/pictures", os.fsencode(tmp_path))
    assert layout.files.path.startswith(os.fsencode(tmp_path))
    assert layout.recycle_bin == b"/pictures/_image_temp/recycle_bin"


def test_everything_is_there_after_closing_and_opening(layout: Layout) -> None:
    filled(layout).close()
    state = RootState(layout, "judge-1")
    assert [file.path for file in state.files.files.values()] == [b"a.jpg", b"b.jpg"]
    assert list(state.verdicts.alike()) == [((A, B), Verdict(Kind.COPY, 0.97))]
    assert state.decisions.verdict(A, B) == "variants"
    assert list(state.vectors("auto", "photo", "p" * 64, 4)) == [A]
    assert state.candidates("auto", "photo", "p" * 64).matched(2).tolist() == [True, False]
    assert state.checkpoint.files == 2
    state.close()


def test_each_content_has_the_model_that_fits_it(layout: Layout) -> None:
    filled(layout).close()
    model_of = RootState(layout, writable=False).fitting_model(CARDS)
    assert [model_of(digest) for digest in (A, B, "cc" * 32, "")] == ["photo", "illustration", "", ""]


def test_vectors_of_other_weights_are_others(layout: Layout) -> None:
    state = filled(layout)
    assert len(state.vectors("auto", "photo", "q" * 64, 4)) == 0
    assert len(state.vectors("photo", "photo", "p" * 64, 4)) == 0
    state.close()


def test_vectors_of_other_weights_go_when_a_run_ended_with_new_ones(layout: Layout) -> None:
    filled(layout).close()
    state = RootState(layout)
    state.vectors("photo", "photo", "p" * 64, 4)
    state.vectors("auto", "photo", "q" * 64, 4)
    state.candidates("auto", "photo", "q" * 64)
    with open(os.path.join(layout.vectors, b"auto-photo-notes.txt"), "wb"):
        pass
    state.remove_outdated()
    state.close()
    names = {os.fsdecode(name) for name in os.listdir(layout.vectors)}
    assert {name for name in names if name.endswith(".f16")} == {
        "photo-photo-pppppppppppp.f16", "auto-photo-qqqqqqqqqqqq.f16", "auto-illustration-iiiiiiiiiiii.f16",
    }  # fmt: skip
    assert sum(name.startswith("auto-photo") and name.endswith(".near.jsonl") for name in names) == 1
    assert "auto-photo-notes.txt" in names


def test_a_reader_leaves_no_trace(layout: Layout) -> None:
    prepare_folder(layout)
    before = names_below(layout.folder)
    state = RootState(layout, writable=False)
    assert dict(state.files.files) == {}
    assert names_below(layout.folder) == before


def test_reset_forgets_what_can_be_made_again_and_nothing_else(layout: Layout) -> None:
    state = filled(layout)
    save_settings(layout.config, Settings(Config(workers=3)))
    os.makedirs(os.path.join(layout.recycle_bin, b"b1"))
    with open(os.path.join(layout.recycle_bin, b"b1", b"kept.jpg"), "wb"):
        pass
    state.reset()
    assert (len(state.files.files), len(state.verdicts), state.thumbnails.has(A)) == (0, 0, False)
    assert len(state.vectors("auto", "photo", "p" * 64, 4)) == 0
    assert state.files.new_id() == 3
    state.close()
    state = RootState(layout)
    assert state.decisions.verdict(A, B) == "variants"
    assert load_settings(layout.config).config.workers == 3
    assert os.path.exists(os.path.join(layout.recycle_bin, b"b1", b"kept.jpg"))
    assert state.files.new_id() == 3
    state.close()


def test_state_of_a_newer_version_is_refused(layout: Layout) -> None:
    prepare_folder(layout)
    with open(layout.checkpoint, "w") as file:
        file.write("schema = 99\n")
    with pytest.raises(DamagedError, match="newer version"):
        RootState(layout)


def test_the_state_folder_is_private(layout: Layout) -> None:
    prepare_folder(layout)
    prepare_folder(layout)
    assert os.stat(layout.folder).st_mode & 0o777 == 0o700
    assert os.listdir(layout.folder) == []


def test_a_link_for_a_state_folder_is_refused(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", layout.folder)
    with pytest.raises(DamagedError, match="symbolic link"):
        prepare_folder(layout)
    with pytest.raises(DamagedError, match="symbolic link"):
        check_folder(layout)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_or_a_dangling_link_for_a_state_folder_is_refused(layout: Layout) -> None:
    with open(layout.folder, "wb"):
        pass
    with pytest.raises(DamagedError, match="not a folder"):
        prepare_folder(layout)
    os.unlink(layout.folder)
    os.symlink("nowhere", layout.folder)
    with pytest.raises(DamagedError):
        prepare_folder(layout)


def test_the_state_folder_of_another_user_is_refused(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_folder(layout)
    if os.getuid() == 0:
        os.chown(layout.folder, 12345, 12345)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(DamagedError, match="another user"):
        check_folder(layout)


def test_a_root_that_cannot_be_scanned_says_why(layout: Layout, tmp_path: Path) -> None:
    check_root(layout.root)
    with pytest.raises(DpmError, match="does not exist"):
        check_root(os.fsencode(tmp_path / "nowhere"))
    (tmp_path / "file\x1b").write_bytes(b"")
    with pytest.raises(DpmError, match="not a folder") as failure:
        check_root(os.fsencode(tmp_path / "file\x1b"))
    assert "\x1b" not in str(failure.value)


def test_a_root_that_may_not_be_listed_says_why(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def scandir(path: bytes) -> None:
        raise PermissionError(13, "Permission denied", path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        with pytest.raises(DpmError, match="Permission denied"):
            check_root(layout.root)
