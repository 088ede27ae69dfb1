"""Sphere: round bodies with light and shadow, as fruit, balloons and planets need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.demo.painting.canvas import Canvas, Colour, Point
from dpm_tui.demo.painting.random_fields import Field

Skin = Callable[[Field, Field], NDArray[np.float32]]
"""Gives the colours of a surface from longitude and latitude, both in -1..1."""


@dataclass(frozen=True, slots=True)
class Light:
    """Where light comes from (x, y, z towards the viewer), how dark shadows are and how skin shines."""

    source: tuple[float, float, float] = (-0.5, -0.6, 0.62)
    ambient: float = 0.35
    shine: float = 0.5


def paint_sphere(canvas: Canvas, centre: Point, radii: Point, skin: Skin, light: Light) -> None:
    """Paint a lit sphere (or spheroid)."""
    width, height = canvas.size
    left, right = max(int((centre[0] - radii[0]) * height) - 1, 0), int((centre[0] + radii[0]) * height) + 2
    top, bottom = max(int((centre[1] - radii[1]) * height) - 1, 0), int((centre[1] + radii[1]) * height) + 2
    right, bottom = min(right, width), min(bottom, height)
    x = ((canvas.x[:, left:right] - centre[0]) / radii[0]).astype(np.float32)
    y = ((canvas.y[top:bottom] - centre[1]) / radii[1]).astype(np.float32)
    square = x**2 + y**2
    z = np.sqrt(np.clip(1 - square, 0, 1))
    longitude = np.arcsin(np.clip(x / np.sqrt(np.clip(1 - y**2, 1e-4, 1)), -1, 1)) * np.float32(2 / np.pi)
    latitude = np.broadcast_to(np.arcsin(np.clip(y, -1, 1)) * np.float32(2 / np.pi), square.shape)
    sx, sy, sz = light.source
    facing = np.clip(x * sx + y * sy + z * sz, 0, 1)
    colours = skin(longitude.astype(np.float32), latitude.astype(np.float32))
    colours = colours * (light.ambient + (1 - light.ambient) * facing)[..., None].astype(np.float32)
    colours += (facing**28 * light.shine * 255)[..., None].astype(np.float32)
    edge = np.clip((1 - np.sqrt(square)) * min(radii) * height, 0, 1)[..., None].astype(np.float32)
    part = canvas.pixels[top:bottom, left:right]
    part += (colours - part) * edge


def plain_skin(colour: Colour, mottle: Field | None = None, depth: float = 0.3) -> Skin:
    """Return a skin of one colour, mottled by a noise field."""
    base = np.asarray(colour, np.float32)

    def skin(longitude: Field, latitude: Field) -> NDArray[np.float32]:
        flat: NDArray[np.float32] = np.broadcast_to(base, (*longitude.shape, 3))
        if mottle is None:
            return flat.copy()
        rows = ((latitude + 1) / 2 * (mottle.shape[0] - 1)).astype(np.intp)
        columns = ((longitude + 1) / 2 * (mottle.shape[1] - 1)).astype(np.intp)
        factor = np.float32(1 - depth / 2) + np.float32(depth) * mottle[rows, columns]
        mottled: NDArray[np.float32] = flat * factor[..., None]
        return mottled

    return skin


def striped_skin(colours: tuple[Colour, ...], gores: int) -> Skin:
    """Return a skin of upright stripes that narrow towards the edge, as on a balloon."""
    table = np.asarray(colours, np.float32)

    def skin(longitude: Field, latitude: Field) -> NDArray[np.float32]:
        index = ((longitude + 1) / 2 * gores).astype(np.intp) % len(table)
        stripes = table[index]
        belt = (np.abs(latitude - 0.1) < 0.09)[..., None]
        mixed: NDArray[np.float32] = np.where(belt, table[(index + 1) % len(table)], stripes)
        return mixed

    return skin
