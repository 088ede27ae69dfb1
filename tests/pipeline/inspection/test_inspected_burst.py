"""A burst whose best frame has a pair with all others takes work in proportion to its pairs."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.inspection.inspected_verdict import inspect_verdicts

BEST = "0" * 64


class CountedInspections:
    """Answers for every pair alike, and counts how often it is asked."""

    def __init__(self, answer: Inspection | None) -> None:
        self.answer, self.asked = answer, 0

    def get(self, pair: DigestPair) -> Inspection | None:
        self.asked += 1
        return self.answer


@pytest.mark.parametrize("answer", [None, Inspection(-5, 4)])
def test_a_pair_costs_the_same_in_a_burst_of_any_size(answer: Inspection | None) -> None:
    each = []
    for frames in (50, 500):
        verdicts = [((BEST, f"{frame:064x}"), Verdict(Kind.COPY, 0.97)) for frame in range(1, frames)]
        inspections = CountedInspections(answer)
        inspect_verdicts(verdicts, inspections)
        each.append(inspections.asked / len(verdicts))
    assert each[1] == each[0]
