"""Decisions from the command line: listed, carried to another folder, never half imported."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dpm_tui.cli import main
from dpm_tui.locale import set_language
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from tests.support.image_files import image_file

A, B, C, D = (f"{number:02x}" * 32 for number in (10, 11, 12, 13))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with three known contents and two decisions about them and an unknown one."""
    layout = layout_of(tmp_path / "root")
    prepare_folder(layout)
    state = RootState(layout)
    state.files.put(image_file(1, b"a.jpg", digest=A))
    state.files.put(image_file(2, b"copy of a\x1b.jpg", digest=A))
    state.files.put(image_file(3, b"b.jpg", digest=B))
    state.files.put(image_file(4, b"away.jpg", digest=C, status="missing"))
    state.decisions.decide([A, B], "variants")
    state.decisions.decide([A, C, D], "not_duplicates")
    state.close()
    return tmp_path / "root"


def layout_of(folder: Path) -> Layout:
    folder.mkdir(exist_ok=True)
    return Layout(os.fsencode(folder), os.fsencode(folder))


def verdicts(folder: Path) -> list[str]:
    decisions = RootState(layout_of(folder), writable=False).decisions
    return [decisions.verdict(*pair) for pair in ((A, B), (A, C), (A, D), (C, D), (B, C))]


EXPECTED = ["variants", "not_duplicates", "not_duplicates", "not_duplicates", ""]


def test_each_decision_is_a_line_with_the_paths_of_now(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decisions", str(root)]) == 0
    said = capsys.readouterr()
    first, second = (line.split("\t") for line in said.out.splitlines())
    assert (first[0], first[2:]) == ("variants", ["a.jpg = copy of a\\x1b.jpg", "b.jpg"])
    assert (second[0], second[2:]) == ("not duplicates", ["a.jpg = copy of a\\x1b.jpg", "-", "-"])
    assert first[1].startswith("20")
    assert "2 decisions" in said.err


def test_a_folder_that_was_never_scanned_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


def test_what_is_exported_can_be_imported_elsewhere(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "decisions.json", tmp_path / "other"
    other.mkdir()
    assert main(["decisions", str(root), "export", "-o", str(file)]) == 0
    assert main(["decisions", str(other), "import", str(file)]) == 0
    assert "Imported 2 decisions of 2" in capsys.readouterr().out
    assert verdicts(other) == verdicts(root) == EXPECTED
    assert main(["decisions", str(other), "import", str(file)]) == 0
    assert "Imported 0 decisions of 2" in capsys.readouterr().out
    assert main(["decisions", str(other), "export"]) == 0
    again = json.loads(capsys.readouterr().out)["decisions"]
    first = json.loads(file.read_text())["decisions"]
    assert [{**item, "paths": []} for item in first] == again


def test_an_import_does_not_overrule_what_was_decided_here(root: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "decisions.json", tmp_path / "other"
    state_layout = layout_of(other)
    prepare_folder(state_layout)
    state = RootState(state_layout)
    state.decisions.decide([A, C], "variants")
    state.close()
    main(["decisions", str(root), "export", "-o", str(file)])
    assert main(["decisions", str(other), "import", str(file)]) == 0
    assert verdicts(other) == ["variants", "variants", "not_duplicates", "not_duplicates", ""]


def test_decisions_outlive_a_damaged_journal_and_say_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    RootState(layout_of(root)).close()
    (root / "_image_temp/decisions.jsonl").write_bytes(b"")
    assert main(["decisions", str(root)]) == 5
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "previous generation" in said.err
    assert "decisions.jsonl" in said.err
    assert verdicts(root) == EXPECTED


def test_a_file_with_one_wrong_entry_changes_nothing(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "decisions.json", tmp_path / "other"
    other.mkdir()
    main(["decisions", str(root), "export", "-o", str(file)])
    file.write_text(file.read_text().replace("not_duplicates", "delete"))
    assert main(["decisions", str(other), "import", str(file)]) == 1
    said = capsys.readouterr().err
    assert str(file) in said
    assert "Nothing was imported" in said
    assert list(other.iterdir()) == []


def test_a_running_worker_keeps_an_import_out(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "decisions.json"
    main(["decisions", str(root), "export", "-o", str(file)])
    lock = Lock(layout_of(root).lock)
    assert main(["decisions", str(root), "import", str(file)]) == 4
    lock.release()
    assert main(["decisions", str(root), "import", str(file)]) == 0


def test_state_of_a_newer_version_is_refused(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "decisions.json"
    main(["decisions", str(root), "export", "-o", str(file)])
    (root / "_image_temp/checkpoint.toml").write_text("schema = 99\n")
    before = (root / "_image_temp/decisions.jsonl").read_bytes()
    for arguments in (["list"], ["export"], ["import", str(file)]):
        assert main(["decisions", str(root), *arguments]) == 5
    assert (root / "_image_temp/decisions.jsonl").read_bytes() == before


def test_what_was_decided_about_a_picture_can_be_revoked(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decisions", str(root), "revoke", "a.jpg", "b.jpg"]) == 0
    assert verdicts(root) == ["", *EXPECTED[1:]]
    assert main(["decisions", str(root), "revoke", str(root / "away.jpg")]) == 0
    assert verdicts(root) == ["", "", "not_duplicates", "", ""]
    assert capsys.readouterr().out == "Revoked 1 decision\n" * 2
    assert main(["decisions", str(root), "revoke", "--all"]) == 0
    assert verdicts(root) == [""] * 5


def test_only_what_is_known_can_be_revoked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", str(root), "revoke", "nothing\x1b.jpg"]) == 2
    assert "nothing\\x1b.jpg is not known here" in capsys.readouterr().err
    assert main(["decisions", str(root), "revoke"]) == 2
    assert main(["decisions", str(root), "revoke", "a.jpg", "--all"]) == 2
    lock = Lock(layout_of(root).lock)
    assert main(["decisions", str(root), "revoke", "--all"]) == 4
    lock.release()
    assert verdicts(root) == EXPECTED


def test_wrong_usage(root: Path) -> None:
    assert main(["decisions", str(root), "import"]) == 2
    assert main(["decisions", str(root), "export", "file.json"]) == 2
    with pytest.raises(SystemExit) as failure:
        main(["decisions", str(root), "burn"])
    assert failure.value.code == 2


def test_an_export_that_cannot_be_written_says_so(root: Path, tmp_path: Path) -> None:
    assert main(["decisions", str(root), "export", "-o", str(tmp_path / "no/such/file")]) == 1


def test_it_speaks_chinese(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["decisions", str(root), "--language", "zh_CN"])
    assert "变体" in capsys.readouterr().out
    set_language("en")
