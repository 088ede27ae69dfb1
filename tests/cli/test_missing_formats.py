"""Pictures that nothing installed can read are counted with what to install, and taken in once it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.album import dpm, report_of
from tests.support.photoshop_files import photoshop
from tests.support.pictures import encode, scene
from tests.support.raw_files import dng

pytestmark = pytest.mark.slow
_HIDES = """
import importlib.util
_find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: (
    None if name in ("pillow_jxl", "rawpy", "psd_tools") else _find(name, *more)
)
"""


def test_they_are_said_everywhere_and_read_by_the_next_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, hidden = tmp_path / "library", tmp_path / "hidden"
    library.mkdir()
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(_HIDES)
    still = scene(60, 900, 600)
    (library / "a.png").write_bytes(encode(still, "PNG"))
    (library / "a.jxl").write_bytes(encode(still, "JXL", lossless=True))
    (library / "deep.psd").write_bytes(photoshop(still, depth=16))
    for number in range(3):
        (library / f"{number}.dng").write_bytes(dng(scene(61 + number, 900, 600)))
    (library / "a.dng").write_bytes(dng(still))
    needs = ["1 JPEG XL file needs: pip install 'dpm-tui[jxl]'"]
    needs += ["3 camera RAW files need: pip install 'dpm-tui[raw]'"]

    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(hidden))
        scanned = dpm("scan", library)
        assert scanned.returncode == 0, scanned.stderr
        assert scanned.stdout.splitlines()[-2:] == needs
        assert dpm("status", library).stdout.splitlines()[2:4] == needs
        assert "要" in dpm("--language", "zh_CN", "status", library).stdout
        assert "pip install 'dpm-tui[raw]'" in dpm("doctor").stdout
    report = report_of(library)
    assert [file["path"] for file in report["files"]] == ["a.png"]
    assert [note["reason"] for note in report["notes"]] == needs
    (error,) = report["errors"]
    assert error["path"] == "deep.psd"
    assert "pip install 'dpm-tui[psd]'" in error["reason"]

    scanned = dpm("scan", library)
    assert scanned.returncode == 0, scanned.stderr
    assert "need" not in scanned.stdout
    report = report_of(library)
    assert {file["path"] for file in report["files"]} == {
        "a.png",
        "a.jxl",
        "deep.psd",
        "0.dng",
        "1.dng",
        "2.dng",
    }
    assert report["notes"] == report["errors"] == []
    assert len(report["groups"]) == 1
