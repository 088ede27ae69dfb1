"""Losses of the contrastive training."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def info_nce(originals: Tensor, copies: Tensor, alike: Tensor, temperature: float) -> Tensor:
    """Return the mean InfoNCE loss of B pairs of unit vectors, (B, D) each, both ways.

    Each vector must find its partner among all vectors of the batch, copies and originals
    (van den Oord et al. 2018; in-batch negatives of SimCLR, Chen et al. 2020). ``alike`` (B, B)
    marks pairs of pictures that are natural near-duplicates: they are no negatives.
    """
    count = len(originals)
    vectors = torch.cat([originals, copies])
    logits = vectors @ vectors.T / temperature
    hidden = alike | torch.eye(count, dtype=torch.bool, device=alike.device)
    mask = hidden.repeat(2, 2)
    numbers = torch.arange(count, device=logits.device)
    partner = torch.cat([numbers + count, numbers])
    mask[torch.arange(2 * count, device=logits.device), partner] = False
    return F.cross_entropy(logits.masked_fill(mask, float("-inf")), partner)


def meeting(
    regions: Tensor, cuts: Tensor, others: Tensor, alike: Tensor, alike_others: Tensor, temperature: float
) -> Tensor:
    """Return the mean loss of M regions (M, D) that must each find its own cut among cuts and others (Q, D).

    InfoNCE from regions to cuts and back, and the mean distance of the two: a region must not just be
    nearest, but as near as a copy is. ``alike`` (M, M) and ``alike_others`` (M, Q) mark what is no negative.
    """
    numbers = torch.arange(len(regions), device=regions.device)
    mask = alike.clone()
    mask[numbers, numbers] = False
    mask = torch.cat([mask, alike_others], dim=1)
    loss = torch.zeros((), device=regions.device)
    for queries, partners in ((regions, cuts), (cuts, regions)):
        logits = queries @ torch.cat([partners, others]).T / temperature
        loss = loss + F.cross_entropy(logits.masked_fill(mask, float("-inf")), numbers)
    return loss / 2 + (1 - (regions * cuts).sum(dim=1)).mean()


def koleo(vectors: Tensor, alike: Tensor) -> Tensor:
    """Return the entropy regulariser: minus the mean log distance to the nearest unlike vector.

    Kozachenko-Leonenko estimator (Sablayrolles et al. 2019), which SSCD uses to spread unlike
    pictures evenly over the sphere. ``vectors`` are (B, D) unit vectors, ``alike`` is (B, B).
    """
    with torch.no_grad():
        products = (vectors @ vectors.T).masked_fill(alike, -2)
        products.fill_diagonal_(-2)
        nearest = products.argmax(dim=1)
    return -(F.pairwise_distance(vectors, vectors[nearest]) + 1e-6).log().mean()


def style_loss(logits: Tensor, drawn: Tensor, rarity: Tensor) -> Tensor:
    """Return the cross-entropy of telling illustrations (1 in ``drawn``) from photographs, all (B,).

    A picture weighs as much as its source is rare; both kinds weigh the same.
    """
    weights = torch.where(drawn > 0.5, rarity / (rarity * drawn).sum(), rarity / (rarity * (1 - drawn)).sum())
    weights = torch.nan_to_num(weights, posinf=0.0)
    return F.binary_cross_entropy_with_logits(logits, drawn, weights / 2, reduction="sum")
