"""The budget: decoders and their memory from what the settings and the computer give."""

from __future__ import annotations

import psutil
import pytest

from dpm_tui.worker.decoders.memory_budget import MIN_CHILD, DecoderBudget, computer_memory

MIB = 1 << 20


@pytest.mark.parametrize("workers", [1, 2, 8, 64])
@pytest.mark.parametrize("memory", [1536, 2048, 4096, 16384, 262144])
def test_the_ceiling_holds(workers: int, memory: int) -> None:
    budget = DecoderBudget.plan(workers, memory * MIB)
    assert budget.count * budget.child + budget.spare <= memory * MIB
    assert 1 <= budget.count <= workers
    assert budget.spare >= budget.child >= MIN_CHILD


def test_plenty_of_memory_takes_no_decoder_away() -> None:
    """Whoever sets a memory means all of it: the spare decoder takes what the others leave."""
    assert DecoderBudget.plan(16, 64 << 30) == DecoderBudget(16, 2 << 30, 32 << 30)


def test_little_memory_leaves_one_decoder() -> None:
    assert DecoderBudget.plan(8, 1) == DecoderBudget(1, MIN_CHILD, MIN_CHILD)


def test_without_a_setting_half_of_the_computer_is_the_ceiling() -> None:
    assert 0 < computer_memory() <= psutil.virtual_memory().total
    assert DecoderBudget.plan(4) == DecoderBudget.plan(4, computer_memory() // 2)
