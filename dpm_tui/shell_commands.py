"""Commands that messages quote: with the folder that the command line named, ready to be pasted into a shell.

Sentences of the catalogue say ``dpm-tui scan DIR``: the code that raises them does not know how the folder
was named. Here DIR becomes the folder, quoted where needed, with ``--state`` where that was given.
"""

from __future__ import annotations

import argparse
import re
import shlex

from dpm_tui.file_names import display_name

_COMMAND = re.compile(r"(dpm-tui (?:[a-z]+ )?)DIR\b")
_place: list[str] = []


def remember_place(options: argparse.Namespace) -> None:
    """Remember the folder and the state folder of a command line; without a folder DIR stays as it is."""
    _place.clear()
    folder = getattr(options, "folder", "")
    if folder:
        _place.append(quote(folder))
        _place.extend(("--state", quote(options.state)) if options.state else ())


def quote(path: str | bytes) -> str:
    """Return a path as a word for a shell; one that cannot be displayed is escaped as on every screen."""
    return shlex.quote(display_name(path))


def with_place(text: str) -> str:
    """Return ``text`` with the folder in every command of it that says DIR."""
    place = " ".join(_place)
    return _COMMAND.sub(lambda found: found[1] + place, text) if place else text
