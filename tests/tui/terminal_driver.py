"""Runs the app in the terminal it is started in, with a client that follows a script."""

from __future__ import annotations

import sys

from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.launch import run_app
from dpm_tui.worker.client import Client
from tests.tui.fake_client import FakeClient


async def connect() -> Client:
    """Return the client."""
    return FakeClient()


if __name__ == "__main__":
    root = sys.argv[1].encode()
    sys.exit(run_app(Layout(root, root), connect=connect))
