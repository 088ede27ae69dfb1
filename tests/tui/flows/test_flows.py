"""Runs the flow of every command."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

from dpm_tui.state.config import Config
from dpm_tui.tui.command_table import COMMANDS
from tests.tui import flows
from tests.tui.app_run import running_app
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import FLOWS
from tests.tui.samples.recycle_bin import bin_entries
from tests.tui.samples.runs import FINISHED, RUNNING

pytestmark = pytest.mark.slow

for module in iter_modules(flows.__path__, f"{flows.__name__}."):
    import_module(module.name)


def test_every_command_has_a_flow() -> None:
    assert FLOWS.keys() == {command.id for command in COMMANDS}


@pytest.mark.parametrize("command", FLOWS)
async def test_flow(command: str) -> None:
    screen, function = FLOWS[command]
    status = RUNNING if command in ("pause_run", "stop_run") else FINISHED
    client = FakeClient(entries=bin_entries(), config=Config(protected=("keep",)), status=status)
    async with running_app(client, screen=screen) as (app, pilot):
        await function(app, pilot, client)
