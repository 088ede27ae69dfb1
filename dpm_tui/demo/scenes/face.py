"""Face: head, eyes, brows and mouth of a drawn character, with several expressions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dpm_tui.demo.painting.canvas import Canvas, Colour, Point, mirror_points, round_off

_LEFT, _RIGHT, _LEVEL = 0.315, 0.485, 0.43
_MIDDLE = 0.4


@dataclass(frozen=True, slots=True)
class Face:
    """Skin and eyes, and an expression: ``calm``, ``smile``, ``laugh`` or ``stern``."""

    skin: Colour
    eyes: Colour
    expression: str = "calm"


def paint_face(canvas: Canvas, face: Face, ink: Colour) -> None:
    """Paint the face of a portrait, without hair."""
    shaded: Colour = (face.skin[0] * 15 // 16, face.skin[1] * 13 // 16, face.skin[2] * 13 // 16)
    ear = [(0.205, 0.4), (0.175, 0.39), (0.175, 0.46), (0.215, 0.49)]
    for points in (ear, mirror_points(ear, _MIDDLE)):
        canvas.outlined(round_off(points), shaded, ink)
    half = [(0.4, 0.16), (0.27, 0.19), (0.2, 0.33), (0.21, 0.46), (0.27, 0.56), (0.36, 0.625), (0.4, 0.635)]
    head = round_off([*half, *reversed(mirror_points(half[1:-1], _MIDDLE))])
    canvas.outlined(head, (shaded, face.skin), ink)
    for x in (0.268, 0.532):
        canvas.ellipse((x, 0.515), (0.042, 0.024), (255, 120, 120), 0.55, soft=1.0)
    for x in (_LEFT, _RIGHT):
        if face.expression == "laugh":
            _arc(canvas, (x, _LEVEL + 0.03), 0.05, -0.05, 0.012, ink)
        else:
            _paint_eye(canvas, x, face, ink)
    _paint_brows(canvas, face.expression, ink)
    canvas.line([(0.4, 0.5), (0.394, 0.512), (0.402, 0.515)], 0.005, shaded)
    _paint_mouth(canvas, face.expression, ink)


def _paint_eye(canvas: Canvas, x: float, face: Face, ink: Colour) -> None:
    outward = -1 if x < _MIDDLE else 1
    tall = 0.04 if face.expression == "stern" else 0.054
    dark: Colour = (face.eyes[0] // 3, face.eyes[1] // 3, face.eyes[2] // 3)
    canvas.ellipse((x, _LEVEL), (0.052, tall), (255, 255, 255))
    canvas.ellipse((x, _LEVEL + 0.004), (0.037, tall * 0.93), (dark, face.eyes))
    canvas.ellipse((x, _LEVEL + 0.002), (0.015, tall * 0.45), (20, 14, 24))
    canvas.ellipse((x, _LEVEL + tall * 0.55), (0.022, tall * 0.3), face.eyes, 0.8, soft=0.6)
    canvas.ellipse((x - 0.013, _LEVEL - tall * 0.4), (0.013, 0.015), (255, 255, 255))
    canvas.ellipse((x + 0.014, _LEVEL + tall * 0.4), (0.006, 0.007), (255, 255, 255))
    _arc(canvas, (x, _LEVEL - 0.006), 0.056, -tall, 0.014, ink)
    canvas.line([(x + outward * 0.05, _LEVEL - 0.01), (x + outward * 0.07, _LEVEL - 0.025)], 0.01, ink)


def _paint_brows(canvas: Canvas, expression: str, ink: Colour) -> None:
    lift, slant = {"calm": (0.0, 0.0), "smile": (-0.012, -0.006), "laugh": (-0.014, -0.01)}.get(
        expression, (0.016, 0.022)
    )
    for x, outward in ((_LEFT, -1), (_RIGHT, 1)):
        inner, outer = (x - outward * 0.045, 0.352 + lift + slant), (x + outward * 0.05, 0.352 + lift - slant)
        canvas.line([inner, (x, 0.343 + lift), outer], 0.008, ink)


def _paint_mouth(canvas: Canvas, expression: str, ink: Colour) -> None:
    if expression in ("smile", "laugh"):
        wide, deep = (0.055, 0.05) if expression == "smile" else (0.072, 0.068)
        lip = [(_MIDDLE + wide * t, 0.545 + deep * (1 - t * t)) for t in np.linspace(1, -1, 15).tolist()]
        canvas.outlined([(_MIDDLE - wide, 0.545), (_MIDDLE + wide, 0.545), *lip], (190, 50, 66), ink, 0.006)
        canvas.ellipse((_MIDDLE, 0.545 + deep * 0.72), (wide * 0.5, deep * 0.24), (250, 130, 130))
    elif expression == "stern":
        canvas.line([(0.37, 0.572), (0.4, 0.562), (0.43, 0.572)], 0.008, ink)
    else:
        _arc(canvas, (_MIDDLE, 0.562), 0.034, 0.014, 0.008, ink)


def _arc(canvas: Canvas, centre: Point, half: float, rise: float, width: float, ink: Colour) -> None:
    points = [
        (centre[0] + half * math.sin(a), centre[1] + rise * math.cos(a))
        for a in np.linspace(-1.5, 1.5, 21).tolist()
    ]
    canvas.line(points, width, ink)
