"""Which screen compares the vectors of a large library: torch is loaded only for one that is quicker."""

from __future__ import annotations

from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen


def load_screen() -> Screen:
    """Return the quickest screen that the processor allows."""
    from dpm_tui.neural.bfloat16_screen import Bfloat16Screen
    from dpm_tui.neural.embedder import has_bfloat16

    return Bfloat16Screen() if has_bfloat16() else NumpyScreen()
