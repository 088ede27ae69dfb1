"""Access: who may use the app in a browser, by the token of its address, a cookie, and a password if set."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_TOKEN_BYTES = 32
_MOST_VISITORS = 64
"""Browsers that are remembered; the one that came first is forgotten for another."""
_FREE_TRIES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 900.0
"""Seconds that nobody may try a password in after the free tries; twice as long after each further one."""


class Standing(StrEnum):
    """What is known of a browser: nothing, that it had the token, or that it may use the app."""

    STRANGER = "stranger"
    KNOWN = "known"
    ADMITTED = "admitted"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a password was not taken; ``seconds`` until the next one may be tried, 0 for at once."""

    seconds: float = 0.0


class Access:
    """Remembers who has shown the token, and who the password.

    Secrets are compared in constant time, and cookies are kept as digests.
    """

    def __init__(self, password: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._password = _digest(password) if password else b""
        self._clock = clock
        self._visitors: OrderedDict[bytes, Standing] = OrderedDict()
        self._failures = 0
        self._closed_until = 0.0

    def take_token(self, token: str) -> str:
        """Return a new cookie for whoever has the token, empty for anybody else."""
        if not secrets.compare_digest(_digest(token), _digest(self.token)):
            return ""
        return self._remember(Standing.KNOWN if self._password else Standing.ADMITTED)

    def take_password(self, cookie: str, password: str) -> str | Refusal:
        """Return a new cookie for a known browser with the right password, in place of its old one."""
        now = self._clock()
        if now < self._closed_until:
            return Refusal(self._closed_until - now)
        if self.standing(cookie) is Standing.STRANGER:
            return Refusal()
        if not secrets.compare_digest(_digest(password), self._password):
            self._failures += 1
            further = self._failures - _FREE_TRIES
            if further >= 0:
                self._closed_until = now + min(_FIRST_PAUSE * 2.0**further, _LONGEST_PAUSE)
            return Refusal(max(self._closed_until - now, 0.0))
        self._failures = 0
        self._visitors.pop(_digest(cookie), None)
        return self._remember(Standing.ADMITTED)

    def standing(self, cookie: str) -> Standing:
        """Return what is known of the browser that sent a cookie."""
        return self._visitors.get(_digest(cookie), Standing.STRANGER)

    def _remember(self, standing: Standing) -> str:
        cookie = secrets.token_urlsafe(_TOKEN_BYTES)
        self._visitors[_digest(cookie)] = standing
        while len(self._visitors) > _MOST_VISITORS:
            self._visitors.popitem(last=False)
        return cookie


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
