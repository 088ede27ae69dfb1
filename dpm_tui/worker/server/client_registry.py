"""Client registry: who may join, and which one of them may move files."""

from __future__ import annotations

import os
from collections.abc import Iterator

from dpm_tui.errors import DpmError, HeldError
from dpm_tui.file_names import display_name
from dpm_tui.worker.protocol.messages import (
    PROTOCOL_VERSION,
    ApplyPlan,
    CompareWith,
    Decide,
    Event,
    Hello,
    PurgeEntries,
    RedoBatch,
    Request,
    ResetState,
    RestoreEntries,
    ReviewerChanged,
    SaveReview,
    StopBatch,
    UndoBatch,
)
from dpm_tui.worker.server.client_connection import ClientConnection

_OBSERVERS = frozenset({"app", "find", "status", "stop"})
"""Clients that may join others; the rest change data and need the worker for themselves."""
_UNNOTICED = frozenset({"find", "status"})
"""Clients that are nobody's concern: they only look."""
_NEVER_REVIEW = frozenset({"scan", "find", "status", "stop"})
_REVIEWING = (
    ApplyPlan, StopBatch, UndoBatch, RedoBatch, RestoreEntries, PurgeEntries, Decide, SaveReview, ResetState,
    CompareWith,
)  # fmt: skip
"""What only one client at a time may ask for: two people moving the same files would surprise each other."""


class ClientRegistry:
    """The clients that were admitted, in the order in which they came."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._peers: dict[ClientConnection, None] = {}

    def __len__(self) -> int:
        return len(self._peers)

    def __iter__(self) -> Iterator[ClientConnection]:
        return iter(self._peers)

    def __contains__(self, peer: ClientConnection) -> bool:
        return peer in self._peers

    def admit(self, peer: ClientConnection, hello: Hello) -> bool:
        """Let a client join; return whether it may change data.

        Raises DpmError if it speaks another version or may not join those who are there.
        """
        if hello.version != PROTOCOL_VERSION:
            raise DpmError("protocol_version", found=hello.version, known=PROTOCOL_VERSION)
        changes = hello.client not in _OBSERVERS
        if changes and (others := {other.name for other in self._peers} - _UNNOTICED):
            raise self._held(", ".join(sorted(others)))
        peer.greet(hello)
        self._peers[peer] = None
        self._choose_reviewer()
        return changes

    def check(self, peer: ClientConnection, request: Request) -> None:
        """Raise HeldError if a request is for the reviewer and somebody else is that."""
        if isinstance(request, _REVIEWING) and not peer.reviewer:
            raise self._held(next((other.name for other in self._peers if other.reviewer), peer.name))

    def leave(self, peer: ClientConnection) -> bool:
        """Remove a client and choose another reviewer if needed; return whether it was a member."""
        if self._peers.pop(peer, peer) is peer:
            return False
        if (successor := self._choose_reviewer()) is not None:
            successor.send_event(ReviewerChanged(True))
        return True

    def broadcast(self, event: Event) -> None:
        """Send an event to all clients."""
        for peer in self._peers:
            peer.send_event(event)

    def _held(self, client: str) -> HeldError:
        shown = display_name(client)
        return HeldError("held_by_client", path=display_name(self._root), client=shown, pid=os.getpid())

    def _choose_reviewer(self) -> ClientConnection | None:
        """Make the first waiting client the reviewer if there is none; return the chosen one."""
        waiting = [peer for peer in self._peers if peer.name not in _NEVER_REVIEW]
        if not waiting or any(peer.reviewer for peer in waiting):
            return None
        waiting[0].reviewer = True
        return waiting[0]
