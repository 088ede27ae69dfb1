"""Words that choose entries of the recycle bin: ``older>30d size>10M kind:copy ext:jpg gone name``."""

from __future__ import annotations

import re
from collections.abc import Callable

from dpm_tui.file_names import display_name
from dpm_tui.recycle.results import BinEntry
from dpm_tui.review.library.filter import FilterError, read_endings, read_kinds
from dpm_tui.units import read_age, read_size

Fits = Callable[[BinEntry], bool]
"""Tells whether an entry is meant."""

_WORD = re.compile(r"(?P<name>[a-z]+)(?P<sign>[:<>=]+)(?P<value>.*)", re.IGNORECASE)


def parse_bin_filter(text: str) -> Fits:
    """Return what tells whether an entry fits every word of ``text``.

    Raises FilterError for a word that is none, and for no word at all.
    """
    words = [_parse_word(word) for word in text.split()]
    if not words:
        raise FilterError("filter_nothing")
    return lambda entry: all(word(entry) for word in words)


def _parse_word(word: str) -> Fits:
    match = _WORD.fullmatch(word)
    if match is None:
        return _parse_bare(word)
    name, sign, value = match["name"].lower(), match["sign"].removeprefix(":"), match["value"]
    if name not in _NAMED:
        raise FilterError("filter_unknown", word=display_name(word), words=" ".join(_NAMED))
    if sign not in ("", ">", "<", ">=", "<="):
        raise FilterError("filter_number", word=display_name(sign + value))
    if not value:
        raise FilterError("filter_empty", word=display_name(word))
    return _NAMED[name](sign, value)


def _parse_bare(word: str) -> Fits:
    if word == "gone":
        return lambda entry: not entry.keeper_present
    wanted = word.casefold()
    return lambda entry: wanted in display_name(entry.path).casefold()


def _parse_age(sign: str, value: str) -> Fits:
    seconds = _read(read_age, value)
    return lambda entry: entry.age < seconds if sign.startswith("<") else entry.age > seconds


def _parse_newer(sign: str, value: str) -> Fits:
    return _parse_age("<", value)


def _parse_size(sign: str, value: str) -> Fits:
    limit = _read(read_size, value)
    return lambda entry: entry.size < limit if sign.startswith("<") else entry.size > limit


def _parse_kind(sign: str, value: str) -> Fits:
    kinds = read_kinds(value)
    return lambda entry: entry.kind in kinds


def _parse_extension(sign: str, value: str) -> Fits:
    endings = read_endings(value.casefold())
    return lambda entry: display_name(entry.path).casefold().endswith(endings)


def _parse_folder(sign: str, value: str) -> Fits:
    wanted = value.casefold()
    return lambda entry: wanted in display_name(entry.path).casefold().rpartition("/")[0]


def _read(read: Callable[[str], float], text: str) -> float:
    try:
        return read(text)
    except ValueError:
        raise FilterError("filter_number", word=display_name(text)) from None


_NAMED: dict[str, Callable[[str, str], Fits]] = {
    "older": _parse_age,
    "newer": _parse_newer,
    "size": _parse_size,
    "kind": _parse_kind,
    "ext": _parse_extension,
    "dir": _parse_folder,
}
