"""Tone: the colour change that turns one picture into another, fitted so that local edits do not bend it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SAMPLE = 32
"""Side of the small pictures a tone is fitted on: 1024 pixels carry any global curve."""
ROUNDS = 4
"""Reweighted least squares settle after three rounds; one more costs 0.1 ms."""
CLIPPED = 6 / 255
"""A target this close to black or white may have been cut off there, so it says little about the curve."""
AT_END, APART = 2, 12
"""Levels from black or white up to which a pixel may have been cut off, and by which another shows more."""
PULL = 0.3
"""Pull of gain and offset towards 'no change', in pixels of full range: keeps two or three flat colours
from being explained by a wild curve."""
CURVE_PULL = 1.5
"""The same for the squared and the mixed terms, which few colours determine less well."""
LOOSE = 20 / 255
"""A filter's fit misses by this much in places without these being local edits."""
STRONG_COLOUR = 11.0
"""Mean change of the colour axes, summed, in levels: mild tones reach 9.5, sepia and filters start at 11."""
STRONG_LIGHT = 40.0
"""Mean change of lightness in levels: brightness and contrast off by 12 % reach 24, by 30 % reach 55."""
STRONG_CONTRAST = 1.6
"""Ratio of the spreads of lightness: contrast off by 12 % reaches 1.24, by 30 % reaches 1.7."""
FADED = 0.35
"""Share of colour kept below which a picture that had ``COLOURFUL`` counts as grey."""
COLOURFUL = 3.5
"""Mean distance from grey in levels that an eye sees."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour change: each output channel a polynomial of the three inputs."""

    weights: NDArray[np.float32]
    """A row a term, in the order of ``_terms``, of three output channels; colours run 0..1."""
    residual: float
    """Median colour distance, in levels a channel, that the fit leaves."""

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the RGB picture (height, width, 3) with its colours changed and cut to 0..255."""
        linear = np.ascontiguousarray(np.vstack([self.weights[:3], self.weights[3] * 255]).T)
        values: NDArray[Any] = cv2.transform(picture.astype(np.float32), linear)
        if len(self.weights) == 7:
            values += cv2.multiply(picture, picture, scale=1 / 255, dtype=cv2.CV_32F) * np.diag(
                self.weights[4:]
            )
        else:
            bent = _terms(picture.reshape(-1, 3).astype(np.float32) / np.float32(255))[:, 4:]
            values += (bent @ (self.weights[4:] * 255)).reshape(picture.shape)
        changed: NDArray[Any] = cv2.convertScaleAbs(np.clip(values, 0, 255))
        return changed


def fit_tone(
    source: NDArray[np.uint8],
    target: NDArray[np.uint8],
    mask: NDArray[np.uint8] | None = None,
    rich: bool = False,
) -> Tone:
    """Fit the tone that turns one RGB picture into another of the same frame, where the mask is 255.

    Reweighted least squares with Geman-McClure weights: what differs in one place only is an outlier. A
    rich tone follows filters and lost colours more closely and forgives more.
    """
    x, y = sample_colours(source), sample_colours(target)
    valid = np.ones(len(x), np.float32) if mask is None else _sample_mask(mask)
    terms = _terms(x) if rich else _terms(x)[:, :7]
    plain = np.eye(terms.shape[1], 3, dtype=np.float32)
    used, pull = _shape(rich)
    inputs = np.stack([terms[:, columns] for columns in used])
    open_ended = np.where((y > CLIPPED) & (y < 1 - CLIPPED), np.float32(1), np.float32(0.05)).T
    missing = (y - x).T[:, :, None]
    weights = plain.copy()
    trust: NDArray[Any] = valid
    middle = 0.0
    for _ in range(ROUNDS):
        weighted = (inputs * (trust * open_ended)[:, :, None]).transpose(0, 2, 1)
        bend = np.linalg.solve(weighted @ inputs + pull, weighted @ missing)[:, :, 0]
        for channel, columns in enumerate(used):
            weights[columns, channel] = plain[columns, channel] + bend[channel]
        left = np.abs(np.clip(terms @ weights, 0, 1) - y).sum(axis=1)
        middle = float(np.median(left[valid > 0] if mask is not None else left)) if valid.any() else 0.0
        trust = valid / (1 + (left / np.float32(max(2 * middle, LOOSE if rich else CLIPPED))) ** 2) ** 2
    return Tone(weights, middle * 255 / 3)


@cache
def _shape(rich: bool) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the terms that each output channel is made of, and the pull on them as diagonal matrices."""
    used = [list(range(13)) if rich else [0, 1, 2, 3, 4 + channel] for channel in range(3)]
    pull = []
    for channel, columns in enumerate(used):
        held = [
            PULL / (3 if rich else 1) if c in (channel, 3) else CURVE_PULL / (5 if rich else 1)
            for c in columns
        ]
        pull.append(np.diag(held))
    return np.array(used, np.intp), np.array(pull)


def is_negative(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Return whether one of two RGB pictures is dark where the other is light."""
    one, other = (sample_colours(p).mean(axis=1) for p in (first, second))
    return bool(((one - one.mean()) * (other - other.mean())).sum() < 0)


def cut_off(
    source: NDArray[np.uint8],
    toned: NDArray[np.uint8],
    goal: NDArray[np.uint8],
    mask: NDArray[np.uint8] | None = None,
) -> float:
    """Return the share of an RGB picture that is black or white where another shows more, where mask is 255.

    It is ``toned`` like the other one, its ``goal``: what it shows in one colour has one colour there, too,
    unless it was cut off. Each second row and column tells.
    """
    some = np.s_[::2, ::2]
    at_end = (source[some] <= AT_END) | (source[some] >= 255 - AT_END)
    more = cv2.absdiff(toned[some], goal[some]) > APART
    lost = (at_end & more).any(axis=2)
    return float(lost.mean() if mask is None else (lost & (mask[some] == 255)).mean())


def is_strong(
    first: NDArray[np.uint8], second: NDArray[np.uint8], mask: NDArray[np.uint8] | None = None
) -> bool:
    """Return whether two RGB pictures differ so much in tone that one is edited, where the mask is 255."""
    one, other = (_lab(p) for p in (first, second))
    if mask is not None:
        valid = _sample_mask(mask) > 0
        if not valid.any():
            return False
        one, other = one[valid], other[valid]
    apart = np.abs(one - other).mean(axis=0)
    if apart[0] >= STRONG_LIGHT or apart[1] + apart[2] >= STRONG_COLOUR:
        return True
    if float(((one[:, 0] - one[:, 0].mean()) * (other[:, 0] - other[:, 0].mean())).sum()) < 0:
        return True
    spread = sorted(float(p[:, 0].std()) + 1 for p in (one, other))
    colour = sorted(float(np.abs(p[:, 1:] - 128).sum(axis=1).mean()) for p in (one, other))
    faded = colour[1] >= COLOURFUL and colour[0] < FADED * colour[1]
    return faded or spread[1] >= STRONG_CONTRAST * spread[0]


def tone_features(
    first: NDArray[np.uint8], second: NDArray[np.uint8], mask: NDArray[np.uint8] | None
) -> NDArray[np.float64]:
    """Return eight logarithms of how far tones lie apart: quartiles and the top, of light and colour.

    A filter moves every colour, another dress only its own.
    """
    apart = np.abs(_lab(first) - _lab(second))
    if mask is not None:
        valid = _sample_mask(mask) > 0
        apart = apart[valid] if valid.any() else apart
    quantiles = np.quantile(
        np.stack([apart[:, 0], apart[:, 1] + apart[:, 2]]), (0.25, 0.5, 0.75, 0.95), axis=1
    )
    logs: NDArray[np.float64] = np.log(quantiles.T.ravel() + 1.0)
    return logs


def _lab(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    flat: NDArray[np.float32] = (
        cv2.cvtColor(shrunk(picture), cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    )
    return flat


def shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture at the size that tones are fitted on; pass it on to fit the same picture twice."""
    if picture.shape[:2] == (SAMPLE, SAMPLE):
        return picture
    small: NDArray[Any] = cv2.resize(picture, (SAMPLE, SAMPLE), interpolation=cv2.INTER_AREA)
    return small


def sample_colours(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the colours 0..1 of the places that tones are fitted on, a row each."""
    flat: NDArray[np.float32] = shrunk(picture).reshape(-1, 3).astype(np.float32) / np.float32(255)
    return flat


def _sample_mask(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(mask, (SAMPLE, SAMPLE), interpolation=cv2.INTER_AREA)
    flat: NDArray[np.float32] = (small.reshape(-1) > 250).astype(np.float32)
    return flat


def _terms(colours: NDArray[Any]) -> NDArray[np.float32]:
    """Return the inputs of the fit for colours 0..1: linear, constant, squares, products and cubes."""
    red, green, blue = colours.T
    pairs = (red * green, red * blue, green * blue)
    columns = [red, green, blue, np.ones_like(red), red**2, green**2, blue**2, *pairs]
    stacked: NDArray[np.float32] = np.stack([*columns, red**3, green**3, blue**3], axis=1)
    return stacked
