"""Drawn pictures: sketches, cartoons and paintings made of photographs, and patterns made of nothing.

The archives hold few styles of drawing; a photograph that is drawn after teaches that style decides, not
what is shown.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Square = NDArray[np.uint8]
Values = NDArray[np.float32]
LETTERS = np.array(list("aeinrst olmducp"))


def draw_after(square: Square, number: int, draw: Generator) -> Square:
    """Return a drawing (side, side, 3) after a photograph, in STYLES by turns; some stand on a page."""
    drawn = STYLES[number % len(STYLES)](square, draw).clip(0, 255).astype(np.uint8)
    return _page(drawn, draw) if draw.random() < 0.2 else drawn


def _lines(square: Square, draw: Generator, soft: float) -> Values:
    """Return 1 where paper is and 0 where a line is, (side, side, 1)."""
    grey = cv2.GaussianBlur(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), (0, 0), draw.uniform(0.8, 1.8))
    around = int(draw.choice([7, 9, 11, 15]))
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, around, draw.uniform(2, 7)
    )
    lines = cv2.GaussianBlur(ink.astype(np.float32) / 255, (0, 0), soft)
    return np.asarray(lines, dtype=np.float32)[..., None]


def _paper(draw: Generator) -> Values:
    kind = draw.random()
    if kind < 0.4:
        return np.full(3, 255, dtype=np.float32)
    if kind < 0.7:
        return np.full(3, draw.uniform(170, 250), dtype=np.float32)
    return draw.uniform(200, 250, 3).astype(np.float32)


def _sketch(square: Square, draw: Generator) -> Values:
    lines = _lines(square, draw, draw.uniform(0.3, 0.8))
    ink = draw.uniform(0, 90, 3) if draw.random() < 0.3 else np.full(3, draw.uniform(0, 80))
    sketch = lines * _paper(draw) + (1 - lines) * ink
    if draw.random() < 0.6:
        grey = cv2.bilateralFilter(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), 9, 60, 9).astype(np.float32)
        tones = _steps(grey, int(draw.integers(2, 5)))
        darkest = draw.uniform(0.3, 0.8)
        sketch = sketch * (darkest + (1 - darkest) * cv2.medianBlur(tones, 7)[..., None] / 255)
    return np.asarray(sketch, dtype=np.float32)


def _steps(values: Values, count: int) -> Square:
    """Return values (0..255) in so many steps."""
    return (np.floor(values / 256 * count) / (count - 1) * 255).clip(0, 255).astype(np.uint8)


def _cartoon(square: Square, draw: Generator) -> Values:
    flat = square
    for _ in range(int(draw.integers(2, 4))):
        flat = np.asarray(cv2.bilateralFilter(flat, 9, draw.uniform(40, 90), 7), dtype=np.uint8)
    flat = np.asarray(
        cv2.medianBlur(_steps(flat.astype(np.float32), int(draw.integers(4, 9))), 5), dtype=np.uint8
    )
    hues = cv2.cvtColor(flat, cv2.COLOR_RGB2HSV).astype(np.float32)
    hues[..., 1] *= draw.uniform(0.8, 1.6)
    values = cv2.cvtColor(hues.clip(0, 255).astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    if draw.random() < 0.75:
        lines = _lines(square, draw, 0.5)
        values = values * lines + (1 - lines) * draw.uniform(0, 60)
    return np.asarray(values, dtype=np.float32)


def _painting(square: Square, draw: Generator) -> Values:
    reach, tolerance = float(draw.uniform(20, 80)), float(draw.uniform(0.25, 0.6))
    painted = cv2.stylization(np.ascontiguousarray(square[..., ::-1]), sigma_s=reach, sigma_r=tolerance)
    return painted[..., ::-1].astype(np.float32)


def _watercolour(square: Square, draw: Generator) -> Values:
    side = len(square)
    values = cv2.medianBlur(_painting(square, draw).astype(np.uint8), 5).astype(np.float32)
    values = 255 - (255 - values) * draw.uniform(0.5, 1)
    down, across = np.mgrid[:side, :side] / side - 0.5
    ragged = cv2.GaussianBlur(draw.normal(0, 1, (side, side)).astype(np.float32), (0, 0), side / 16)
    rim = np.hypot(across, down) - draw.uniform(0.3, 0.5) + 0.05 * ragged / (ragged.std() + 1e-6)
    inside = (1 / (1 + np.exp(rim * 40)))[..., None]
    grain = cv2.GaussianBlur(draw.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 1.2)
    values = values * inside + (1 - inside) * _paper(draw)
    values = values + inside * grain[..., None] * draw.uniform(0, 12)
    if draw.random() < 0.6:
        values = values * (1 - (1 - _lines(square, draw, 0.5)) * inside)
    return np.asarray(values, dtype=np.float32)


def _pattern(square: Square, draw: Generator) -> Values:
    """Return waves, facets, discs and glows over a slope of two colours: a desktop's background."""
    side = len(square)
    down, across = (np.mgrid[:side, :side] / side).astype(np.float32)
    angle = draw.uniform(0, 2 * np.pi)
    slope = across * np.cos(angle) + down * np.sin(angle)
    slope = (slope - slope.min()) / np.ptp(slope)
    first, last = draw.uniform(0, 255, (2, 3))
    values = first + (last - first) * slope[..., None]
    for _ in range(int(draw.integers(1, 9))):
        mask = _shape(down, across, draw)
        if draw.random() < 0.4:
            mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), draw.uniform(1, 20)), dtype=np.float32)
        shade = 1 + draw.uniform(-0.4, 0.4) * (slope if draw.random() < 0.5 else down)
        colour = (draw.uniform(0, 255, 3) * shade[..., None]).clip(0, 255)
        strength = draw.uniform(0.2, 1) * mask[..., None]
        values = values * (1 - strength) + colour * strength
    return np.asarray(values, dtype=np.float32)


def _shape(down: Values, across: Values, draw: Generator) -> Values:
    x, y = draw.random(2)
    kind = int(draw.integers(0, 4))
    if kind == 0:
        wave = draw.uniform(0.02, 0.25) * np.sin(2 * np.pi * (across * draw.uniform(0.5, 3) + x))
        shape = down > y + wave
    elif kind == 1:
        angle = draw.uniform(0, 2 * np.pi)
        shape = (across - x) * np.cos(angle) + (down - y) * np.sin(angle) > 0
    elif kind == 2:
        shape = np.hypot(across - x, down - y) < draw.uniform(0.05, 0.5)
    else:
        shape = np.exp(-np.square(np.hypot(across - x, down - y)) / draw.uniform(0.01, 0.2))
    return np.asarray(shape, dtype=np.float32)


def _page(drawn: Square, draw: Generator) -> Square:
    """Return a page with the drawing in a panel between lines of writing."""
    side = len(drawn)
    page = (np.ones((side, side, 3)) * _paper(draw)).astype(np.uint8)
    height, width = int(side * draw.uniform(0.3, 0.6)), int(side * draw.uniform(0.5, 1))
    top, left = int(draw.uniform(0, side - height)), int(draw.uniform(0, side - width + 1))
    panel = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
    page[top : top + height, left : left + width] = panel
    step = int(draw.integers(8, 14))
    for base in (*range(6, top - 8, step), *range(top + height + 8, side - 6, step)):
        if draw.random() < 0.6:
            line = "".join(draw.choice(LETTERS, int(draw.integers(8, 28))))
            place, size = (int(draw.uniform(4, 60)), base), draw.uniform(0.22, 0.4)
            cv2.putText(page, line, place, cv2.FONT_HERSHEY_SIMPLEX, size, (40, 40, 40), 1, cv2.LINE_AA)
    return page


STYLES: tuple[Callable[[Square, Generator], Values], ...] = (
    _sketch,
    _cartoon,
    _painting,
    _watercolour,
    _pattern,
)
