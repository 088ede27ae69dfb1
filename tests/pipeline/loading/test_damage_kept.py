"""What is wrong with a damaged file is kept with it."""

from __future__ import annotations

import os
from pathlib import Path

from dpm_tui.catalog.image_file import ImageFile, Status
from tests.support.pictures import encode, scene
from tests.support.scan_lab import ScanLab


def _files(lab: ScanLab) -> dict[bytes, ImageFile]:
    return {file.path: file for file in lab.state().files.files.values()}


def test_a_damaged_file_is_compared_and_keeps_its_reason_when_it_is_touched(tmp_path: Path) -> None:
    lab = ScanLab(tmp_path)
    content = encode(scene(3, 400, 300), "PNG")
    lab.write(b"whole.png", content)
    lab.write(b"torn.png", content[:-300])
    lab.run()
    first = _files(lab)
    assert {file.status for file in first.values()} == {Status.OK}
    assert first[b"torn.png"].facts.damaged
    assert first[b"torn.png"].reason
    assert not first[b"whole.png"].facts.damaged
    os.utime(lab.at(b"torn.png"), (1, 1))
    costs = lab.run()
    assert costs.decoded == []
    assert _files(lab)[b"torn.png"].reason == first[b"torn.png"].reason
