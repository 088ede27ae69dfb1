"""The lines of the help: what the screen is for, then every command with its keys, in one or two columns."""

from __future__ import annotations

from itertools import zip_longest

from rich.cells import cell_len

from dpm_tui.locale import translate
from dpm_tui.text_format import sentence
from dpm_tui.tui.command_table import COMMANDS, Command, Scope
from dpm_tui.tui.terminal.cell_text import Part, pad, parts_width, wrap
from dpm_tui.tui.theme import Look

HelpLine = tuple[str, list[Part]]
"""A line with the name of what it belongs to."""

_MIN_TEXT = 20
_TWO_COLUMNS = 96
"""From so many cells on two columns of whole sentences stand beside each other."""
_MAX_TEXT = 72
"""Longer lines are hard to read."""


def help_lines(
    place: str, scopes: tuple[Scope, ...], look: Look, width: int, words: str = ""
) -> list[HelpLine]:
    """Return lines of at most ``width`` cells about the screen called ``place``, whose scopes come first.

    With ``words`` these are only the commands that have every one of them.
    """
    if width < _TWO_COLUMNS:
        sections = _sections(place, scopes, look, width, words.casefold().split())
        return [line for section in sections for line in section]
    half = min((width - 2) // 2, _MAX_TEXT + 16)
    sections = _sections(place, scopes, look, half, words.casefold().split())
    left, right = _halves(sections)
    return [
        (owner, [*parts, (" " * (half + 2 - parts_width(parts)), look["text"]), *beside])
        for (owner, parts), (_, beside) in zip_longest(left, right, fillvalue=("", []))
    ]


def _sections(
    place: str, scopes: tuple[Scope, ...], look: Look, width: int, words: list[str]
) -> list[list[HelpLine]]:
    """Return what stands together, each with an empty line at its end."""
    sections: list[list[HelpLine]] = []
    key = f"tui.about_{place}"
    if not words and (about := sentence(key)) != key:
        texts = wrap(about, min(width - 2, _MAX_TEXT))
        sections.append([("about", [(f" {line}", look["text"])]) for line in texts])
    key_width = min(max(cell_len(command.shown_keys) for command in COMMANDS) + 2, max(width // 4, 8))
    for scope in dict.fromkeys((*scopes, Scope.EVERYWHERE, *Scope)):
        name = translate(f"tui.scope_{scope.value}")
        entries: list[HelpLine] = []
        for command in COMMANDS:
            if command.scope is scope and _says(command, name, words):
                texts = wrap(command.help, max(min(width - key_width - 4, _MAX_TEXT), _MIN_TEXT))
                entry = _entry(wrap(command.shown_keys, key_width - 1), texts, key_width, look)
                entries += [(command.id, line) for line in entry]
        if entries:
            sections.append([(scope.value, [(f" {name}", look["heading_on"])]), *entries])
    if not words:
        texts = wrap(translate("tui.about_mouse"), min(width - 2, _MAX_TEXT))
        sections.append([("mouse", [(f" {line}", look["dim"])]) for line in texts])
    return [[*section, (f"after {section[0][0]}", [])] for section in sections]


def _says(command: Command, scope: str, words: list[str]) -> bool:
    text = f"{command.shown_keys} {command.label} {command.help} {scope}".casefold()
    return all(word in text for word in words)


def _halves(sections: list[list[HelpLine]]) -> tuple[list[HelpLine], list[HelpLine]]:
    """Return the lines of two columns, divided between sections where both become nearly as long."""
    total, above, split = sum(map(len, sections)), 0, len(sections)
    for number, section in enumerate(sections):
        if above + len(section) / 2 >= total / 2:
            split = max(number, 1)
            break
        above += len(section)
    left, right = sections[:split], sections[split:]
    return [line for section in left for line in section], [line for section in right for line in section]


def _entry(keys: list[str], texts: list[str], key_width: int, look: Look) -> list[list[Part]]:
    """Return a command's keys with its words beside them, on as many lines as these need."""
    return [
        [(f"   {pad(names, key_width)}", look["key"]), (text, look["text"])]
        for names, text in zip_longest(keys, texts, fillvalue="")
    ]
