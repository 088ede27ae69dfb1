"""The page of keys, made from the table of commands.

``python -m tests.keys_page`` writes ``docs/keys.md`` anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from dpm_tui.locale import set_language, translate
from dpm_tui.tui.command_table import COMMANDS, home_of
from tests.support.pages import ROOT

PAGE = ROOT / "docs/keys.md"
_HEAD = """\
# Keys

Every command of the app, by the place where it works. This page is made from the table of commands
(`dpm_tui/tui/command_table.py`) by `python -m tests.keys_page`.

`?` shows the same list in the app. `:` finds a command by its name or key. A capital letter is pressed with
shift; `^c` means ctrl and c, `S-down` shift and the arrow.
"""


def page_text() -> str:
    """Return the page."""
    set_language("en")
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for scope in dict.fromkeys(command.scope for command in COMMANDS):
        yield f"## {translate(f'tui.scope_{scope.value}')}\n"
        if home := home_of(scope):
            yield f"Scope `{scope.value}`, on the screen *{translate(f'tui.screen_{home}')}*.\n"
        else:
            yield f"Scope `{scope.value}`.\n"
        yield "| key | what it does |\n|---|---|"
        for command in COMMANDS:
            if command.scope is scope:
                yield f"| {_spell(command.shown_keys)} | {command.help.replace('|', chr(92) + '|')} |"
        yield ""


def _spell(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split())


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
