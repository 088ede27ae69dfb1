"""A walk through the pages: each of their commands runs, on a real library, and each exit code occurs.

A command, an option or an exit code that a page names and the walk does not meet fails it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from dpm_tui.cli import main
from dpm_tui.cli.parser import VERBS, parse
from dpm_tui.cli.plain_review.answer_parser import read_answer
from dpm_tui.recycle.filesystem.file_clone import clone
from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.rules.presets import clean_words
from dpm_tui.state.disk.lock import Lock
from tests.support.album import dpm, files_below, make_album
from tests.support.pages import PAGES, all_text, blocks, inline_code, section, table_cells, table_rows
from tests.support.paused_scan import paused_scan
from tests.support.workers import layout_of

_WORD = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*|[a-z_]+)(?![\w-])")
_PROGRAM = "~/dpm/bin/dpm-tui"
_COMMAND = re.compile(r"(?:~/dpm/bin/)?(dpm-tui(?: .*)?)")
_APP = "dpm-tui: The app needs a terminal."


def synopses() -> dict[str, set[str]]:
    """Return the words and options that the list of commands has, by verb; the app has none.

    Of the words in a line that goes on with a command only alternatives count: the others explain.
    """
    text = next(text for text in blocks("") if text.startswith("dpm-tui [DIR]"))
    words: dict[str, set[str]] = defaultdict(set)
    verb = ""
    for line in text.splitlines():
        if line.startswith("dpm-tui"):
            synopsis = re.split(r"\s{2,}", line)[0]
            named = synopsis.split()[1]
            verb = named if named[0].isalpha() else ""
        else:
            synopsis = " ".join(word for word in line.split() if word.startswith("--") or "|" in word)
        words[verb] |= {*_WORD.findall(synopsis)} - {"dpm-tui"}
    return words


class Walk:
    """Runs commands and remembers what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.said: dict[str, set[str]] = defaultdict(set)
        self._capsys = capsys

    def __call__(self, verb: str, *words: object, code: int = 0, typed: str | None = None) -> str:
        """Run ``dpm-tui`` and return its standard output; with ``typed`` as a process that reads that."""
        line = [verb, *map(str, words)]
        self.said[verb] |= {part for word in line for part in re.split("[,=]", word)}
        if typed is not None:
            done = dpm(*line, input_=typed)
            assert done.returncode == code, done.stderr
            return done.stdout
        self._capsys.readouterr()
        returned = main(line)
        told = self._capsys.readouterr()
        assert returned == code, told.err
        return told.out

    def serve(self, *words: object) -> str:
        """Run ``dpm-tui serve`` until it has printed an address, and return that."""
        line = ["serve", *map(str, words)]
        self.said["serve"] |= set(line)
        return serve_once(*line)


def serve_once(*words: str) -> str:
    """Start a server as a process, stop it when it has printed an address, and return that."""
    command = [sys.executable, "-m", "dpm_tui", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline()
        server.terminate()
        _, told = server.communicate(timeout=60)
    assert server.returncode == 0, told
    return address


def has_reflinks(folder: Path) -> bool:
    """Return whether files in a folder can share their data."""
    with (folder / "first").open("wb") as first, (folder / "second").open("w+b") as second:
        for path in ("first", "second"):
            (folder / path).unlink()
        try:
            clone(second.fileno(), first.fileno())
        except OSError:
            return False
    return True


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_command_of_the_list_runs(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each verb with each of its options does what it says, one after the other on one library."""
    walk = Walk(capsys)
    files = sorted(files_below(album))
    plan, page, decisions = (tmp_path / name for name in ("plan.json", "page.html", "decisions.json"))

    for model in ("photo", "illustration", "auto"):
        out = walk("scan", album, "--model", model, "--threshold", ".6", "--json", "--progress")
        assert json.loads(out.splitlines()[-1])["pictures"] == len(files)
    assert walk("scan", album, "--quiet", "--accept-missing") == ""
    assert walk("scan", album, "--quiet", "--quick") == ""
    same = f"{tmp_path}={tmp_path}"
    assert walk("scan", album, "--quiet", "--workers-local", "1", "--map", same) == ""
    walk("scan", album, "--scheduler", "tcp://127.0.0.1:9", code=1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(album / "alone.jpg", elsewhere)
    walk("scan", album, "--with", elsewhere, "--protect", elsewhere)
    told = json.loads(walk("report", album, "--format", "json"))["files"]
    assert str(elsewhere) in {file["root"] for file in told}
    walk("scan", album, "--without", elsewhere)
    assert "New since" in walk("scan", album, "--since", "7d", "--quiet")
    assert "background" in walk("scan", album, "--detach")
    assert json.loads(walk("status", album, "--json"))["pid"] > 0
    assert walk("status", album)
    assert "stopped" in walk("stop", album)

    assert "hill" in walk(
        "review", album, "--plain", "--kinds", "copy", "--filter", "name:hill", "--sort", "size", typed="q\n"
    )
    assert len(json.loads(walk("report", album, "--format", "json"))["files"]) == len(files)
    assert "sea.jpg" in walk("report", album, "--format", "csv")
    walk("report", album, "--format", "html", "-o", page)
    assert "New since" in walk("report", album, "--format", "text", "--since", "7d")
    assert 'class="pictures"' in page.read_text(encoding="utf-8")

    assert "itself" in walk("find", album / "sea.jpg", "--in", album)
    assert json.loads(walk("find", album / "hill.jpg", "--in", album, "--kinds", "copy", "--json"))["found"]

    for companions in ("ask", "together", "never"):
        walk("clean", album, "--rule", "best", "--companions", companions, "--dry-run")
    walk("clean", album, "--rule", "best", "--kinds", "identical,pixels,copy", "--dry-run", "-o", plan)
    walk("clean", album, "--rule", "best", "--keep-metadata", "--dry-run")
    assert "hard link" in walk("clean", album, "--rule", "best", "--link", "hard", "--dry-run")
    without = int(not has_reflinks(album))
    walk("clean", album, "--rule", "best", "--link", "reflink", "--dry-run", code=without)
    assert "Would move 3" in walk("clean", album, "--plan", plan, "--dry-run")
    assert "Moved 3 files" in walk(
        "clean", album, "--plan", plan, "--kinds", "identical,pixels,copy", "--yes"
    )
    assert "nothing to do" in walk("clean", album, "--rule", "best", "--yes")

    entries = [line.split("\t")[0] for line in walk("bin", album, "list").splitlines()]
    assert len(entries) == 3
    assert walk("bin", album, "list", "--older-than", "30d", "--larger-than", "10M") == ""
    assert "Restored 1" in walk("bin", album, "restore", entries[0])
    batch = next(iter((album / "_image_temp/recycle_bin").glob("*/tree"))).parent.name
    assert "Restored 2" in walk("bin", album, "restore", "--batch", batch)
    assert sorted(files_below(album)) == files
    walk("clean", album, "--rule", "best", "--yes")
    assert "Restored 3" in walk("bin", album, "restore", "--all", "--to", tmp_path)
    walk("scan", album, "--quiet")
    purged = walk("bin", album, "purge", "--all", "--count", "0")
    assert "Deleted 0" in purged
    assert "Deleted 0" in walk("bin", album, "purge", "--all", "--yes")
    assert "restored" in walk("bin", album, "log")

    digests = ["1" * 64, "2" * 64]
    told = {"digests": digests, "verdict": "variants"}
    decisions.write_text(json.dumps({"schema": "dpm-tui/decisions/1", "decisions": [told]}))
    walk("stop", album)
    assert "Imported 1" in walk("decisions", album, "import", decisions)
    assert "variants" in walk("decisions", album, "list")
    assert digests[0] in walk("decisions", album, "export")
    walk("decisions", album, "export", "-o", tmp_path / "exported.json")
    assert "Revoked 0" in walk("decisions", album, "revoke", "sea.jpg")
    assert "Revoked 1" in walk("decisions", album, "revoke", "--all")

    (tmp_path / "password").write_text("correct horse\n")
    options = ("--host", "127.0.0.1", "--port", "0", "--password-file", tmp_path / "password")
    assert "https://pictures.example.org/?token=" in walk.serve(
        album, *options, "--public-url", "https://pictures.example.org"
    )

    assert "formats" in walk("doctor", typed="")
    assert walk("doctor", album, "--repair", typed="")
    walk("demo", tmp_path / "demo")
    missing = {verb: words - walk.said[verb] - {verb} for verb, words in synopses().items()}
    assert {verb: sorted(words) for verb, words in missing.items() if words and verb} == {}
    assert {*synopses()} == {"", *VERBS}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_command_in_the_text_runs(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those between backticks: DIR is the library, and the app says that it needs a terminal.

    The first of several alternatives is tried, and nothing is written into other files.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scan").mkdir()
    found = (_COMMAND.fullmatch(code) for page in PAGES for code in inline_code(page))
    lines = dict.fromkeys(line[1] for line in found if line)
    assert len(lines) > 5
    for line in lines:
        for verb in VERBS if "VERB" in line else ("",):
            words = shlex.split(line.partition(" > ")[0].replace("VERB", verb))[1:]
            words = [str(album) if word == "DIR" else word.partition("|")[0] for word in words]
            if words[:1] == ["serve"] and "--help" not in words:
                assert "token=" in serve_once(*words, "--port", "0")
                continue
            if words[:1] == ["review"]:
                assert dpm(*words, input_="q\n").returncode == 0
                continue
            capsys.readouterr()
            try:
                code = main(words)
            except SystemExit as ended:
                code = int(ended.code or 0)
            told = capsys.readouterr().err
            if code:
                assert (code, told.splitlines()[0]) == (2, _APP), f"{line}: {told}"


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("sh"))
def test_every_script_runs(block: str, album: Path, tmp_path: Path) -> None:
    """With this program in the place of the installed one; what others made is only pretended."""
    home = Path(os.environ["HOME"])
    (home / "Pictures").symlink_to(album)
    (tmp_path / "nas").mkdir()
    (tmp_path / "nas/photos").symlink_to(album)
    own = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dpm_tui "$@"\n'
    pretended = [home / "dpm/bin/pip", tmp_path / "bin/python3", tmp_path / "bin/mountpoint"]
    pretended += [tmp_path / ".venv/bin/pip", tmp_path / ".venv/bin/python"]
    pretended += [tmp_path / "bin" / name for name in ("pipx", "uv", "docker", "git")]
    programs = {home / "dpm/bin/dpm-tui": own, **dict.fromkeys(pretended, "#!/bin/sh\n")}
    for path, text in programs.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", block.replace("/mnt/nas", str(tmp_path / "nas"))],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        input="",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if f"{_PROGRAM} ~/Pictures" in block:
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, _APP)
        return
    assert (done.returncode, done.stderr) == (0, "")
    if "duplicates.html" in block:
        assert "sea.jpg" in (home / "duplicates.html").read_text(encoding="utf-8")
        assert done.stdout == ""


@pytest.mark.slow
def test_every_exit_code_occurs(album: Path, tmp_path: Path) -> None:
    """Each code of the table, by what the table says of it."""
    told = {int(row[0]) for row in table_rows(section("## Exit codes"))}
    decisions = tmp_path / "decisions.json"
    decisions.write_text(json.dumps({"schema": "dpm-tui/decisions/1", "decisions": []}))

    def stop_a_scan() -> int:
        fresh = make_album(tmp_path / "fresh")
        with paused_scan(fresh) as scan:
            assert main(["stop", str(fresh)]) == 0
            scan.communicate(timeout=100)
        return scan.returncode

    def import_beside_another() -> int:
        lock = Lock(layout_of(album).lock)
        code = main(["decisions", str(album), "import", str(decisions)])
        lock.release()
        return code

    def read_damaged_state() -> int:
        (album / "_image_temp/checkpoint.toml").write_bytes(b"\x00\xff")
        return main(["report", str(album), "--format", "csv"])

    ways: dict[int, Callable[[], int]] = {
        0: lambda: main(["status", str(album)]),
        1: lambda: main(["scan", str(tmp_path / "nowhere")]),
        2: lambda: main(["scan", str(album), "--threshold", "7"]),
        3: stop_a_scan,
        4: import_beside_another,
        5: read_damaged_state,
    }
    assert told == {*ways}
    for code, way in ways.items():
        assert way() == code


@pytest.mark.slow
def test_a_library_moves_with_its_state(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Renamed, nothing is read again, and the recycle bin is still that of this library."""
    assert main(["clean", str(album), "--rule", "best", "--yes"]) == 0
    assert main(["stop", str(album)]) == 0
    moved = album.rename(album.parent / "renamed")
    capsys.readouterr()
    assert main(["scan", str(moved), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (surveyed,) = (line["values"] for line in lines if line.get("key") == "surveyed")
    assert (surveyed["added"], surveyed["changed"], surveyed["gone"]) == (0, 0, 0)
    assert main(["bin", str(moved), "restore", "--all"]) == 0


def test_every_word_of_a_filter_is_one() -> None:
    words = table_cells("## Find groups")
    assert len(words) > 10
    for word in words:
        assert parse_filter(word).text, word


def test_every_word_of_a_rule_is_one() -> None:
    words = [*table_cells("## Criteria"), *table_cells("## Limits")]
    assert len(words) > 20
    for word in words:
        assert clean_words((word,)) == (word,)


def test_every_answer_of_the_review_in_lines_is_understood() -> None:
    answers = table_cells("## With a screen reader")
    assert len(answers) > 15
    for answer in answers:
        assert read_answer(answer).letter == answer[0]


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_option_is_on_a_page(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one of its spellings: what the pages do not name does not exist for users."""
    with pytest.raises(SystemExit):
        parse([*([verb] if verb else []), "--help"])
    usage = capsys.readouterr().out.partition("options:")[2]
    text = all_text()
    options = re.findall(r"^  (-.*?)(?:  |$)", usage, re.MULTILINE)
    assert len(options) > 3
    for option in options:
        spellings = [word for word in re.split(r"[, ]+", option) if word.startswith("-")]
        assert any(re.search(rf"{re.escape(word)}(?![\w-])", text) for word in spellings), option
