"""The sample library shows everything that there is to show."""

from __future__ import annotations

from dpm_tui.catalog.verdict import Kind
from tests.tui.samples.library import sample_library


def test_every_kind_of_pair_is_in_it() -> None:
    assert {pair.kind for pair in sample_library().pairs} == set(Kind)
