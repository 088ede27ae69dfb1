"""Originals: what is fetched, what is cut out of it, and what need not be fetched again."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.tui.pictures.original_parts import Originals, cut
from dpm_tui.tui.pictures.zoom import WHOLE, Box

Pixels = NDArray[np.uint8]


class Source:
    """A file of ``width`` x ``height`` pixels whose red and green say where they are."""

    def __init__(self, width: int = 1000, height: int = 800) -> None:
        self.size = width, height
        self.asked: list[tuple[int, int, Box]] = []
        y, x = np.mgrid[0:height, 0:width]
        self.pixels = np.dstack([x * 255 // width, y * 255 // height, x * 0]).astype(np.uint8)

    async def fetch(self, file: int, width: int, height: int, box: Box) -> Pixels:
        """Return a part as a worker would: never with more pixels than there are."""
        self.asked.append((width, height, box))
        part = cut(self.pixels, box)
        step = max(1, -(-part.shape[1] // width), -(-part.shape[0] // height))
        return part[::step, ::step]


@pytest.mark.slow
async def test_a_pan_within_the_margin_fetches_nothing() -> None:
    source = Source(4000, 3000)
    originals = Originals(source.fetch)
    first = await originals.part(1, (0.4, 0.4, 0.5, 0.5), 80, 60)
    assert len(source.asked) == 1
    for shift in (0.025, 0.05, 0.075, -0.05):
        box = (0.4 + shift, 0.4, 0.5 + shift, 0.5)
        part = await originals.part(1, box, 80, 60)
        assert abs(int(part[0, 0, 0]) - box[0] * 255) <= 3
    assert len(source.asked) == 1
    assert first.shape[1] >= 72
    await originals.part(1, (0.7, 0.7, 0.8, 0.8), 80, 60)
    await originals.part(2, (0.4, 0.4, 0.5, 0.5), 80, 60)
    assert len(source.asked) == 3


async def test_a_closer_look_fetches_more_pixels_unless_there_are_none() -> None:
    source = Source(200, 160)
    originals = Originals(source.fetch)
    await originals.part(1, WHOLE, 100, 80)
    await originals.part(1, (0.25, 0.25, 0.75, 0.75), 100, 80)
    assert len(source.asked) == 2
    part = await originals.part(1, (0.25, 0.25, 0.5, 0.5), 300, 240)
    assert part.shape[:2] == (40, 50)
    await originals.part(1, (0.3, 0.3, 0.4, 0.4), 300, 240)
    assert len(source.asked) == 3


async def test_never_more_is_asked_for_than_a_screen_is_worth() -> None:
    source = Source()
    await Originals(source.fetch).part(1, (0.3, 0.3, 0.6, 0.6), 1000, 900)
    ((width, height, _),) = source.asked
    assert max(width, height) <= 1536


async def test_what_cannot_be_had_is_empty_and_asked_for_again() -> None:
    asked = []

    async def fail(file: int, width: int, height: int, box: Box) -> Pixels:
        asked.append(file)
        return np.empty((0, 0, 3), np.uint8)

    originals = Originals(fail)
    for _ in range(2):
        assert (await originals.part(1, WHOLE, 10, 10)).size == 0
    assert len(asked) == 2


async def test_whoever_stops_waiting_does_not_lose_the_picture() -> None:
    source, begun, go = Source(), asyncio.Event(), asyncio.Event()

    async def slow(file: int, width: int, height: int, box: Box) -> Pixels:
        begun.set()
        await go.wait()
        return await source.fetch(file, width, height, box)

    originals = Originals(slow)
    waiting = asyncio.create_task(originals.part(1, WHOLE, 50, 40))
    await begun.wait()
    waiting.cancel()
    go.set()
    while originals.known(1, WHOLE, 50) is None:
        await asyncio.sleep(0)
    assert len(source.asked) == 1
