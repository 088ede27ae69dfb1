"""The review in plain lines, as a process: what is asked and done, and what happens when it is cut short."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.support.album import dpm, files_below
from tests.support.hostile import HOSTILE_NAMES
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow

BY_FOLDER = ("--sort", "folder")


def review(folder: Path, *lines: str, language: str = "en", options: tuple[str, ...] = ()) -> tuple[int, str]:
    """Walk through a folder with these answers; return exit code and what was said."""
    typed = "".join(f"{line}\n" for line in lines)
    done = dpm("review", folder, "--plain", "--language", language, *options, input_=typed)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


class Talk:
    """A review that is talked to line by line."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dpm_tui", "review", str(folder), "--plain", "--language", "en"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.until("(? for help)")

    def until(self, words: str) -> str:
        """Read until a line holds these words."""
        assert self.process.stdout is not None
        said = ""
        while words not in said:
            line = self.process.stdout.readline()
            assert line, said
            said += line
        return said

    def type(self, *lines: str) -> None:
        """Type lines."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def end(self) -> int:
        """Close the input and wait for the end."""
        self.process.communicate(timeout=60)
        return self.process.returncode


def test_the_safest_groups_come_first_unless_another_order_is_asked_for(album: Path) -> None:
    _, said = review(album, "s", "s", "q")
    assert re.findall(r"1\. (\S+),", said) == ["sea.jpg", "town.png", "hill.jpg"]
    _, said = review(album, "s", "s", "q", options=BY_FOLDER)
    assert re.findall(r"1\. (\S+),", said) == ["hill.jpg", "sea.jpg", "town.png"]


def test_a_walk_from_the_first_group_to_the_bin(album: Path) -> None:
    before = set(files_below(album))
    code, said = review(album, "?", "a", "k 2", "z", "k 1", "a", "p", "y", "q")
    assert code == 0
    assert re.search(r"1\. hill\.jpg, 640 by 480, JPEG quality 92, .*, in the top folder", said)
    assert "beside 1: copy, similarity 0.99" in said
    assert "- worse than 1: less detail at full size, 25 % of the pixels; 25% of the pixels; " in said
    assert "Suggestion: keep 1, remove 2" in said
    assert "a: accept the suggestion" in said
    assert "Undone: 2 marks" in said
    assert "goes: backup/sea (1).jpg; stays: sea.jpg; identical" in said
    assert "Move 3 files (1 identical, 1 pixels, 1 copy)" in said
    assert "Moved 3 files" in said
    assert before - set(files_below(album)) == {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}


def test_under_a_filter_it_is_asked_whether_hidden_marks_move_too(album: Path) -> None:
    before = set(files_below(album))
    code, said = review(album, "a", "a", "a", "b", "/sea", "d", "n", "d", "s", "y", "q", "q")
    assert code == 0
    assert "3 files are marked, 1 of them in the groups that the filter shows" in said
    assert "Move 1 file (1 identical" in said
    assert before - set(files_below(album)) == {"backup/sea (1).jpg"}
    code, said = review(album, "/town", "d", "a", "y", "q")
    assert code == 0
    assert "2 files are marked, 1 of them in the groups that the filter shows" in said
    assert before - set(files_below(album)) == {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}


def test_a_batch_comes_back_with_undo(album: Path) -> None:
    before = set(files_below(album))
    code, said = review(album, "s", "r 1", "d", "y", "z", "Z", "z", "q", "q")
    assert code == 0
    assert "Moved 1 file" in said
    assert "Batch undone: 1 file is back" in said
    assert "1 mark is kept for the next review" in said
    assert set(files_below(album)) == before


def test_decisions_are_remembered_and_taken_back(album: Path) -> None:
    code, said = review(album, "n 1 3", "z", "v", "n", "q", options=BY_FOLDER)
    assert code == 0
    assert "these 2 are not duplicates" in said
    assert "Decision taken back: 2 files" in said
    assert "these 3 are variants" in said
    assert "The same bytes cannot be told apart" in said
    listed = dpm("decisions", album).stdout.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["variants"]
    assert "Group 1 of 2" in review(album, "q")[1]


def test_what_makes_no_sense_is_said_and_changes_nothing(album: Path) -> None:
    typed = ("x", "k", "k 9", "r 1 2 3", "g 7", "b", "/kind:odd", "/no such name", "a 2 \x1b[2J", "d", "q")
    code, said = review(album, *typed, options=BY_FOLDER)
    assert code == 0
    assert "\x1b" not in said
    for words in (
        "x? ? lists", "Which file? For example: k 2", "no file 9 here: 1 to 3", "never loses its last file",
        "g 1 to g 3", "This is the first group", "odd? identical", "No group fits", "\\x1b",
        "Nothing is marked",
    ):  # fmt: skip
        assert words in said, words


def test_the_end_of_the_input_is_polite_and_moves_nothing(album: Path) -> None:
    before = set(files_below(album))
    assert review(album)[0] == 0
    code, said = review(album, "a", "a")
    assert code == 3
    assert "The input has ended" in said
    assert "2 marks are kept for the next review, here or in the app" in said
    code, said = review(album, "p", "d")
    assert (code, "Moved" in said) == (3, False)
    assert "2 files are marked from last time" in said
    assert "Group 3 of 3" in said, "it goes on where it was"
    code, said = review(album, "z", "d", "y", "q")
    assert "Moved 1 file" in said, "undo reaches back to the time before"
    assert before - set(files_below(album)) == {"backup/sea (1).jpg"}


def test_it_speaks_chinese(album: Path) -> None:
    code, said = review(album, "?", "a", "d", "y", "q", language="zh_CN")
    assert code == 0
    assert "建议：保留 1，移除 2" in said
    assert "已把 1 个文件" in said
    assert not re.search(r"[A-Za-z]{4,} [a-z]{3,} [a-z]{2,}", said), "an English sentence"


def test_options_choose_groups_and_kinds(album: Path) -> None:
    code, said = review(album, "a", "n", "q", "q", options=("--kinds", "turned"))
    assert code == 0
    assert "Group 1 of 1" in said
    assert "Suggestion: keep 1, remove 3" in said
    assert "Group 1 of 1" in review(album, options=("--filter", "town"))[1]
    first = re.search(r"1\. (\S+),", review(album, options=("--sort", "size"))[1])
    assert first is not None
    assert first[1] == "town.png"
    wrong = dpm("review", album, "--plain", "--filter", "colour:red")
    assert wrong.returncode == 2
    assert "colour" in wrong.stderr


def test_a_file_that_changed_meanwhile_stays_and_is_named(album: Path) -> None:
    talk = Talk(album)
    talk.type("a")
    talk.until("(? for help)")
    (album / "backup/sea (1).jpg").write_bytes(b"something else")
    talk.type("d", "y")
    assert "left alone: backup/sea (1).jpg: " in talk.until("left alone")
    talk.type("q", "q")
    assert talk.end() == 1
    assert (album / "backup/sea (1).jpg").exists()


def test_an_interrupt_at_a_question_moves_nothing(album: Path) -> None:
    before = set(files_below(album))
    talk = Talk(album)
    talk.type("a", "d")
    talk.until("to the recycle bin?")
    talk.process.send_signal(signal.SIGINT)
    assert "1 mark is kept" in talk.until("is kept")
    assert talk.end() == 3
    assert set(files_below(album)) == before


def test_whoever_came_second_takes_over_with_the_marks_of_the_first(album: Path) -> None:
    first, second = Talk(album), Talk(album)
    first.type("a")
    first.until("(? for help)")
    second.type("n")
    second.until("View only")
    first.end()
    said = ""
    while "The other app has left" not in said:
        second.type("?")
        said = second.until("(? for help)")
    assert "marked from last time" in said
    before = set(files_below(album))
    second.type("d")
    second.until("Move 1 file")
    second.type("y", "q")
    assert second.end() == 0
    assert before - set(files_below(album)) == {"backup/sea (1).jpg"}


def test_a_dumb_terminal_gets_plain_lines_unasked(album: Path) -> None:
    pid, master = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execv(sys.executable, [sys.executable, "-m", "dpm_tui", "review", str(album), "--language", "en"])
    said = read_until(master, b"(? for help)")
    os.write(master, b"a\n")
    said += read_until(master, b"Group 2 of 3")
    os.write(master, b"\x03")
    said += read_until(master, b"is kept")
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert os.waitstatus_to_exitcode(status) == 3
    assert b"\x1b" not in said


def test_a_terminal_that_goes_away_moves_nothing(album: Path) -> None:
    before = set(files_below(album))
    pid, master = pty.fork()
    if pid == 0:
        os.execv(
            sys.executable,
            [sys.executable, "-m", "dpm_tui", "review", str(album), "--plain", "--language", "en"],
        )
    read_until(master, b"(? for help)")
    os.write(master, b"a\n")
    read_until(master, b"Group 2 of 3")
    os.close(master)
    os.waitpid(pid, 0)
    assert set(files_below(album)) == before


def test_hostile_names_are_shown_harmlessly_and_moved(tmp_path: Path) -> None:
    """The folder was never scanned: that comes first."""
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    names = [name for name in HOSTILE_NAMES if b"." in name and len(name) < 200][:14]
    for number, name in enumerate(names):
        picture = encode(scene(number, 320, 240).resize((320, 240), Image.Resampling.BILINEAR))
        for folder in (b"", b"sub/"):
            path = os.fsencode(root) + b"/" + folder + name
            with open(path if path.endswith(b".jpg") else path + b".jpg", "wb") as file:
                file.write(picture)
    code, said = review(root, *["a"] * len(names), "n", "d", "y", "q")
    assert code == 0
    assert f"Moved {len(names)} files" in said
    assert [character for character in said if not character.isprintable() and character != "\n"] == []
    assert "\\x1b[2J" in said
    assert len(os.listdir(root / "sub")) == 0 or len(list(files_below(root))) == len(names)


def read_until(master: int, words: bytes, seconds: float = 60.0) -> bytes:
    """Return what a terminal shows until it shows these words."""
    said, end = b"", time.monotonic() + seconds
    while words not in said:
        ready, _, _ = select.select([master], [], [], max(end - time.monotonic(), 0))
        assert ready, said
        try:
            said += os.read(master, 65536)
        except OSError:
            break
    assert words in said, said
    return said
