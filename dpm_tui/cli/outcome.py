"""Prints what an operation on files left undone, and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dpm_tui.errors import ExitCode
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Skipped


def print_skipped(skipped: Sequence[Skipped]) -> ExitCode:
    """Print on standard error which files stayed where they were and why; return the exit code."""
    for item in skipped:
        print(translate("cli.skipped", path=display_name(item.path), reason=item.reason), file=sys.stderr)
    return ExitCode.FAILED if skipped else ExitCode.DONE
