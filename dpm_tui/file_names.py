"""File names: how they are shown (never raw to a terminal) and stored (never lossy).

Inside the program a name is the bytes of the file system. ``display_name`` is the only way to a
screen, ``to_json`` and ``from_json`` the only way to a state file or report.
"""

from __future__ import annotations

import base64
import binascii
import os
import pwd
import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAX_MARKS = 4
"""Combining marks kept on one character; more of them would cover the neighbouring lines."""


def display_name(name: bytes | str, width: int | None = None) -> str:
    r"""Return ``name`` as one line of printable text, at most ``width`` characters if given.

    Control, format, bidirectional and unassigned characters and undecodable bytes become visible
    escapes such as ``\x1b``. A name that is too long loses its middle, never its extension.
    """
    text = os.fsdecode(name)
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= _MAX_MARKS:
                shown.append(character)
            continue
        marks = 0
        shown.append(_escaped(character) if category in _UNSAFE_CATEGORIES else character)
    result = "".join(shown)
    return result if width is None else shorten_middle(result, width)


def shorten_middle(text: str, width: int) -> str:
    """Return ``text`` cut to ``width`` characters with ``~`` in its middle, its ending kept."""
    if len(text) <= width:
        return text
    if width <= 1:
        return text[:width]
    tail = min(max(width // 2, 1), 12)
    return f"{text[: width - tail - 1]}~{text[-tail:]}"


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def to_json(name: bytes) -> str | dict[str, str]:
    """Return ``name`` as a JSON value: text where it is UTF-8, else ``{"b64": ...}``."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(name).decode("ascii")}


def from_json(value: object) -> bytes:
    """Return the name that ``to_json`` wrote; raises ValueError for anything else."""
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("lone surrogate in a name") from error
    if isinstance(value, dict) and isinstance(value.get("b64"), str):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except binascii.Error as error:
            raise ValueError("bad base64 in a name") from error
    raise ValueError("not a name")


def is_safe_relative(path: bytes) -> bool:
    """Return whether ``path`` stays below the folder it is joined to (no ``..``, NUL or empty part)."""
    parts = path.split(b"/")
    return bool(path) and b"\0" not in path and all(part not in (b"", b".", b"..") for part in parts)


def is_safe_path(path: bytes) -> bool:
    """Return whether ``path`` stays below the root, or is a full one, and has no detours."""
    return is_safe_relative(path.removeprefix(b"/"))


def user_name(number: int) -> str:
    """Return the name of a user of this system fit to be shown, the number where there is none."""
    try:
        return display_name(pwd.getpwuid(number).pw_name)
    except KeyError:
        return str(number)
