"""Damage in the blocks of a container: lengths that lead out of the file, or nowhere."""

from __future__ import annotations

from dpm_tui.deferred_text import defer

_CUT = defer("decode.cut")
_ASTRAY = defer("decode.astray")


def find_gif_damage(content: bytes) -> str:
    """Return what is broken of a GIF. Its end mark may be missing, but no data of a frame."""
    if len(content) < 13:
        return _CUT
    at, frames = 13 + _palette_bytes(content[10]), 0
    while at < len(content):
        match content[at]:
            case 0x3B:
                return "" if frames else "a file without a picture"
            case 0x21:
                at = _skip_sub_blocks(content, at + 2)
            case 0x2C:
                if at + 10 > len(content):
                    return _CUT
                at = _skip_sub_blocks(content, at + 11 + _palette_bytes(content[at + 9]))
                frames += 1
            case 0:
                at += 1
            case _:
                return _ASTRAY
        if at < 0:
            return _CUT
    return "" if frames else _CUT


def find_riff_damage(content: bytes) -> str:
    """Return what is broken of the chunks of a WebP. The padding byte at the end may be missing."""
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content) + 1:
        return _CUT
    at = 12
    while at + 8 <= end:
        name = content[at : at + 4]
        if not name.isascii() or not name.strip().isalnum():
            return _ASTRAY
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return _ASTRAY if at > end + 1 else ""


def find_box_damage(content: bytes) -> str:
    """Return what is broken of the outer boxes of a HEIC or AVIF file; anything may follow them."""
    at = 0
    while at + 8 <= len(content):
        name, length = content[at + 4 : at + 8], int.from_bytes(content[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(content[at + 8 : at + 16], "big")
        if not (name.isascii() and name.isalnum()):
            return ""
        if length == 0:
            return ""
        if length < 8:
            return _ASTRAY
        if at + length > len(content):
            return _CUT
        at += length
    return ""


def _palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip_sub_blocks(content: bytes, at: int) -> int:
    """Return where the sub-blocks that start at a place end, -1 if the file ends before."""
    size = len(content)
    while at < size:
        length = content[at]
        at += 1 + length
        if not length:
            return at
    return -1
