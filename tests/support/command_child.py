"""What a fork server of commands runs: the command line of the app, loaded before the fork."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from dpm_tui.cli import main as run
from dpm_tui.cli.parser import VERBS


def load(work: str) -> None:
    """Import every verb."""
    for verb in VERBS:
        import_module(f"dpm_tui.cli.verbs.{verb}")


def main() -> None:
    """Run one command where, and with what, the test has it."""
    place, mask, environment, *arguments = sys.argv[1:]
    os.chdir(place)
    os.umask(int(mask))
    os.environ.clear()
    os.environ.update(json.loads(environment))
    code = 1
    try:
        sys.argv[1:] = arguments
        code = run()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
