"""Runs a network over prepared pictures."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.neural.networks import CopyNet


def describe(
    net: CopyNet, squares: NDArray[np.uint8], device: torch.device, batch: int = 64
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return unit vectors (N, dims) and pooled features (N, width) of squares (N, side, side, 3)."""
    vectors: list[NDArray[np.float32]] = []
    features: list[NDArray[np.float32]] = []
    net.eval()
    with torch.inference_mode():
        for start in range(0, len(squares), batch):
            part = torch.from_numpy(np.array(squares[start : start + batch])).to(device)
            pooled = net.pooled(part.permute(0, 3, 1, 2).float() / 255)
            features.append(pooled.cpu().numpy())
            vectors.append(net.describe(pooled).cpu().numpy())
    return np.concatenate(vectors), np.concatenate(features)
