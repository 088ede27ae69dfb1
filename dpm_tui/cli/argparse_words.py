"""Translates the words of argparse, which asks gettext instead of our catalogue."""

from __future__ import annotations

import argparse
from functools import cache

from dpm_tui.locale import load_catalogue, translate

_SURFACE = "usage."


def translate_argparse() -> None:
    """Let argparse speak the current language from now on; what the catalogue lacks stays English."""
    setattr(argparse, "_", _say)  # noqa: B010


def _say(text: str) -> str:
    key = _keys().get(text)
    return translate(key) if key else text


@cache
def _keys() -> dict[str, str]:
    """Return the key of each sentence of argparse."""
    sentences = load_catalogue("en").items()
    return {text: key for key, text in sentences if key.startswith(_SURFACE) and isinstance(text, str)}
