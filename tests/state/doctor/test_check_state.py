from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.errors import DamagedError
from dpm_tui.locale import LANGUAGES, set_language, translate
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config, Settings, load_settings, save_settings
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.doctor.check_state import check_state, repair_findings
from dpm_tui.state.doctor.check_thumbnails import check_thumbnails
from dpm_tui.state.review.review_journal import ReviewStore
from dpm_tui.state.root_identity import mark_root, read_identity
from dpm_tui.state.root_state import RootState
from tests.support.image_files import image_file
from tests.support.pictures import encode, scene

A, B = "aa" * 32, "bb" * 32
JPEG = encode(scene(1, 64, 48))


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(os.fsencode(tmp_path), os.fsencode(tmp_path))
    prepare_folder(layout)
    state = RootState(layout)
    for id_ in range(1, 6):
        file = image_file(id_)
        state.files.put(file)
        state.thumbnails.put(file.facts.digest, JPEG)
        for model, dims in (("photo", 4), ("parts", 24)):
            vector = np.full(dims, 0.5, dtype=np.float32)
            state.vectors("auto", model, model * 9, dims).add(file.facts.digest, vector, fits=True)
    state.candidates("auto", "photo", "rule").add_block(np.arange(5), NeighbourPairs.none())
    state.verdicts.put((A, B), Verdict(Kind.COPY, 0.97))
    state.decisions.decide([A, B], "variants")
    state.save_checkpoint(Checkpoint(phase="finished"))
    state.close()
    RootState(layout).close()
    mark_root(layout, read_identity(layout))
    return layout


def spoil(path: bytes) -> bytes:
    """Put noise in the middle of a file and return what it then holds."""
    with open(path, "rb") as file:
        lines = file.readlines()
    content = b"".join([*lines[: len(lines) // 2], b"\x00noise\xff\n", *lines[len(lines) // 2 :]])
    with open(path, "wb") as file:
        file.write(content)
    return content


def quarantined(layout: Layout) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for at, _, names in os.walk(os.path.join(layout.folder, b"quarantine")):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                found[name] = file.read()
    return found


def bad(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.good]


def repair_state(layout: Layout) -> list[Finding]:
    """Check and repair, as the doctor does."""
    return repair_findings(check_state(layout))


def test_good_state_has_nothing_to_say(layout: Layout) -> None:
    assert bad(check_state(layout)) == []
    assert repair_state(layout) == []
    assert quarantined(layout) == {}


@pytest.mark.parametrize("table", ["files", "pairs", "decisions"])
def test_a_damaged_journal_is_kept_aside_and_what_can_be_read_is_kept(layout: Layout, table: str) -> None:
    path: bytes = getattr(layout, table)
    content = spoil(path)
    (finding,) = bad(check_state(layout))
    assert finding.values["name"] == os.path.basename(path).decode()
    assert finding.values["rejected"] == 1
    repair_state(layout)
    assert quarantined(layout) == {os.path.basename(path): content}
    assert bad(check_state(layout)) == []
    state = RootState(layout, writable=False)
    assert len(state.files.files) == 5
    assert len(state.verdicts) == 1
    assert state.decisions.verdict(A, B) == "variants"


def test_damaged_settings_are_kept_aside(layout: Layout) -> None:
    save_settings(layout.config, Settings(Config(workers=3)))
    spoil(layout.config)
    assert len(bad(check_state(layout))) == 1
    repair_state(layout)
    assert list(quarantined(layout)) == [b"config.toml"]
    assert load_settings(layout.config).config == Config()


def test_a_damaged_checkpoint_is_kept_aside(layout: Layout) -> None:
    with open(layout.checkpoint, "wb") as file:
        file.write(b"phase = ")
    assert len(bad(check_state(layout))) == 1
    repair_state(layout)
    assert quarantined(layout) == {b"checkpoint.toml": b"phase = "}
    RootState(layout, writable=False)


def test_checking_changes_nothing(layout: Layout) -> None:
    content = spoil(layout.files)
    check_state(layout)
    with open(layout.files, "rb") as file:
        assert file.read() == content


def test_repairing_twice_quarantines_twice(layout: Layout) -> None:
    for _ in range(2):
        spoil(layout.files)
        repair_state(layout)
    assert len(os.listdir(os.path.join(layout.folder, b"quarantine"))) == 2


def test_a_linked_state_folder_is_refused(layout: Layout, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    os.symlink(layout.folder, other / "_image_temp")
    with pytest.raises(DamagedError, match="symbolic link"):
        check_state(Layout(os.fsencode(other), os.fsencode(other)))


def test_state_of_a_newer_version_is_not_judged(layout: Layout) -> None:
    with open(layout.checkpoint, "w") as file:
        file.write("schema = 7\n")
    for use in (check_state, repair_state):
        with pytest.raises(DamagedError, match="schema 7"):
            use(layout)


def read(path: bytes) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def keys(findings: list[Finding]) -> set[str]:
    return {finding.key for finding in findings}


def tables(layout: Layout) -> list[bytes]:
    names = sorted(os.listdir(layout.vectors))
    return [os.path.join(layout.vectors, name) for name in names if name.endswith(b".f16")]


@pytest.mark.parametrize("row", [0, 2, 4])
def test_damaged_vectors_are_made_again_and_the_others_keep_their_numbers(layout: Layout, row: int) -> None:
    for path in tables(layout):
        content = bytearray(read(path))
        content[row * (len(content) // 5) + 40] ^= 1
        with open(path, "wb") as file:
            file.write(content)
    found = bad(check_state(layout))
    assert keys(found) == ({"vectors_unknown"} if row == 0 else {"vectors_damaged"})
    repair_state(layout)
    assert bad(check_state(layout)) == []
    state = RootState(layout)
    expected = [f"{id_:064x}" for id_ in range(1, 6) if id_ != row + 1]
    if row == 0:
        expected = []
    for model, dims in (("photo", 4), ("parts", 24)):
        table = state.vectors("auto", model, model * 9, dims)
        assert [digest for digest in table if digest in {f"{id_:064x}" for id_ in range(1, 6)}] == expected
        if row:
            assert table.read(row, row + 1).any() == np.False_
            assert len(table) == 5
    state.close()


def test_a_torn_table_of_vectors_keeps_its_whole_rows(layout: Layout) -> None:
    path = tables(layout)[0]
    os.truncate(path, os.path.getsize(path) - 3)
    assert keys(bad(check_state(layout))) == {"vectors_damaged"}
    repair_state(layout)
    assert bad(check_state(layout)) == []


def test_damaged_candidates_are_found_again_by_the_next_scan(layout: Layout) -> None:
    (name,) = (name for name in os.listdir(layout.vectors) if name.endswith(b".near.jsonl"))
    spoil(os.path.join(layout.vectors, name))
    (finding,) = bad(check_state(layout))
    assert finding.remedy == "will_remake"
    repair_state(layout)
    assert bad(check_state(layout)) == []
    assert name not in os.listdir(layout.vectors)


def thumbnail(layout: Layout, id_: int) -> bytes:
    return RootState(layout, writable=False).thumbnails.place(f"{id_:064x}").path


def instead(path: bytes, make: Callable[[bytes], None]) -> None:
    """Put something else in place of a file."""
    os.unlink(path)
    make(path)


BROKEN: dict[str, Callable[[bytes], None]] = {
    "empty": lambda path: os.truncate(path, 0),
    "torn": lambda path: os.truncate(path, 300),
    "noise": lambda path: write(path, b"\x00" * 500),
    "no jpeg inside": lambda path: write(path, b"\xff\xd8\xff" + b"x" * 50 + b"\xff\xd9"),
    "huge": lambda path: os.truncate(path, 1 << 40),
    "a pipe": lambda path: instead(path, os.mkfifo),
    "a folder": lambda path: instead(path, os.mkdir),
    "a link": lambda path: instead(path, lambda path: os.symlink("/etc/hostname", path)),
    "gone": os.unlink,
}


def write(path: bytes, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


@pytest.mark.parametrize("harm", BROKEN)
def test_a_broken_thumbnail_is_found_and_its_picture_read_again(layout: Layout, harm: str) -> None:
    BROKEN[harm](thumbnail(layout, 3))
    (finding,) = bad(check_state(layout))
    assert (finding.key, finding.values["count"], finding.values["lacking"]) == ("thumbnails_damaged", 4, 1)
    done = repair_state(layout)
    assert keys(done) == ({"will_be_read"} if harm == "gone" else {"quarantined", "will_be_read"})
    files = RootState(layout, writable=False).files.files
    assert [id_ for id_, file in files.items() if file.stamp.size == 0] == [3]
    assert not os.path.lexists(thumbnail(layout, 3))


def test_many_thumbnails_are_sampled(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dpm_tui.state.doctor.check_thumbnails._SAMPLE", 2)
    (finding,) = check_thumbnails(layout, Quarantine(layout.folder))
    assert (finding.values["count"], finding.values["decoded"]) == (5, 2)


def test_what_an_interrupted_write_left_goes_to_quarantine(layout: Layout) -> None:
    left = [
        layout.files.path + b".part", layout.decisions_before.path + b".part",
        os.path.join(layout.folder, b".writable"), tables(layout)[0] + b".part",
        thumbnail(layout, 2) + b".part",
    ]  # fmt: skip
    for path in left:
        write(path, b"half")
    found = bad(check_state(layout))
    assert keys(found) == {"leftovers"}
    assert all(os.path.exists(path) for path in left)
    repair_state(layout)
    assert sorted(quarantined(layout)) == sorted(map(os.path.basename, left))
    assert bad(check_state(layout)) == []


def test_what_is_not_ours_is_named_and_left_alone(layout: Layout) -> None:
    strange = [
        os.path.join(layout.folder, b"notes\x1b.txt"), os.path.join(layout.vectors, b"notes"),
        os.path.join(layout.thumbnails, b"notes"), os.path.join(layout.thumbnails, b"00", b"notes"),
    ]  # fmt: skip
    for path in strange:
        write(path, b"mine")
    findings = check_state(layout)
    assert bad(findings) == []
    assert sum(finding.values["count"] for finding in findings if finding.key == "unknown") == 4
    assert any("notes\\x1b.txt" in str(finding.values.get("name")) for finding in findings)
    repair_state(layout)
    assert all(read(path) == b"mine" for path in strange)


def test_who_holds_the_lock_is_said(layout: Layout) -> None:
    assert "lock_free" in keys(check_state(layout))
    lock = Lock(layout.lock)
    assert "lock_held" in keys(check_state(layout))
    with open(layout.lock, "rb") as file:
        content = file.read()
    lock.release()
    write(layout.lock, content)
    assert "lock_left" in keys(check_state(layout))
    write(layout.lock, b'{"host": "elsewhere\\u001b", "pid": 4}')
    (foreign,) = (finding for finding in check_state(layout) if finding.key == "lock_foreign")
    assert "\x1b" not in str(foreign.values["host"])


def test_the_marker_is_checked_and_made_again(layout: Layout) -> None:
    assert "marker" in keys(check_state(layout))
    write(layout.marker, b"noise")
    assert keys(bad(check_state(layout))) == {"marker_damaged"}
    repair_state(layout)
    assert "marker_none" in keys(check_state(layout))


def test_quarantine_is_measured(layout: Layout) -> None:
    spoil(layout.files)
    repair_state(layout)
    (finding,) = (finding for finding in check_state(layout) if finding.key == "quarantine")
    assert finding.values["count"] == 1
    assert finding.values["size"] > 0


@pytest.mark.parametrize("harm", ["current", "previous", "both", "missing", "emptied"])
def test_decisions_are_put_together_from_both_generations(layout: Layout, harm: str) -> None:
    store = RootState(layout)
    store.decisions.decide([A, "cc" * 32], "not_duplicates")
    store.close()
    RootState(layout).close()
    if harm in ("current", "both"):
        write(layout.decisions, b"noise\n" + read(layout.decisions).split(b"\n")[1] + b"\n")
    if harm in ("previous", "both"):
        write(layout.decisions_before, read(layout.decisions_before).split(b"\n")[0] + b"\nnoise\n")
    if harm == "missing":
        os.unlink(layout.decisions)
    if harm == "emptied":
        os.truncate(layout.decisions, 0)
    found = bad(check_state(layout))
    assert keys(found) == {"decisions_damaged"}
    assert all(finding.values["kept"] == 2 for finding in found)
    repair_state(layout)
    assert bad(check_state(layout)) == []
    decisions = RootState(layout, writable=False).decisions
    assert decisions.verdict(A, B) == "variants"
    assert decisions.verdict(A, "cc" * 32) == "not_duplicates"
    assert decisions.rescued == decisions.rejected == decisions.rejected_earlier == 0


def test_every_finding_has_a_sentence_and_every_bad_one_says_what_a_repair_does(layout: Layout) -> None:
    os.unlink(thumbnail(layout, 1))
    for path in (layout.files, layout.checkpoint, layout.decisions, layout.config, tables(layout)[0]):
        with open(path, "ab") as file:
            file.write(b"noise = \n")
    write(layout.files.path + b".part", b"")
    findings = check_state(layout)
    assert all(finding.remedy for finding in bad(findings))
    repaired = repair_state(layout)
    for language in LANGUAGES:
        set_language(language)
        for finding in [*findings, *repaired]:
            for key in filter(None, (finding.key, finding.remedy)):
                assert translate(f"doctor.{key}", **finding.values)


def test_state_that_was_kept_in_the_root_before_is_no_stranger(tmp_path: Path) -> None:
    """After a scan without ``--state`` the folder in the root holds a review of ours."""
    root, state = (os.fsencode(tmp_path / name) for name in ("root", "state"))
    os.mkdir(root)
    before, layout = Layout(root, root), Layout(root, state)
    for each in (before, layout):
        prepare_folder(each)
        RootState(each).close()
        ReviewStore(each.review).close()
    write(os.path.join(before.folder, b"stranger"), b"")
    (finding,) = (finding for finding in check_state(layout) if finding.key == "unknown")
    assert finding.values["name"] == "stranger"
