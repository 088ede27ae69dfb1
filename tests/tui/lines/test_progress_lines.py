"""The compare screen says what each node of a cluster does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.worker.protocol.messages import NodeStatus
from tests.tui.app_run import running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.runs import RUNNING

NODES = (
    NodeStatus("ada", "tcp://10.0.0.2:40001", "working", done=1234, rate=31.4),
    NodeStatus("bob", "tcp://10.0.0.3:40001", "slow", done=80, retries=2),
    NodeStatus("cyn", "tcp://10.0.0.4:40001", "refused", reason='@cluster.other_share {"path": "/nas"}'),
)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_each_node_has_a_line_where_there_is_room(size: tuple[int, int]) -> None:
    client = FakeClient(status=replace(RUNNING, nodes=NODES))
    async with running_app(client, screen="compare", size=size) as (app, _):
        shown = screen_text(app)
    assert "1 of 3 nodes, 31/s  2 jobs repeated" in shown
    assert "working  31/s  1,234 done" in shown
    assert "does not answer" in shown
    assert "refused: the files in /nas" in shown


async def test_a_small_screen_has_the_sum_of_them() -> None:
    client = FakeClient(status=replace(RUNNING, nodes=NODES))
    async with running_app(client, screen="compare", size=(80, 24)) as (app, _):
        assert "1 of 3 nodes, 31/s" in screen_text(app)
