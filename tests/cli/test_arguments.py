"""The grammar of the command line: any order, help for everything, and advice for slips."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dpm_tui.cli import main
from dpm_tui.cli.parser import VERBS, parse
from dpm_tui.locale import load_catalogue
from dpm_tui.shell_commands import remember_place, with_place


@pytest.mark.parametrize(
    "line",
    [
        "--state X --language en decisions DIR export -o F",
        "decisions --language en --state X DIR export -o F",
        "decisions DIR --state X export -o F --language en",
        "decisions DIR -o F --state=X export --language=en",
        "--language=en decisions DIR export --state X -o F",
        "--state=X decisions --language en -o F DIR export",
    ],
)
def test_options_stand_anywhere(line: str) -> None:
    """Before the verb, behind it, and between folder and action."""
    options = parse(line.split())
    told = (options.state, options.language, options.folder, options.action, options.output, options.files)
    assert told == ("X", "en", "DIR", "export", "F", [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bin DIR restore --to T ONE TWO", {"action": "restore", "entries": ["ONE", "TWO"], "to": "T"}),
        ("bin DIR --batch B restore", {"action": "restore", "batch": "B", "entries": []}),
        ("bin --all DIR purge --count 3", {"action": "purge", "all": True, "count": 3}),
        ("decisions DIR revoke --state X a.jpg b.jpg", {"action": "revoke", "files": ["a.jpg", "b.jpg"]}),
        ("--state X scan DIR", {"folder": "DIR", "state": "X"}),
        ("--language zh_CN status DIR", {"folder": "DIR", "language": "zh_CN"}),
        ("scan --threshold .7 DIR", {"threshold": 0.7, "folder": "DIR"}),
        ("doctor --repair DIR --state X", {"folder": "DIR", "repair": True, "state": "X"}),
        ("doctor", {"folder": ""}),
        ("--state X DIR", {"folder": "DIR", "state": "X"}),
        ("DIR --state X --no-mouse", {"folder": "DIR", "state": "X", "mouse": False}),
        ("--state scan DIR", {"folder": "DIR", "state": "scan"}),
        ("./scan", {"folder": "./scan"}),
        ("-- scan", {"folder": "scan"}),
        ("", {"folder": "."}),
    ],
)
def test_what_a_line_says_is_understood(line: str, expected: dict[str, object]) -> None:
    options = vars(parse(line.split()))
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("scna lib", ("scna", "dpm-tui scan lib")),
        ("scna --state X lib", ("dpm-tui scan --state X lib",)),
        ("reprot 'my pics' --format json", ("dpm-tui report 'my pics' --format json",)),
        ("scna", ("dpm-tui scan",)),
        ("holiday lib", ("holiday lib", *VERBS)),
        ("a b c", VERBS),
    ],
)
def test_a_slip_is_named_with_the_verb_that_it_may_mean(
    line: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is wrong usage, and the line that was meant can be pasted."""
    assert main(shlex.split(line)) == 2
    told = capsys.readouterr().err
    assert all(word in told for word in words), told


def test_a_folder_that_is_missing_is_no_slip(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/nowhere/scna"]) == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_argument_has_help(verb: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No option stands without a word, and the headings speak the language too."""
    with pytest.raises(SystemExit) as exit_:
        parse([*([verb] if verb else []), "--help", "--language", language])
    assert exit_.value.code == 0
    told = capsys.readouterr().out
    assert str(load_catalogue(language)["usage.options"]) in told
    lines = told.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        words = line.split()
        if line.startswith("  ") and not line.startswith("   ") and words:
            assert "  " in line.strip() or following.startswith(" " * 20), line


def test_defaults_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["scan", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "default: as set, at first auto" in told
    assert "default: as set, at first 0.6" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("scan", "缺少必需的参数"),
        ("scan DIR --nonsense", "无法识别的参数"),
        ("scan DIR --model x", "不是可选的值"),
        ("bin DIR purge --count x", "不是有效的"),
        ("clean DIR", "必须给出一个"),
        ("scan DIR --threshold x", "不是数字"),
    ],
)
def test_wrong_usage_is_told_in_chinese(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse(["--language", "zh_CN", *line.split()])
    told = capsys.readouterr().err
    assert exit_.value.code == 2
    assert words in told
    assert "用法：" in told
    assert "error" not in told


def test_commands_in_messages_can_be_pasted(tmp_path: Path) -> None:
    """The folder of the command line stands in them, quoted, and --state goes along."""
    remember_place(parse(["scan", "my pics", "--state", "it's"]))
    told = with_place("Run: dpm-tui doctor DIR --repair, or dpm-tui DIR.")
    assert "dpm-tui doctor 'my pics' --state 'it'\"'\"'s' --repair" in told
    assert "dpm-tui 'my pics' --state" in told
    remember_place(parse(["doctor"]))
    assert with_place("dpm-tui scan DIR") == "dpm-tui scan DIR"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("treshold = 0.7\n", "Did you mean threshold?"),
        ("protect = ['a']\n", "Did you mean protected?"),
        ("zzz = 1\n", "no setting zzz"),
    ],
)
def test_a_misspelt_setting_is_named_and_harms_nothing(
    tmp_path: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other settings hold, and the verb does what it does."""
    (tmp_path / "_image_temp").mkdir(mode=0o700)
    (tmp_path / "_image_temp/config.toml").write_text(text + 'language = "en"\n')
    assert main(["bin", str(tmp_path), "list"]) == 0
    assert words in capsys.readouterr().err


_COMMAND = re.compile(
    r"dpm-tui ([a-z]+) DIR"
    r"((?: (?:--?[a-z-]+|[A-Z]{2,}(?:\.\.\.)?|\{(?:path|kinds)\}"
    r"|json|best|list|restore|export|revoke)(?!\w))*)"
)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_command_that_a_sentence_names_is_one(language: str) -> None:
    """Nothing that it needs is left out; what stands in capitals is for people to fill in."""
    found = 0
    for surface in ("cli", "errors", "worker"):
        for key, sentence in load_catalogue(language).items():
            if not key.startswith(f"{surface}."):
                continue
            forms = sentence.values() if isinstance(sentence, dict) else (sentence,)
            for match in (match for form in forms for match in _COMMAND.finditer(form)):
                options = parse([match[1], "DIR", *match[2].split()])
                assert match[1] != "bin" or options.action != "restore" or options.all, key
                found += 1
    assert found > 20
