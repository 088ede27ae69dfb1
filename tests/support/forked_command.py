"""Commands as processes of their own that need not load themselves: each is a fork of one that has."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from dpm_tui.worker.decoders.forked_process import ForkServer

_SECONDS = 110.0


def _python_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}


_AT_FIRST = _python_settings()


def can_fork() -> bool:
    """Return whether a fork is what a new process would be: with these settings of Python it is."""
    return sys.platform == "linux" and _python_settings() == _AT_FIRST


def run_forked(arguments: Sequence[str], input_: str, cwd: Path | None) -> subprocess.CompletedProcess[str]:
    """Run ``dpm-tui`` with these arguments; return what it said."""
    # Whatever starts a process is told to the audit hooks: tests that do so are to be marked.
    sys.audit("subprocess.Popen", sys.executable, list(arguments), None, None)
    environment = json.dumps(dict(os.environ))
    child = _server().fork("", [str(cwd or Path.cwd()), str(_umask()), environment, *arguments], [])
    with ThreadPoolExecutor(2) as readers, child.stdin, child.stdout, child.stderr:
        said = [readers.submit(pipe.readall) for pipe in (child.stdout, child.stderr)]
        with contextlib.suppress(BrokenPipeError):  # it need not read all of it
            child.stdin.write(input_.encode())
        child.stdin.close()
        try:
            out, err = ((each.result(_SECONDS) or b"").decode() for each in said)
        except TimeoutError:
            child.kill()
            raise
        code = child.wait(_SECONDS)
    return subprocess.CompletedProcess(list(arguments), code, out, err)


@cache
def _server() -> ForkServer:
    """Return the process that has loaded every verb."""
    server = ForkServer("tests.support.command_child")
    atexit.register(server.close)
    return server


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
