"""Everything that is said in Chinese is said in Chinese, whatever is wrong with the pictures."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.support.album import dpm, make_album

pytestmark = pytest.mark.slow
_QUOTED = re.compile(r"“[^”]*”")
_COMMAND = re.compile(r"dpm-tui [ -~]+")
_PATH = re.compile(r"\S*[/.][\w-]+\S*")
_ID = re.compile(r"\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b")
"""Ids of batches may have letters in a row."""
_LATIN = re.compile(r"[A-Za-z]{4,}")
NAMES = frozenset(
    {
        *("JPEG", "WEBP", "WebP", "HEIC", "HEIF", "AVIF", "TIFF", "EXIF", "IDAT", "SIGKILL"),
        *("Python", "Pillow", "numpy", "torch", "TERM", "COLORTERM", "xterm", "linux"),
        *("photo", "illustration", "thumbnails", "memory", "root", "small", "backup", "nothing"),
        *("identical", "pixels", "copy", "turned", "variant", "crop", "edited"),
        *("recycled", "restored", "purged", "keeper", "member", "unreadable", "damaged"),
    }
)
"""Names of formats, programs, settings and files, and the words of columns, which other programs read."""
_OF_THE_SYSTEM = re.compile(r"No such file or directory|Is a directory|Permission denied|Not a directory")
"""What the system says it says in the language of the system."""


def latin_words(text: str) -> set[str]:
    """Return the words of a text in Chinese that are left in another language."""
    for known in (_QUOTED, _OF_THE_SYSTEM, _COMMAND, _PATH, _ID):
        text = known.sub(" ", text)
    return set(_LATIN.findall(text)) - NAMES


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def break_pictures(album: Path) -> None:
    """Add a picture for everything that can be wrong with one."""
    sea, town = ((album / name).read_bytes() for name in ("sea.jpg", "town.png"))
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    webp, tiff = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (50, 50)).save(webp, "WEBP")
    Image.new("RGB", (50, 50)).save(tiff, "TIFF")
    frame = b"\xff\xc0\x00\x11\x08"
    broken = {
        "half.jpg": sea[: len(sea) // 2],
        "empty.jpg": b"",
        "text.png": b"dear diary",
        "other.jpg": b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        "half.png": town[: len(town) // 2],
        "half.webp": webp.getvalue()[:40],
        "other.webp": webp.getvalue().replace(b"VP8 ", b"VP9 ", 1),
        "half.tif": tiff.getvalue()[: len(tiff.getvalue()) // 2],
        "half.gif": b"GIF89a\x05",
        "half.bmp": (album / "town.bmp").read_bytes()[:60],
        "half.heic": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 50,
        "12bit.jpg": sea.replace(frame, frame[:4] + b"\x0c"),
        "lossless.jpg": sea.replace(frame, b"\xff\xc3" + frame[2:]),
        "huge.png": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        "notes.txt": b"x",
    }
    for name, content in broken.items():
        (album / name).write_bytes(content)


VERBS = (
    "scan", "status", "clean --rule best --dry-run", "report --format csv", "decisions list", "bin list",
    "doctor", "clean --rule best --yes", "bin restore --all", "bin restore nothing", "bin log",
    "decisions revoke nothing.jpg", "decisions import nothing.json", "clean --plan nothing.json --dry-run",
    "review --plain", "stop",
)  # fmt: skip


@pytest.mark.timeout(600)
def test_no_verb_falls_back_into_english(tmp_path: Path) -> None:
    album = make_album(tmp_path / "album")
    break_pictures(album)
    left = {}
    for verb in VERBS:
        name, *options = verb.split()
        done = dpm("--language", "zh_CN", name, album, *options, input_="q\n", LC_ALL="C.UTF-8")
        said = done.stdout + done.stderr
        lines = [line for line in said.splitlines() if not line.startswith("group,role,")]
        if words := {line: found for line in lines if (found := latin_words(line))}:
            left[verb] = words
    assert left == {}


def test_a_word_that_is_left_is_noticed() -> None:
    assert latin_words("12bit.jpg：a JPEG of twelve bits a sample") == {"twelve", "bits", "sample"}
    assert (
        latin_words("解码器报告“could not create decoder object”；dpm-tui report /tmp/x --format json")
        == set()
    )
