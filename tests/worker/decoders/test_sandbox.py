"""The sandbox of decoders: every format is read in it, and a decoder gone wild reaches nothing."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.cli.sandbox_check import check_sandbox
from dpm_tui.pipeline.decoding.decoder import DecodeOrder, InspectionOrder
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, decode_thumbnail
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.worker.decoders import decoder_process
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.decoder_process import DecoderProcess, open_fork_server
from dpm_tui.worker.sandbox.sandbox_trial import PROTECTIONS
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow

pillow_heif.register_heif_opener()
LINUX = sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64")
FORMATS: dict[str, tuple[str, dict[str, object]]] = {
    "a.jpg": ("JPEG", {"quality": 90}),
    "progressive.jpg": ("JPEG", {"progressive": True}),
    "a.png": ("PNG", {}),
    "a.gif": ("GIF", {}),
    "a.bmp": ("BMP", {}),
    "lossy.webp": ("WEBP", {"quality": 80}),
    "lossless.webp": ("WEBP", {"lossless": True}),
    "a.avif": ("AVIF", {}),
    "a.heic": ("HEIF", {}),
    "raw.tif": ("TIFF", {}),
    **{
        f"{name}.tif": ("TIFF", {"compression": name})
        for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma")
    },
}


def written(root: Path) -> dict[bytes, bytes]:
    """Write a picture in every format; return name -> content."""
    contents = {}
    for number, (name, (format_, options)) in enumerate(FORMATS.items()):
        file = io.BytesIO()
        scene(number, 320, 240).save(file, format_, **options)
        (root / name).write_bytes(file.getvalue())
        contents[os.fsencode(name)] = file.getvalue()
    cmyk = io.BytesIO()
    scene(99, 320, 240).convert("CMYK").save(cmyk, "JPEG")
    (root / "cmyk.jpg").write_bytes(cmyk.getvalue())
    deep = io.BytesIO()
    Image.linear_gradient("L").convert("I;16").save(deep, "PNG")
    (root / "deep.png").write_bytes(deep.getvalue())
    return contents | {b"cmyk.jpg": cmyk.getvalue(), b"deep.png": deep.getvalue()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_every_format_is_read_as_it_is_outside(root: Path) -> None:
    contents = written(root)
    pool = DecoderPool(os.fsencode(root), b"/nowhere", 1)
    found = dict(pool.decode([DecodeOrder(name) for name in contents], lambda: False))
    views = {name: pool.view(name, 64, 64, (0.2, 0.2, 0.8, 0.8)) for name in contents}
    digests = {name: pool.digest_pixels(name) for name in contents}
    pool.close()
    for order, result in found.items():
        assert isinstance(result, Thumbnail), (order, result)
        assert result == decode_thumbnail(contents[order.path]), order
    assert all(views.values())
    assert all(digests.values())


def test_a_second_look_works_in_it(root: Path) -> None:
    (root / "a.jpg").write_bytes(encode(scene(1), quality=95))
    (root / "b.webp").write_bytes(encode(scene(1), "WEBP"))
    digests = tuple(hashlib.sha256((root / name).read_bytes()).hexdigest() for name in ("a.jpg", "b.webp"))
    pool = DecoderPool(os.fsencode(root), b"/nowhere", 1)
    order = InspectionOrder(b"a.jpg", b"b.webp", (digests[0], digests[1]))
    (found,) = [result for _, result in pool.inspect([order], lambda: False)]
    assert isinstance(found, Inspection), found


@pytest.mark.parametrize("forked", [False, True])
@pytest.mark.parametrize("work", ["decode", "inspect"])
def test_a_child_tells_what_is_kept_from_it(root: Path, work: str, forked: bool) -> None:
    server = open_fork_server() if forked else None
    child = DecoderProcess(RootFolder(os.fsencode(root)), b"/nowhere", 1 << 29, work, server)
    held = child.ask({"do": "try"})["held"]
    child.kill()
    assert set(held) <= set(PROTECTIONS)
    if LINUX:
        assert {"processes", "network", "writing", "removing", "memory"} <= set(held)


def test_doctor_says_what_holds_and_what_does_not(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a system cannot do is no failure: it is said."""
    lines = list(check_sandbox(os.fsencode(root), b""))
    assert all(good for good, _ in lines)
    if LINUX:
        assert "starting programs, using the network" in lines[0][1]
    monkeypatch.setattr(DecoderProcess, "ask", lambda *arguments: {"held": ["memory"]})
    (held, _), (lacking, words) = check_sandbox(os.fsencode(root), b"")
    assert (held, lacking) == (True, True)
    assert "starting programs" in words
    assert "removing files" in words


BARE = """
import ctypes, os, sys
from dpm_tui.worker.sandbox import sandbox
def broken(*arguments, **options):
    raise OSError("no such library")
ctypes.CDLL = broken
sandbox.enter_sandbox(1 << 30, [os.open(sys.argv[1], os.O_RDONLY)])
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail
print(decode_thumbnail(open(sys.argv[1] + "/a.jpg", "rb").read()).facts.format)
"""


def test_a_system_that_protects_nothing_stops_no_decoder(root: Path) -> None:
    (root / "a.jpg").write_bytes(encode(scene(1)))
    done = subprocess.run([sys.executable, "-c", BARE, root], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "JPEG\n"), done.stderr


@pytest.fixture(params=["forked", "started"])
def wild(
    request: pytest.FixtureRequest, root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DecoderProcess]:
    """Yield a decoder that tries what it must not."""
    monkeypatch.setattr(decoder_process, "CHILD", "tests.worker.wild_child")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    server = open_fork_server() if request.param == "forked" else None
    child = DecoderProcess(RootFolder(os.fsencode(root)), b"/nowhere", 1 << 29, server=server)
    yield child
    child.kill()


@pytest.mark.skipif(not LINUX, reason="only Linux on x86-64 and arm64 can refuse this")
def test_a_decoder_gone_wild_reaches_nothing(wild: DecoderProcess, root: Path, tmp_path: Path) -> None:
    """Every way to start, send, change or kill something that it tries is refused; threads are not."""
    (root / "a.jpg").write_bytes(b"a picture")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_bytes(b"secret")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    tried = wild.ask({"do": "run wild", "outside": str(tmp_path / "outside"), "worker": os.getpid()})
    done = sorted(name for name, outcome in tried["tried"].items() if outcome == "done")
    assert done in (["read", "thread"], ["read", "read outside", "thread"])
    if "reading" in tried["held"]:
        assert "read outside" not in done
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert wild.pid, "and it lives to tell"
