"""Runs a network over prepared pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.neural.copy_network import CopyNet, halved, squash
from dpm_tui.neural.model_choice import ModelChoice
from dpm_tui.neural.region_pooling import WHOLE
from dpm_tui.neural.short_numbers import short_numbers
from dpm_tui.pipeline.candidates.crop_search import BOXES, COUNT, MIDDLE
from dpm_tui.pipeline.candidates.inner_picture import find_inner_picture

Vectors = NDArray[np.float32]
BATCH = 8
"""Pictures at once, as in the app."""


@dataclass(frozen=True, slots=True)
class Described:
    """Unit vectors of pictures as the app has them.

    ``whole`` (N, dims) are compared with each other, ``parts`` (N, COUNT, dims) with ``small`` (N, dims):
    whole pictures as they look at half the side.
    """

    whole: Vectors
    small: Vectors
    parts: Vectors

    @classmethod
    def of(cls, net: CopyNet, squares: NDArray[np.uint8], device: torch.device) -> Described:
        """Return the vectors of squares (N, side, side, 3)."""

        def describe(pixels: Tensor) -> Tensor:
            small = net(halved(pixels))
            return torch.cat([small[:, None], net.describe_regions(pixels, (WHOLE, *BOXES))], dim=1)

        found = _run(net, describe, squares, device, BATCH)
        return cls(found[:, 1].copy(), found[:, 0].copy(), found[:, 2:].copy())

    @classmethod
    def of_thumbnails(cls, net: CopyNet, thumbnails: Sequence[NDArray[np.uint8]]) -> Described:
        """Return the vectors of thumbnails (height, width, 3), with the inner pictures that some have."""
        device = torch.device("cpu")
        found = cls.of(net, np.stack([squash(one, net.shape.input_px) for one in thumbnails]), device)
        inner = {
            k: one for k, thumb in enumerate(thumbnails) if (one := find_inner_picture(thumb)) is not None
        }
        if inner:
            squares = np.stack([squash(one, net.shape.input_px // 2) for one in inner.values()])
            found.parts[list(inner), MIDDLE] = _run(net, net, squares, device, BATCH)
        return found

    def parts_to(self, small: Vectors) -> Vectors:
        """Return (N, COUNT, M): the cosines of each part with small whole pictures (M, dims)."""
        cosines: Vectors = np.stack([self.parts[:, k] @ small.T for k in range(COUNT)], axis=1)
        return cosines

    def nearest_part(self, others: Described) -> Vectors:
        """Return (N, M): the highest cosine of a part of one picture and another whole one, either way."""
        held = others.parts_to(self.small).max(axis=1).T
        nearest: Vectors = np.maximum(self.parts_to(others.small).max(axis=1), held)
        return nearest


def choice_logits(
    net: CopyNet, choice: ModelChoice, squares: NDArray[np.uint8], batch: int = BATCH
) -> NDArray[np.float64]:
    """Return the logits (N,) that squares (N, side, side, 3) are illustrations, as the app has them."""
    found: list[NDArray[np.float64]] = []
    with torch.inference_mode(), short_numbers(torch.device("cpu")):
        for start in range(0, len(squares), batch):
            part = squares[start : start + batch]
            pixels = torch.from_numpy(np.array(part)).permute(0, 3, 1, 2).float() / 255
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            found.append(choice.logits(part, pixels, net.map_and_style(pixels)[1]))
    return np.concatenate(found)


def _run(
    net: CopyNet,
    call: Callable[[Tensor], Tensor],
    squares: NDArray[np.uint8],
    device: torch.device,
    batch: int,
) -> NDArray[np.float32]:
    net.eval()
    found: list[NDArray[np.float32]] = []
    with torch.inference_mode(), short_numbers(device):
        for start in range(0, len(squares), batch):
            part = torch.from_numpy(np.array(squares[start : start + batch])).to(device)
            found.append(call(part.permute(0, 3, 1, 2).float() / 255).float().cpu().numpy())
    return np.concatenate(found)
