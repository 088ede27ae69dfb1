"""``find`` says whether pictures are in a library already, to people, to programs and by its exit code."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageOps

from dpm_tui.cli import main
from dpm_tui.errors import UsageError
from tests.support.album import files_below
from tests.support.paused_scan import paused_scan
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Return a folder with a copy, a part, a picture that is nowhere else, and two that cannot be read."""
    folder = tmp_path / "asked"
    (folder / "deep").mkdir(parents=True)
    (folder / "copy.jpg").write_bytes(encode(scene(1, 640, 480).resize((400, 300)), quality=80))
    (folder / "deep/part.png").write_bytes(encode(scene(3, 640, 480).crop((60, 50, 560, 420)), "PNG"))
    (folder / "nowhere.jpg").write_bytes(encode(scene(99, 640, 480)))
    (folder / "broken.jpg").write_bytes(encode(scene(5))[:300])
    return folder


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Run ``find`` and return its exit code and what it said."""
    capsys.readouterr()
    code = main(["find", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def lines(out: str) -> dict[str, dict[str, Any]]:
    """Return what JSON lines say, by the name of the picture."""
    records = [json.loads(line) for line in out.splitlines()]
    assert {record["schema"] for record in records} == {"dpm-tui/find/1"}
    return {os.path.basename(record["picture"]): record for record in records}


def test_what_is_there_is_named_with_kind_similarity_and_size(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, asked / "copy.jpg", "--in", album)
    name, *matches = out.splitlines()
    assert (code, err) == (0, "")
    assert name == str(asked / "copy.jpg")
    assert [match.split()[0] for match in matches] == ["copy", "copy"]
    assert any("sea.jpg" in match and "KB" in match and "library is better" in match for match in matches)


def test_one_that_is_nowhere_makes_it_fail_and_the_rest_goes_on(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, asked, asked / "missing.jpg", "--in", album)
    assert code == 1
    blocks = out.split(str(asked))
    assert [block.split()[0] for block in blocks[1:]] == ["/copy.jpg", "/deep/part.png", "/nowhere.jpg"]
    assert "crop" in blocks[2]
    assert "not found" in blocks[3]
    assert "broken.jpg" in err
    assert "missing.jpg" in err
    assert "2 of 4 pictures" in err


def test_each_line_of_json_stands_for_itself(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys, asked, asked / "missing.jpg", "--json", "--in", album)
    records = lines(out)
    assert code == 1
    assert [records[name]["found"] for name in ("copy.jpg", "part.png", "nowhere.jpg")] == [True, True, False]
    assert records["broken.jpg"]["error"]
    assert records["missing.jpg"]["error"]
    part = next(match for match in records["part.png"]["matches"] if match["path"] == "hill.jpg")
    assert part["kind"] == "crop"
    assert {"kind", "similarity", "path", "bytes", "width", "height", "format"} <= part.keys()


def test_what_is_found_is_what_a_scan_says_of_the_same_pair(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the decoders, the models and the look at full size of a real worker."""
    hill = scene(3, 640, 480)
    (asked / "same.jpg").write_bytes((album / "sea.jpg").read_bytes())
    (asked / "pixels.bmp").write_bytes(encode(scene(2, 640, 480), "BMP"))
    (asked / "mirrored.png").write_bytes(encode(ImageOps.mirror(hill), "PNG"))
    (asked / "grey.jpg").write_bytes(encode(hill.convert("L"), quality=85))
    found = {
        (name, match["path"]): (match["kind"], match["similarity"], match.get("better"))
        for name, record in lines(told(capsys, asked, "--json", "--in", album)[1]).items()
        for match in record["matches"]
    }
    for path in asked.rglob("*.*"):
        shutil.copy(path, album / f"new {path.name}")
    assert main(["scan", str(album), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["report", str(album), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    paths = {file["id"]: file["path"] for file in report["files"]}
    said = {}
    for pair in report["pairs"]:
        first, second = paths[pair["a"]], paths[pair["b"]]
        new, old = (first, second) if first.startswith("new ") else (second, first)
        if new.startswith("new ") and not old.startswith("new "):
            better = "asked" if paths.get(pair.get("better")) == new else "match"
            told_of = pair["kind"], pair["similarity"], better if "better" in pair else None
            said[new.removeprefix("new "), old] = told_of
    assert {facts[0] for facts in said.values()} >= {"identical", "pixels", "copy", "crop", "turned"}
    both = said.keys() & found.keys()
    assert {pair: found[pair][:2] for pair in both} == {pair: said[pair][:2] for pair in both}
    assert both == said.keys(), "nothing that a scan finds is missing"


def test_only_kinds_that_are_named_count(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, asked / "deep/part.png", "--in", album)[0] == 0
    code, out, _ = told(capsys, asked / "deep/part.png", "--kinds", "identical,pixels,copy", "--in", album)
    assert code == 1
    assert "not found" in out


def test_a_picture_of_the_library_finds_its_copies(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, album / "sea.jpg", album / "alone.jpg", "--in", album)
    sea, alone = out.split(str(album))[1:]
    assert code == 1, "the second has no copy"
    assert "is itself in the library" in sea
    assert "backup/sea (1).jpg" in sea
    assert "is itself in the library" in alone
    assert "no other copy" in alone


def test_a_picture_in_another_root_is_found_by_its_whole_path(
    album: Path, asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "nowhere too.png").write_bytes(encode(scene(99, 640, 480), "PNG"))
    assert main(["scan", str(album), "--with", str(other), "--quiet"]) == 0
    code, out, _ = told(capsys, asked / "nowhere.jpg", "--json", "--in", album)
    ((match,),) = (record["matches"] for record in lines(out).values())
    assert (code, match["kind"], match["path"]) == (0, "copy", str(other / "nowhere too.png"))
    out = told(capsys, other, "--json", "--in", album)[1]
    assert lines(out)["nowhere too.png"]["itself"]


def test_nothing_in_the_library_changes(album: Path, asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(files_below(album))
    told(capsys, asked, "--in", album)
    assert sorted(files_below(album)) == before
    assert main(["status", str(album)]) == 0
    assert "Pictures: 9," in capsys.readouterr().out


def test_a_name_that_no_text_can_hold_is_told_as_bytes_too(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.jpg")
    with open(path, "wb") as file:
        file.write(encode(scene(1, 640, 480), quality=70))
    code, out, _ = told(capsys, os.fsdecode(path), "--json", "--in", album)
    (record,) = map(json.loads, out.splitlines())
    assert code == 0
    assert record["picture_b64"]


def test_while_a_scan_goes_on_it_answers_from_what_is_there(
    album: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (album / "new.jpg").write_bytes(encode(scene(77, 640, 480)))
    with paused_scan(album):
        assert told(capsys, asked / "copy.jpg", "--in", album)[0] == 0


def test_a_folder_that_was_never_scanned_is_said_so_and_left_alone(
    tmp_path: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = told(capsys, asked, "--in", empty)
    assert (code, out) == (1, "")
    assert "has not been scanned yet" in err
    assert f"dpm-tui scan {empty}" in err
    assert list(empty.iterdir()) == []


def test_a_folder_without_pictures_is_named(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none").mkdir()
    code, _, err = told(capsys, tmp_path / "none", "--in", album)
    assert code == 1
    assert "none: no pictures in it" in err


def test_wrong_usage_is_told(album: Path, asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["find", str(asked)], ["find", "--in", str(album)]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
    assert told(capsys, asked, "--in", album, "--kinds", "odd")[0] == UsageError.exit_code
