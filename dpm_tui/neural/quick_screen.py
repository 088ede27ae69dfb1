"""The quickest screen that the processor allows."""

from __future__ import annotations

from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen


def load_screen() -> Screen:
    """Return the quickest screen that the processor allows; loads torch."""
    from dpm_tui.neural.bfloat16_screen import Bfloat16Screen
    from dpm_tui.neural.short_numbers import has_bfloat16

    return Bfloat16Screen() if has_bfloat16() else NumpyScreen()
