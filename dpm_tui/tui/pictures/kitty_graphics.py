"""Kitty graphics: pictures that the terminal keeps by a number, so that each is sent once.

A placed picture is another layer over the cells, not part of them. So it costs a hundred bytes to show one
again or to take it away, however large it is; pictures out of placeholder letters would cost every cell.
"""

from __future__ import annotations

from base64 import standard_b64encode

_CHUNK = 4096
"""Letters that may be sent at a time."""


def send(number: int, png: bytes) -> str:
    """Return what gives the terminal a picture under a number."""
    letters = standard_b64encode(png).decode("ascii")
    pieces = [letters[start : start + _CHUNK] for start in range(0, len(letters), _CHUNK)]
    keys = f"a=t,f=100,t=d,i={number},q=2,"
    parts = []
    for place, piece in enumerate(pieces):
        more = int(place + 1 < len(pieces))
        parts.append(f"\x1b_G{keys if place == 0 else ''}m={more};{piece}\x1b\\")
    return "".join(parts)


def place(number: int, pane: int, corner: tuple[int, int], cells: tuple[int, int]) -> str:
    """Return what shows a picture in so many cells from a corner, counted from 0, as the one of a pane."""
    at = f"\x1b[{corner[1] + 1};{corner[0] + 1}H"
    return f"\x1b7{at}\x1b_Ga=p,i={number},p={pane},c={cells[0]},r={cells[1]},C=1,q=2\x1b\\\x1b8"


def take_away(number: int, pane: int) -> str:
    """Return what hides a picture in its place; the terminal keeps it."""
    return f"\x1b_Ga=d,d=i,i={number},p={pane},q=2\x1b\\"


def forget(number: int) -> str:
    """Return what makes the terminal forget a picture."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
