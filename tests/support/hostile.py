"""File names that a hostile or careless world puts on a disk."""

from __future__ import annotations

HOSTILE_NAMES: tuple[bytes, ...] = (
    b"new\nline.jpg",
    b"tab\tbell\x07.jpg",
    b"return\rhidden.jpg",
    b"esc\x1b[2J\x1b]52;c;aGk=\x07.jpg",
    b"delete\x7f.jpg",
    "c1 \x9b31m\x9d0;title\x9c.jpg".encode(),
    "bidi \u202egpj.exe".encode(),
    "isolate \u2066a\u2069.jpg".encode(),
    "zero\u200bwidth\u200d\ufeff.jpg".encode(),
    "soft\u00adhyphen.jpg".encode(),
    "line\u2028paragraph\u2029.jpg".encode(),
    "private \ue000 unassigned \U000e0001.jpg".encode(),
    b"latin1-\xe9\xff.jpg",
    b"lone surrogate \xed\xa0\x80.jpg",
    b"overlong \xc0\xaf.jpg",
    b"x" * 251 + b".jpg",
    "\u9577".encode() * 83 + b".jpg",
    b"[bar][red]{name}%s.jpg",
    b"[@click=app.quit]x[bold].jpg",
    ("zalgo e" + "\u0301\u0489" * 20 + ".jpg").encode(),
    b"-rf.jpg",
    b"quote'\"$(id)`.jpg",
    b" lead and trail .jpg ",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467 flag \U0001f1e8\U0001f1f3.jpg".encode(),
)
