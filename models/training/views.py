"""The views of a batch that one step compares: small and large pictures, and parts cut out of large ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dpm_tui.neural.copy_network import halved
from dpm_tui.pipeline.candidates.crop_search import BOXES
from models.training.augmentation.augmenter import Augmenter
from models.training.augmentation.random_draws import RandomDraws


@dataclass(frozen=True, slots=True)
class Views:
    """Views of N pictures, R of them large.

    ``small`` (2 N, 3, S / 2, S / 2) are near-originals and then copies; those of the large pictures come
    first. ``large`` (2 R, 3, S, S) are the same views of R pictures at twice the side. ``cuts``
    (K R, 3, S / 2, S / 2) are parts cut out of the large near-originals and worn; ``parts`` (K, R) says
    which of ``crop_search.BOXES``.
    """

    small: Tensor
    large: Tensor
    cuts: Tensor
    parts: Tensor


class Viewer:
    """Makes the views of batches of pictures, of any of some sides; the pages and texts of each are kept."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._augmenters: dict[int, Augmenter] = {}

    def augmenter(self, side: int) -> Augmenter:
        """Return what makes views of a side in pixels."""
        if side not in self._augmenters:
            self._augmenters[side] = Augmenter(side, self.device)
        return self._augmenters[side]

    def views(self, pictures: Tensor, dice: RandomDraws, side: int, large: int, cuts: int) -> Views:
        """Return the views of pictures (N, S, S, 3) uint8: the first ``large`` at ``side`` pixels too."""
        full, half = self.augmenter(side), self.augmenter(side // 2)
        big = [full.mild(pictures[:large], dice), full.strong(pictures[:large], dice)]
        rest = pictures[large:]
        little = [half.mild(rest, dice), half.strong(rest, dice)] if len(rest) else [big[0][:0]] * 2
        small = [
            torch.cat([halved(one), other]) if len(rest) else halved(one)
            for one, other in zip(big, little, strict=True)
        ]
        parts = torch.stack([dice.whole(len(big[0]), len(BOXES)) for _ in range(cuts)])
        worn = half.worn(torch.cat([cut_out(big[0], row) for row in parts]), dice)
        return Views(_laid(torch.cat(small)), _laid(torch.cat(big)), _laid(worn), parts)


def cut_out(pictures: Tensor, parts: Tensor) -> Tensor:
    """Return one part (B, 3, S / 2, S / 2) of each picture (B, 3, S, S), by its number in BOXES (B,)."""
    side = pictures.shape[2]
    cut = []
    for picture, part in zip(pictures, parts.tolist(), strict=True):
        top, left, bottom, right = (round(side * share) for share in BOXES[part])
        cut.append(picture[:, top:bottom, left:right])
    return torch.stack(cut)


def _laid(pictures: Tensor) -> Tensor:
    return pictures.contiguous(memory_format=torch.channels_last)
