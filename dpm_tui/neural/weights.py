"""Loads a network with its weights, after checking that the file is the one the manifest names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.neural.copy_network import CopyNet, Shape
from dpm_tui.neural.model_manifest import WeightFile


def load_network(file: WeightFile) -> CopyNet:
    """Return the network ready for inference: float32, normalisations folded in.

    Weight files are safetensors, which cannot carry code, and only the very bytes whose digest was
    checked are read. Raises DpmError naming the file if it is
    missing, damaged or another one than the manifest describes.
    """
    content = read_checked(file.path, file.sha256)
    shape = Shape(dims=file.dims, input_px=file.input_px)
    network = CopyNet(shape)
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in load_tensors(content).items()})
    except (SafetensorError, RuntimeError, ValueError) as error:
        shown = display_name(str(file.path))
        raise DpmError("weights_unusable", path=shown, reason=str(error)[:200]) from error
    return network.fold()


def read_checked(path: Path, sha256: str) -> bytes:
    """Return the bytes of a weight file; raises DpmError if it is missing or another one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DpmError("weights_unusable", path=display_name(str(path)), reason=reason_of(error)) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DpmError("weights_unusable", path=display_name(str(path)), reason="SHA-256")
    return content
