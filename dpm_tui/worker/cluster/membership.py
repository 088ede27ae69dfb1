"""Membership: which nodes of a cluster may work, as they come, prove to fit, fail and go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from distributed import Client, Future

from dpm_tui.deferred_text import defer
from dpm_tui.worker.cluster.arrivals import Arrival, Arrivals
from dpm_tui.worker.cluster.connection import Connection
from dpm_tui.worker.cluster.introduction import Introduction
from dpm_tui.worker.cluster.node_table import NodeTable

PATIENCE = 20.0
"""Seconds that a run waits for a node before it does the work itself."""
_LOOK_SECONDS = 0.5
_STRIKES = 2
"""Answers that cannot be right after which a node gets no more work."""

Log = Callable[..., None]
"""Gets a level, a key and values for what a person should know."""


class Membership:
    """Lets nodes in that fit, and keeps the ``nodes`` table up to date.

    ``numbers`` names what is asked.
    """

    def __init__(
        self,
        connection: Connection,
        introduction: Introduction,
        numbers: Iterator[int],
        log: Log,
    ) -> None:
        self.nodes = NodeTable()
        self._connection, self._introduction = connection, introduction
        self._numbers, self._arrivals = numbers, Arrivals()
        self._log = log
        self._asked: dict[int, tuple[str, Future[Any]]] = {}
        self._strikes: dict[str, int] = {}
        self._looked = 0.0
        self._worked = time.monotonic()
        self._connected = True

    @property
    def usable(self) -> bool:
        """Whether nodes work, or may do so soon."""
        self._look()
        if self.nodes.in_state("working"):
            return True
        hopeless = not self.nodes.in_state("new", "slow", "lost") and self.nodes.in_state("refused")
        return not hopeless and time.monotonic() - self._worked < PATIENCE

    def close(self) -> None:
        """Wait for no introduction any more."""
        self._arrivals.close()

    def heard(self, address: str, items: int) -> None:
        """Note that a node has answered, and how many pictures or pairs it did."""
        if self.nodes.answered(address, items):
            self._log("info", "cluster_node_again", node=self.name(address))

    def mark_slow(self, since: float, seconds: float) -> None:
        """Give the nodes that were not heard of since then no work until they answer."""
        for address in self.nodes.mark_slow(since):
            self.nodes.retried(address)
            self._log("warning", "cluster_node_slow", node=self.name(address), seconds=round(seconds))

    def strike(self, address: str, reason: str) -> None:
        """Count an answer of a node that cannot be right; after some it is refused."""
        self.nodes.retried(address)
        self._strikes[address] = self._strikes.get(address, 0) + 1
        if self._strikes[address] >= _STRIKES:
            self.refuse(address, reason)

    def refuse(self, address: str, reason: str) -> None:
        """Give a node no more work; ``reason`` is a deferred sentence."""
        if self.nodes.state_of(address) not in ("", "refused"):
            self.nodes.refuse(address, reason)
            self._log("error", "cluster_node_refused", node=self.name(address), reason=reason)

    def name(self, address: str) -> str:
        """Return the name of a node."""
        return next((row.name for row in self.nodes.rows() if row.address == address), address)

    def _look(self) -> None:
        """See which nodes there are, now and then."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        client = self._connection.client
        if client is None:
            if self._connected:
                self._connected = False
                self.nodes.lose_all()
                self._asked.clear()
                self._log("warning", "cluster_lost", address=self._connection.address)
            return
        if not self._connected:
            self._connected = True
            self._worked = now
            self._log("info", "cluster_back", address=self._connection.address)
        try:
            present: Mapping[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
        except Exception:
            return  # the connection breaks just now
        for arrival in self._arrivals.take(0):
            self._meet(arrival)
        new, lost = self.nodes.see(present)
        for address in lost:
            self._log("warning", "cluster_node_lost", node=self.name(address))
        for address in new:
            self._introduce(client, address)
        if self.nodes.in_state("working"):
            self._worked = now

    def _introduce(self, client: Client, address: str) -> None:
        number = next(self._numbers)
        future = self._introduction.ask(client, address)
        self._asked[number] = (address, future)
        self._arrivals.await_result(number, future)

    def _meet(self, arrival: Arrival) -> None:
        """Let a node work that has introduced itself, or say why not."""
        address, _ = self._asked.pop(arrival.number, ("", None))
        if not address or (arrival.record is None and not arrival.problem):
            return  # it is gone, and asked again if it comes back
        if refusal := self._introduction.check(arrival.record, arrival.problem):
            self.refuse(address, refusal)
        else:
            self.nodes.welcome(address)
            self._log("info", "cluster_node_joined", node=self.name(address))

    def no_share(self, address: str, reason: str) -> None:
        """Count that a node could not see the pictures."""
        self.strike(address, defer("cluster.no_share", reason=reason))
