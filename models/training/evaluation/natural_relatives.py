"""Tells natural relatives among held-out pictures, which are neither copies nor strangers."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
FEATURES = 800
RATIO = 0.75
AGREEING = 12
"""Features that agree on one similarity transform: unrelated pictures do not reach it."""
REACH = 4.0


class Relatives:
    """Which pictures share drawn or photographed parts: two shots of one banknote, say.

    Whether such a pair is a copy is a matter of taste, so that it counts neither for nor against a method.
    Found by SIFT (Lowe 2004) and RANSAC, by which no method under trial is described.
    """

    def __init__(self, pictures: list[Picture]) -> None:
        self._pictures = pictures
        self._sift = cv2.SIFT.create(FEATURES)
        self._features: dict[tuple[int, bool], tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def mask(self, truth: NDArray[np.int64], pairs: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
        """Return (Q, R): where a query's original is a relative of a reference, of ``pairs``."""
        hidden = np.zeros((len(truth), len(self._pictures)), np.bool_)
        for first, second in {(a, b) if a < b else (b, a) for a, b in pairs if a != b}:
            if self.related(first, second):
                hidden[np.ix_(truth == first, [second])] = True
                hidden[np.ix_(truth == second, [first])] = True
        return hidden

    def mask_pasted(
        self, scores: NDArray[np.float32], truth: NDArray[np.int64], pasted: NDArray[np.bool_], props: int
    ) -> NDArray[np.bool_]:
        """Return (Q, R): where a query that others were ``pasted`` into is rightly near to a reference.

        That is, to one that a picture which may have been pasted is a relative of: the last ``props`` of all.
        ``scores`` (Q, R) are above 0 where a pair was found.
        """
        hidden = np.zeros(scores.shape, np.bool_)
        found = (scores > 0) & pasted[:, None]
        found[np.arange(len(truth)), truth] = False
        of_prop = {
            column: any(self.related(column, len(self._pictures) - 1 - k) for k in range(props))
            for column in set(np.nonzero(found)[1].tolist())
        }
        for row, column in np.argwhere(found).tolist():
            hidden[row, column] = of_prop[column]
        return hidden

    def related(self, first: int, second: int) -> bool:
        """Return whether enough features of two pictures lie alike, one of them mirrored perhaps."""
        key = first, second
        if key not in self._known:
            self._known[key] = any(self._agreeing(first, second, flip) >= AGREEING for flip in (False, True))
        return self._known[key]

    def _agreeing(self, first: int, second: int, mirrored: bool) -> int:
        (places, rows), (others, columns) = self._of(first, False), self._of(second, mirrored)
        if min(len(rows), len(columns)) < AGREEING:
            return 0
        matches = cv2.BFMatcher().knnMatch(rows, columns, k=2)
        good = [one for one, two in matches if one.distance < RATIO * two.distance]
        if len(good) < AGREEING:
            return 0
        source = places[[match.queryIdx for match in good]]
        target = others[[match.trainIdx for match in good]]
        _, inside = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=REACH)
        return 0 if inside is None else int(inside.sum())

    def _of(self, number: int, mirrored: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if (number, mirrored) not in self._features:
            picture = self._pictures[number]
            grey = cv2.cvtColor(
                np.ascontiguousarray(picture[:, ::-1] if mirrored else picture), cv2.COLOR_RGB2GRAY
            )
            points, rows = self._sift.detectAndCompute(grey, None)
            places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
            found = np.zeros((0, 128), np.float32) if rows is None else np.asarray(rows, np.float32)
            self._features[number, mirrored] = places, found
        return self._features[number, mirrored]
