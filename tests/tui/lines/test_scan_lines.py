"""The scan screen says of pictures that nothing installed can read what to install."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.app_run import running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.runs import FINISHED


async def test_pictures_that_need_a_package_are_counted_with_its_command() -> None:
    client = FakeClient(status=replace(FINISHED, lacking={"raw": 12403, "jxl": 1}))
    async with running_app(client, screen="scan") as (app, _):
        shown = screen_text(app)
    assert "12,403 camera RAW files need: pip install 'dpm-tui[raw]'" in shown
    assert "1 JPEG XL file needs: pip install 'dpm-tui[jxl]'" in shown
