"""Finds the natural near-duplicates of a set of pictures, by means that no model has a part in."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.training.data.perceptual_hashes import phash
from models.training.data.training_pictures import tiny_vectors

ALIKE_LAYOUT, POSSIBLE_LAYOUT = 0.93, 0.6
"""Products of tiny vectors: surely alike, and worth a look at the details."""
ALIKE_BITS = 60
"""Greatest pHash distance, of 256 bits, of pictures that are surely alike."""
SHARED_LEAST, SHARED_SHARE = 10, 0.1
"""Local features in one place, and their share of all, that make two pictures alike."""

Features = tuple[NDArray[np.float32], NDArray[np.float32]]


def distinct(pictures: list[Image.Image]) -> list[int]:
    """Return the numbers of pictures that are no natural near-duplicate of an earlier one.

    Alike are pictures of one layout of light and colour, in any of the eight turns and
    mirrorings; of nearly one pHash; or of a similar layout with many details in the same place
    (playing cards of one deck, the same photograph in two crops).
    """
    small = np.stack([np.asarray(p.resize((96, 96), Image.Resampling.BOX)) for p in pictures])
    turned = [np.rot90(base, turn, (1, 2)) for base in (small, small[:, :, ::-1]) for turn in range(4)]
    plain = tiny_vectors(small)
    layout = np.max([plain @ tiny_vectors(np.ascontiguousarray(turn)).T for turn in turned], axis=0)
    hashes = np.stack([phash(picture) for picture in pictures])
    alike = (layout >= ALIKE_LAYOUT) | (128 * (1 - hashes @ hashes.T) <= ALIKE_BITS)
    features = [local_features(picture) for picture in pictures]
    for first, second in np.argwhere(np.triu(~alike & (layout >= POSSIBLE_LAYOUT), 1)).tolist():
        alike[second, first] = share_details(features[first], features[second])
    kept: list[int] = []
    for number in range(len(pictures)):
        if not alike[number, kept].any():
            kept.append(number)
    return kept


def local_features(picture: Image.Image) -> Features:
    """Return places (N, 2) and descriptors (N, 128) of at most 300 SIFT features."""
    points, found = cv2.SIFT_create(300).detectAndCompute(np.asarray(picture.convert("L")), None)  # type: ignore[attr-defined]
    if found is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    return np.array([point.pt for point in points], np.float32), np.asarray(found, np.float32)


def share_details(first: Features, second: Features) -> bool:
    """Say whether one similarity transform, at half to twice the size, maps many features."""
    fewer = min(len(first[0]), len(second[0]))
    if fewer < SHARED_LEAST:
        return False
    matcher = cv2.BFMatcher(cv2.NORM_L2, crossCheck=True)
    matches = [match for match in matcher.match(first[1], second[1]) if match.distance < 220]
    if len(matches) < SHARED_LEAST:
        return False
    here = first[0][[match.queryIdx for match in matches]]
    there = second[0][[match.trainIdx for match in matches]]
    matrix, inside = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=4)
    if matrix is None or not 0.5 < math.hypot(matrix[0, 0], matrix[0, 1]) < 2:
        return False
    shared = int(inside.sum())
    return shared >= SHARED_LEAST and shared >= SHARED_SHARE * fewer
