"""A queue of events for a consumer that may be slow, or never fetch them."""

from __future__ import annotations

import asyncio
from collections import deque

from dpm_tui.worker.protocol.events import BatchProgress, Event, GroupsFound, LibraryChanged, RunStatus

_MAX_EVENTS = 4096


class EventQueue:
    """First in, first out; a status replaces the one before it of the same run and phase.

    Holds a limited number of events: the oldest are dropped then.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=_MAX_EVENTS)
        self._news = asyncio.Event()
        self._ended = False

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> None:
        """Add an event."""
        if self._events and _replaces(event, self._events[-1]):
            self._events.pop()
        self._events.append(event)
        self._news.set()

    def end(self) -> None:
        """Say that no more events will come."""
        self._ended = True
        self._news.set()

    async def get(self) -> Event | None:
        """Return the next event, once there is one; None when there are no more."""
        while not self._events and not self._ended:
            self._news.clear()
            await self._news.wait()
        return self._events.popleft() if self._events else None


def _replaces(newer: Event, older: Event) -> bool:
    if isinstance(newer, RunStatus) and isinstance(older, RunStatus):
        return (newer.run, newer.phase) == (older.run, older.phase)
    return type(newer) is type(older) and isinstance(newer, LibraryChanged | GroupsFound | BatchProgress)
