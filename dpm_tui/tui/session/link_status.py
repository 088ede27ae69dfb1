"""How the app stands with its worker."""

from __future__ import annotations

from enum import Enum


class Link(Enum):
    """How the app stands with its worker."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
