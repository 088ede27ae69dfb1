from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.locale import load_catalogue
from dpm_tui.pipeline.verify import Kind, Verdict
from dpm_tui.state.check import Finding, check_state, repair_state
from dpm_tui.state.config import Config, Settings, load_settings, save_settings
from dpm_tui.state.layout import Layout
from dpm_tui.state.root_state import RootState
from dpm_tui.state.state_folder import prepare_folder
from tests.support.image_files import image_file

A, B = "aa" * 32, "bb" * 32


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(os.fsencode(tmp_path), os.fsencode(tmp_path))
    prepare_folder(layout)
    state = RootState(layout)
    for id_ in range(1, 6):
        state.files.put(image_file(id_))
    state.verdicts.put((A, B), Verdict(Kind.COPY, 0.97))
    state.decisions.decide([A, B], "variants")
    state.close()
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
    (finding,) = check_state(Layout(os.fsencode(other), os.fsencode(other)))
    assert not finding.good
    assert "symbolic link" in finding.values["reason"]


def test_every_finding_has_a_sentence(layout: Layout) -> None:
    for path in (layout.files, layout.checkpoint):
        with open(path, "ab") as file:
            file.write(b"noise = \n")
    for finding in [*check_state(layout), *repair_state(layout)]:
        sentence = load_catalogue("en")[f"cli.{finding.key}"]
        assert isinstance(sentence, str)
        assert sentence.format(**finding.values)
