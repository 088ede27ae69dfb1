from __future__ import annotations

import pytest

from dpm_tui.neural.model_manifest import read_manifest
from dpm_tui.pipeline.candidates.fingerprint import MODELS


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_small_and_the_manifest_is_sane(model: str) -> None:
    entry = read_manifest()[model]
    assert entry.path.stat().st_size <= 2_000_000
    assert 128 <= entry.dims <= 256
    assert 0 < entry.threshold < 1
