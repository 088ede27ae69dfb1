"""Message catalogue: every sentence that a user sees, in English and Chinese.

A key is ``<file>.<name>``: the file is one TOML table per surface under ``en/`` and ``zh_CN/``.
A sentence is a format string, or a table with ``one`` and ``other``, chosen by ``count``. Any other number
brings its noun along: ``{groups:n group|groups}`` reads ``1 group`` and ``2,000 groups``.
"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("en", "zh_CN")
_chosen: list[str] = []
_insisted: list[str] = []
_WITH_NOUN = "n "


class Number(int):
    """A number that a sentence may write with its noun."""

    def __format__(self, spec: str) -> str:
        """Return the number as ``spec`` says, a usual one or ``n`` with the noun for one and for many."""
        if not spec.startswith(_WITH_NOUN):
            return super().__format__(spec)
        one, _, many = spec.removeprefix(_WITH_NOUN).partition("|")
        return f"{int(self):,} {one if self == 1 else many or one}"


def set_language(language: str) -> None:
    """Use ``language`` (``en``, ``zh_CN`` or ``auto``) from now on; unknown ones mean ``auto``."""
    _chosen[:] = [language if language in LANGUAGES else detect_language()]


def insist_on(language: str) -> None:
    """Use ``language`` whatever settings say; nothing takes that back."""
    _insisted[:] = [language] if language else []
    set_language(language)


def follow_settings(language: str) -> None:
    """Use the ``language`` of settings unless another one was insisted on."""
    set_language(_insisted[0] if _insisted else language)


def current_language() -> str:
    """Return the language in use."""
    if not _chosen:
        _chosen.append(detect_language())
    return _chosen[0]


def detect_language() -> str:
    """Return the language that the environment asks for, by POSIX precedence."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh_CN" if value.lower().startswith("zh") else "en"
    system = locale.getlocale()[0] or ""
    return "zh_CN" if system.lower().startswith(("zh", "chinese")) else "en"


@cache
def load_catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """Return key -> sentence (or its plural table) of one language."""
    sentences: dict[str, str | dict[str, str]] = {}
    for entry in sorted(resources.files(__package__).joinpath(language).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            table = tomllib.loads(entry.read_text(encoding="utf-8"))
            surface = entry.name.removesuffix(".toml")
            sentences.update({f"{surface}.{key}": text for key, text in table.items()})
    return sentences


def translate(key: str, /, **values: object) -> str:
    """Return the sentence for ``key`` in the current language with ``values`` filled in.

    Raises KeyError for a key that no catalogue has.
    """
    sentence = load_catalogue(current_language()).get(key)
    if sentence is None:
        sentence = load_catalogue("en")[key]
    if isinstance(sentence, dict):
        sentence = sentence["one"] if values.get("count") == 1 and "one" in sentence else sentence["other"]
    numbers = {key: Number(value) for key, value in values.items() if type(value) is int}
    return sentence.format(**(values | numbers))
