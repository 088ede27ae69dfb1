"""The wheel carries everything that the program needs, weights included."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]


def test_the_wheel_runs_by_itself(tmp_path: Path) -> None:
    """Built, unpacked far from the checkout and started there, it finds its models and languages."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(site)
    weights = {f"dpm_tui/_models/{name}.safetensors" for name in ("photo", "illustration", "choice")}
    assert weights <= set(names)
    pages = {"html", "css", "js"}
    for folder, kinds in (("report/page/assets", pages), ("web/assets", pages), ("tui", {"tcss"})):
        packed = {name.rpartition(".")[2] for name in names if name.startswith(f"dpm_tui/{folder}/")}
        assert kinds <= packed
    assert not any(name.startswith(("tests", "models")) for name in names)
    program = f"import sys; sys.path.insert(0, {str(site)!r}); from dpm_tui.cli import main; main(['doctor'])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert str(site / "dpm_tui/_models/photo.safetensors") in done.stdout, done.stderr
    assert "!! " not in done.stdout.replace("!!  terminal", "")
