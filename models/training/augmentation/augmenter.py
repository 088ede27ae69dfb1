"""Strong copy augmentation: random chains of the edits that copies on the net go through."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation import degradations, filters
from models.training.augmentation.geometric_edits import reshape_copies
from models.training.augmentation.overlays import (
    overlay_box,
    overlay_sticker,
    overlay_text,
    screen_pages,
    text_masks,
)
from models.training.augmentation.random_draws import RandomDraws

Edit = Callable[[Tensor, RandomDraws], Tensor]

WEAR: tuple[tuple[Edit, float], ...] = (
    (degradations.tone, 0.45),
    (degradations.grey, 0.1),
    (filters.sepia, 0.05),
    (filters.faded, 0.07),
    (filters.automatic_levels, 0.07),
    (degradations.rescale, 0.08),
    (degradations.rescale, 0.08),
    (degradations.blur, 0.2),
    (degradations.noise, 0.1),
    (degradations.palette, 0.08),
    (degradations.compress, 0.35),
)
"""What befalls a copy in turn, and how likely."""


class Augmenter:
    """Makes training views of pictures, batched, on the device that holds them.

    After SSCD (Pizzi et al. 2022), whose strong copy augmentations carry most of its result.
    """

    def __init__(self, side: int, device: torch.device) -> None:
        self.side, self.device = side, device

    @cached_property
    def masks(self) -> Tensor:
        """The texts and watermarks that are laid over copies."""
        return text_masks(self.side).to(self.device)

    @cached_property
    def pages(self) -> Tensor:
        """The screens and captions around copies."""
        return screen_pages(self.side).to(self.device)

    def plain(self, pictures: Tensor) -> Tensor:
        """Return pictures (B, S, S, 3) uint8 as (B, 3, side, side) floats, as at inference."""
        floats = pictures.to(self.device).permute(0, 3, 1, 2).float() / 255
        return F.interpolate(floats, size=(self.side, self.side), mode="bilinear", antialias=True)

    def mild(self, pictures: Tensor, dice: RandomDraws) -> Tensor:
        """Return near-originals: half untouched, half lightly compressed or toned."""
        return self._chain(
            self.plain(pictures), dice, ((degradations.compress, 0.25), (degradations.tone, 0.25))
        )

    def strong(self, pictures: Tensor, dice: RandomDraws) -> Tensor:
        """Return heavily edited copies of pictures (B, S, S, 3) uint8, (B, 3, side, side)."""
        floats = pictures.to(self.device).permute(0, 3, 1, 2).float() / 255
        copies = reshape_copies(floats, self.side, self.pages, dice)
        boxed = dice.picked(len(copies), 0.08)
        if len(boxed):
            copies[boxed] = overlay_box(copies[boxed], dice)
        # A second time for some: stickers come in numbers.
        for probability in (0.12, 0.04):
            pasted = dice.picked(len(copies), probability)
            if len(pasted):
                others = floats.roll(1 + int(dice.whole(1, max(1, len(floats) - 1))), 0)[pasted]
                copies[pasted] = overlay_sticker(copies[pasted], others, dice)
        written = dice.picked(len(copies), 0.25)
        if len(written):
            copies[written] = overlay_text(copies[written], self.masks, dice)
        return self.worn(copies, dice)

    def worn(self, copies: Tensor, dice: RandomDraws) -> Tensor:
        """Return copies (B, 3, S, S) of the same layout, in other tones and stored with loss."""
        return self._chain(copies, dice, WEAR)

    def _chain(self, copies: Tensor, dice: RandomDraws, edits: tuple[tuple[Edit, float], ...]) -> Tensor:
        for edit, probability in edits:
            chosen = dice.picked(len(copies), probability)
            if len(chosen):
                copies[chosen] = edit(copies[chosen], dice).clamp(0, 1)
        return copies
