"""Prints what an operation on files left undone, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.recycle.results import Skipped


def print_skipped(skipped: Iterable[Skipped]) -> None:
    """Print each file that stayed where it was with the reason, on standard error."""
    for item in skipped:
        reason = translate(f"recycle.{item.key}", **item.values)
        print(translate("cli.skipped", path=display_name(item.path), reason=reason), file=sys.stderr)
