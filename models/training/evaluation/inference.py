"""Runs a network over prepared pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.neural.copy_network import CopyNet


def describe(
    net: CopyNet, squares: NDArray[np.uint8], device: torch.device, batch: int = 64
) -> NDArray[np.float32]:
    """Return unit vectors (N, dims) of squares (N, side, side, 3)."""
    return _run(net, net, squares, device, batch)


def illustration_logits(
    net: CopyNet, squares: NDArray[np.uint8], device: torch.device, batch: int = 64
) -> NDArray[np.float32]:
    """Return the logits (N,) that squares (N, side, side, 3) are illustrations."""
    return _run(
        net, lambda pixels: net.illustration_logit(net.describe_and_style(pixels)[1]), squares, device, batch
    )


def _run(
    net: CopyNet,
    call: Callable[[Tensor], Tensor],
    squares: NDArray[np.uint8],
    device: torch.device,
    batch: int,
) -> NDArray[np.float32]:
    net.eval()
    found: list[NDArray[np.float32]] = []
    with torch.inference_mode():
        for start in range(0, len(squares), batch):
            part = torch.from_numpy(np.array(squares[start : start + batch])).to(device)
            found.append(call(part.permute(0, 3, 1, 2).float() / 255).cpu().numpy())
    return np.concatenate(found)
