"""What is said of an entry of the bin: however long the names, whether the kept file is there can be read."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.app_run import running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries


async def test_long_names_leave_room_for_what_matters() -> None:
    deep = b"a folder with a long name/" * 4
    entries = [
        replace(entry, path=deep + b"the copy.jpg", keeper=deep + b"the best.jpg", keeper_present=False)
        for entry in bin_entries(1)
    ]
    async with running_app(FakeClient(entries=tuple(entries)), screen="bin", size=(80, 24)) as (app, _):
        text = screen_text(app)
        assert text.count("the copy.jpg") == 2
        assert "the best.jpg  (not there now)" in text
