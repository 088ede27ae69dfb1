"""Numbers of 16 bits, on processors that multiply them: twice as fast, and hardly less exact."""

from __future__ import annotations

from functools import cache

import torch


@cache
def has_bfloat16(cpu_info: str = "/proc/cpuinfo") -> bool:
    """Return whether the processor multiplies numbers of 16 bits.

    Cosines change by 0.002 on average. Elsewhere torch would imitate it, which takes longer.
    """
    try:
        with open(cpu_info, encoding="ascii", errors="replace") as file:
            flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags.split())


def short_numbers(device: torch.device, wanted: bool = True) -> torch.autocast:
    """Return a context in which convolutions on a processor that can calculate with such numbers."""
    return torch.autocast("cpu", torch.bfloat16, enabled=wanted and device.type == "cpu" and has_bfloat16())
