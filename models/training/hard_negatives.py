"""Finds hard negatives: different pictures that the network takes to be near."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.neural.copy_network import CopyNet
from dpm_tui.neural.short_numbers import short_numbers
from models.training.augmentation.augmenter import Augmenter
from models.training.data.training_pictures import Pictures

NEIGHBOURS = 12
CHUNK = 256


@torch.no_grad()
def nearest_unlike(net: CopyNet, pictures: Pictures, augmenter: Augmenter, alike: float) -> NDArray[np.int64]:
    """Return (N, K) numbers of the pictures nearest to each, without natural near-duplicates.

    ``alike`` is the product of tiny vectors from which two pictures are such.
    """
    net.eval()
    with short_numbers(augmenter.device):
        parts = [
            net(augmenter.plain(torch.from_numpy(pictures.pixels(rows)))).cpu()
            for rows in np.array_split(np.arange(len(pictures)), -(-len(pictures) // CHUNK))
        ]
    vectors, tiny = torch.cat(parts), torch.from_numpy(pictures.tiny)
    few = min(NEIGHBOURS, len(vectors) - 1)
    found: list[NDArray[np.int64]] = []
    for at in range(0, len(vectors), CHUNK):
        products = vectors[at : at + CHUNK] @ vectors.T
        products[tiny[at : at + CHUNK] @ tiny.T > alike] = -2
        products[torch.arange(len(products)), torch.arange(len(products)) + at] = -3
        found.append(products.topk(few, dim=1).indices.numpy())
    return np.concatenate(found)
