"""Picture search: a client's way through many pictures, a few in one request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from dpm_tui.worker.protocol.messages import FindPictures, FoundPictures, PictureList

_FIRST, _AT_ONCE = 4, 32
"""Pictures that are asked for in one go: few at first, as somebody waits."""

Ask = Callable[[FindPictures], Awaitable[FoundPictures]]
"""Sends a request to the worker and returns its answer."""


async def search_pictures(ask: Ask, listed: PictureList) -> AsyncIterator[FoundPictures]:
    """Yield what is found of pictures, in order; raises what ``ask`` raises."""
    at, count = 0, _FIRST
    while names := listed.names[at : at + count]:
        yield await ask(FindPictures(listed.folder, names))
        at, count = at + len(names), _AT_ONCE
