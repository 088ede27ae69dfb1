"""SGR reduction: removes colour codes that the terminal has in force already.

Textual sends every piece of a line with its whole style and resets it afterwards. Over a slow line such
codes are most of what a picture costs, and the next cell repeats half of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_STYLE = re.compile(r"(\x1b\[0m)?\x1b\[([\d;]*)m")
_COLOUR = r"5;\d+|2;\d+;\d+;\d+"
_COLOURS = re.compile(rf"((?:38;(?:{_COLOUR})|3[0-7]|9[0-7])?);?((?:48;(?:{_COLOUR})|4[0-7]|10[0-7])?)")
_MIN_PIECES = 9
_MAX_STYLES = 8192


def thin(text: str) -> str:
    """Return a text for a terminal that leaves the same on it, with fewer changes of colour.

    ``text`` begins in the terminal's usual style; the result ends in the style in which ``text`` does.
    Blanks may keep the colour of letters that are not there.
    """
    start, *pieces = _STYLE.split(text)
    if len(pieces) < _MIN_PIECES:
        return text
    thinned = [start]
    style, letters, ground, is_plain = "", "", "", True
    for reset, change, words in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        if reset or change in ("", "0"):
            style = ""
        if change not in ("", "0"):
            style = f"{style};{change}" if style else change
        if not words:
            continue
        colours = _colours(style)
        if colours is None or not is_plain:
            thinned += [_anew(style), words]
            letters, ground = colours or ("", "")
            is_plain = colours is not None
            continue
        wanted = (colours[0] if words.strip(" ") else letters), colours[1]
        if wanted != (letters, ground):
            thinned.append(_change(letters, ground, *wanted))
            letters, ground = wanted
        thinned.append(words)
    if not is_plain or (letters, ground) != _colours(style):
        thinned.append(_anew(style))
    return "".join(thinned)


def _anew(style: str) -> str:
    return f"\x1b[0;{style}m" if style else "\x1b[0m"


def _change(letters: str, ground: str, wanted_letters: str, wanted_ground: str) -> str:
    """Return what leads from two colours to two others; an empty one is the terminal's own."""
    if not (wanted_letters or wanted_ground):
        return "\x1b[0m"
    parts = []
    if letters != wanted_letters:
        parts.append(wanted_letters or "39")
    if ground != wanted_ground:
        parts.append(wanted_ground or "49")
    return f"\x1b[{';'.join(parts)}m"


@lru_cache(maxsize=_MAX_STYLES)
def _colours(style: str) -> tuple[str, str] | None:
    """Return the colours of letters and ground, or None for a style that is more than colours."""
    letters, between, ground = style.partition(";48;5;")
    if between and letters[:5] == "38;5;" and (letters[5:] + ground).isdecimal():
        return letters, between[1:] + ground  # most of what pictures are made of, without a search
    found = _COLOURS.fullmatch(style)
    return None if found is None else (found[1], found[2])
