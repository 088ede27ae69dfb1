"""Finds a command or a setting by its name in any language, a command also by its key."""

from __future__ import annotations

from collections.abc import Sequence

from dpm_tui.locale import LANGUAGES, load_catalogue
from dpm_tui.tui.command_table import COMMANDS, Command, Scope, commands_of
from dpm_tui.tui.session.settings_table import SETTINGS, Setting

_MISS = 9
_HIDDEN = (Scope.PALETTE, Scope.HELP, Scope.LIST)
"""Scopes whose commands make no sense outside of their screens."""


def search_commands(typed: str, scopes: tuple[Scope, ...], recent: Sequence[str]) -> list[Command]:
    """Return the commands that ``typed`` may mean, the likeliest first.

    Without words these are all: those of ``recent`` (ids, newest first), then those of ``scopes``
    and of everywhere, then those of other screens.
    """
    here = commands_of(scopes)
    known = {command.id for command in here}
    elsewhere = [each for each in COMMANDS if each.id not in known and each.scope not in _HIDDEN]
    order = {command_id: place for place, command_id in enumerate(recent)}
    ranked = [
        (_rank(command, typed), order.get(command.id, len(order)), place, command)
        for place, command in enumerate([*here, *elsewhere])
    ]
    return [command for rank, *_, command in sorted(ranked, key=lambda row: row[:3]) if rank < _MISS]


def search_settings(typed: str) -> list[Setting]:
    """Return the settings that ``typed`` may mean, the likeliest first; none without words."""
    if not typed.strip():
        return []
    ranked = [(_rank_words(typed, *_words_on(setting)), place) for place, setting in enumerate(SETTINGS)]
    return [SETTINGS[place] for rank, place in sorted(ranked) if rank < _MISS]


def names_of(setting: Setting) -> list[str]:
    """Return the names of a setting in every language, in small letters."""
    return _words_on(setting)[0]


def _rank(command: Command, typed: str) -> int:
    """Return how well a command fits, 0 for best: by its key, its name, or the words on it."""
    text = typed.strip()
    if not text or text in (*command.shown_keys.split(), *command.keys):
        return 0
    return _rank_words(text, *_words(command))


def _rank_words(typed: str, labels: list[str], about: str) -> int:
    text = typed.strip().casefold()
    if any(label.startswith(text) for label in labels):
        return 1
    words = text.split()
    for rank, place in ((2, " ".join(labels)), (3, f"{' '.join(labels)} {about}")):
        if all(f" {word}" in f" {place}" for word in words):
            return rank
    return 4 if all(word in f"{' '.join(labels)} {about}" for word in words) else _MISS


def _words_on(setting: Setting) -> tuple[list[str], str]:
    """Return the names of a setting and its help, in every language."""
    labels, about = [], [setting.name.replace("_", " ")]
    for language in LANGUAGES:
        sentences = load_catalogue(language)
        labels.append(str(sentences[f"tui.setting_{setting.name}"]).casefold())
        about.append(str(sentences.get(f"tui.setting_{setting.name}_help", "")).casefold())
    return labels, " ".join(about)


def _words(command: Command) -> tuple[list[str], str]:
    """Return the names of a command and its help, in every language."""
    labels, about = [], [command.id.replace("_", " ")]
    for language in LANGUAGES:
        sentences = load_catalogue(language)
        labels.append(str(sentences[f"tui.command_{command.id}"]).casefold())
        about.append(str(sentences[f"tui.command_{command.id}_help"]).casefold())
        about.append(str(sentences[f"tui.scope_{command.scope}"]).casefold())
    return labels, " ".join(about)
