"""Completions for shells, made from the grammar: words, and files or folders where an option takes one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import shtab

from dpm_tui.cli.whole_parser import build_whole_parser

_FOLDERS, _FILES = ("DIR",), ("FILE", "PICTURE", "PICTURE_OR_DIR")
"""How the grammar calls arguments that name something on the disk."""
_ZSH_VERBS = "_describe 'dpm-tui commands' _commands\n"
_FOLDERS_TOO = {
    "bash": ("complete -o bashdefault -F", "complete -o bashdefault -o default -F"),
    "zsh": (_ZSH_VERBS, f"{_ZSH_VERBS}  _files -/\n"),
}
"""What of a script has the verbs alone as a first word -> what has the folders for the app as well."""


def write_completion(shell: str) -> str:
    """Return the script that completes command lines in one of ``shtab.SUPPORTED_SHELLS``."""
    parser = build_whole_parser()
    for each in _parsers(parser):
        for action in each._actions:
            _complete_names(action)
    script: str = shtab.complete(parser, shell)
    return script.replace(*_FOLDERS_TOO[shell]) if shell in _FOLDERS_TOO else script


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def _complete_names(action: argparse.Action) -> None:
    if action.metavar in _FOLDERS:
        action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    elif action.metavar in _FILES:
        action.complete = shtab.FILE  # type: ignore[attr-defined]
