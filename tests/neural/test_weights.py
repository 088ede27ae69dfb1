from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from dpm_tui.errors import DpmError
from dpm_tui.neural.model_manifest import WeightFile, read_manifest
from dpm_tui.neural.weights import load_network
from dpm_tui.pipeline.candidates.fingerprint import MODELS


@pytest.mark.parametrize("model", MODELS)
def test_the_weights_of_the_manifest_load(model: str) -> None:
    entry = read_manifest()[model]
    network = load_network(entry)
    assert not network.training
    assert network.shape.dims == entry.dims


def test_other_bytes_than_the_manifests_are_refused_by_name(tmp_path: Path) -> None:
    entry = read_manifest()["photo"]
    content = bytearray(entry.path.read_bytes())
    content[-1] ^= 1
    changed = replace(entry, path=tmp_path / "photo.safetensors")
    changed.path.write_bytes(content)
    with pytest.raises(DpmError, match=r"photo\.safetensors") as caught:
        load_network(changed)
    assert caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DpmError, match=r"gone\.safetensors"):
        load_network(WeightFile(tmp_path / "gone.safetensors", "0" * 64, 112, 192, 0.5))


@pytest.mark.parametrize("content", [b"", b"not tensors", save({"other": torch.zeros(3)})])
def test_a_file_that_holds_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    with pytest.raises(DpmError, match=r"odd\.safetensors"):
        load_network(WeightFile(path, digest, 112, 192, 0.5))
