"""What a shell completes, asked of real shells where they are installed; and the manual page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dpm_tui import __version__
from dpm_tui.catalog.formats import EXTRAS
from dpm_tui.cli import main
from dpm_tui.cli.completion import write_completion
from dpm_tui.cli.parser import VERBS, parse
from dpm_tui.neural.model_manifest import read_manifest
from tests.man_page import PAGES, make_page

SHELLS = ("bash", "zsh", "tcsh")
_ASK = """
cd "$1"; source /dev/stdin
COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_dpm_tui dpm-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(folder: Path, *words: str) -> set[str]:
    """Return what bash offers for the last of some words behind ``dpm-tui``."""
    command = ["bash", "-c", _ASK, "bash", str(folder), "dpm-tui", *words]
    asked = subprocess.run(
        command, input=write_completion("bash"), capture_output=True, text=True, timeout=20, check=True
    )
    return {line.strip() for line in asked.stdout.splitlines() if line.strip()}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_verbs_options_their_values_and_folders(tmp_path: Path) -> None:
    (tmp_path / "Pictures").mkdir()
    (tmp_path / "Plan.txt").write_text("")
    assert completed(tmp_path, "re") == {"report", "review"}
    assert set(VERBS) <= completed(tmp_path, "")
    assert {"--model", "--quick", "--state"} <= completed(tmp_path, "scan", "--")
    assert completed(tmp_path, "scan", "--model", "") == {"auto", "photo", "illustration"}
    assert completed(tmp_path, "report", "Pictures", "--format", "h") == {"html"}
    assert completed(tmp_path, "scan", "P") == {"Pictures"}
    assert completed(tmp_path, "clean", "Pictures", "--plan", "P") == {"Pictures", "Plan.txt"}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_understands_its_script(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "script"
    script.write_text(write_completion(shell))
    flags = "-fn" if shell == "tcsh" else "-n"
    subprocess.run(
        [shell, flags, str(script)], check=True, timeout=20, env={**os.environ, "HOME": str(tmp_path)}
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_with_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", shell]) == 0
    printed = capsys.readouterr().out
    assert all(verb in printed for verb in (*VERBS, "dpm-tui"))


def test_the_first_word_may_be_a_folder_in_bash_and_zsh() -> None:
    assert "-o default -F _shtab_dpm_tui dpm-tui" in write_completion("bash")
    assert "_files -/\n}" in write_completion("zsh")


@pytest.mark.parametrize("language", PAGES)
def test_the_manual_page_is_that_of_the_grammar(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails: python -m tests.man_page."""
    monkeypatch.setenv("COLUMNS", "80")
    page = make_page(language)
    assert PAGES[language].read_text(encoding="utf-8") == page
    assert all(f"dpm-tui {verb}" in page.replace("\\", "") for verb in VERBS)


def test_the_version_says_what_this_was_built_from(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    first, *facts = capsys.readouterr().out.splitlines()
    assert (ended.value.code, first) == (0, f"dpm-tui {__version__}")
    told = "\n".join(facts)
    for word in (
        "Python 3.",
        "torch 2.",
        "Pillow ",
        "OpenCV ",
        "textual ",
        *(each.package for each in EXTRAS.values()),
    ):
        assert word in told
    for name, weights in read_manifest().items():
        assert f"{name} {weights.sha256[:12]}" in told


@pytest.mark.slow
def test_the_version_is_told_without_loading_what_is_slow() -> None:
    code = (
        "import sys; from dpm_tui.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'textual', 'rawpy', 'psd_tools') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
