"""Node table: what is known of each node of a cluster, for whoever hands out jobs and whoever watches."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dpm_tui.worker.protocol.events import NodeStatus

_RATE_SECONDS, _LEAST_SECONDS = 20.0, 2.0


@dataclass
class _Node:
    status: NodeStatus
    threads: int = 1
    heard: float = 0.0
    since: float = 0.0
    samples: deque[tuple[float, int]] = field(default_factory=deque)


class NodeTable:
    """Nodes by address; several threads may ask.

    A node is ``new`` until it has introduced itself, then ``working``, ``slow`` while it does not answer,
    ``lost`` once the scheduler misses it, or ``refused`` for good.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._nodes: dict[str, _Node] = {}

    def see(self, present: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str]]:
        """Note which nodes the scheduler knows; return the addresses of the new and of the lost ones."""
        with self._lock:
            lost = [
                address
                for address, node in self._nodes.items()
                if address not in present and node.status.state not in ("lost", "refused")
            ]
            for address in lost:
                self._set(address, state="lost")
            new = [
                address
                for address in present
                if address not in self._nodes or self._nodes[address].status.state == "lost"
            ]
            for address in new:
                about = present[address]
                status = NodeStatus(str(about.get("name", address)), address, "new")
                before = self._nodes.get(address)
                if before is not None:
                    status = replace(status, done=before.status.done, retries=before.status.retries)
                threads = max(int(about.get("nthreads", 1)), 1)
                self._nodes[address] = _Node(status, threads, self._clock())
        return new, lost

    def welcome(self, address: str) -> None:
        """Let a node that has introduced itself work."""
        with self._lock:
            if address in self._nodes:
                self._nodes[address].heard = self._nodes[address].since = self._clock()
                self._set(address, state="working", reason="")

    def refuse(self, address: str, reason: str) -> None:
        """Give a node no more work; ``reason`` may be a deferred sentence."""
        with self._lock:
            if address in self._nodes:
                self._set(address, state="refused", reason=reason)

    def answered(self, address: str, items: int) -> bool:
        """Count what a node has done; return whether it had been slow."""
        with self._lock:
            node = self._nodes.get(address)
            if node is None:
                return False
            now = self._clock()
            node.heard = now
            node.samples.append((now, items))
            self._set(address, done=node.status.done + items)
            slow = node.status.state == "slow"
            if slow:
                self._set(address, state="working")
            return slow

    def retried(self, address: str) -> None:
        """Count a job that a node was given and another one had to do."""
        with self._lock:
            if address in self._nodes:
                self._set(address, retries=self._nodes[address].status.retries + 1)

    def mark_slow(self, since: float) -> list[str]:
        """Mark the working nodes as slow that were not heard of since then; return their addresses."""
        with self._lock:
            slow = [
                address
                for address, node in self._nodes.items()
                if node.status.state == "working" and node.heard <= since
            ]
            for address in slow:
                self._set(address, state="slow")
            return slow

    def lose_all(self) -> None:
        """Note that the scheduler is gone and with it every node."""
        with self._lock:
            for address, node in self._nodes.items():
                if node.status.state != "refused":
                    self._set(address, state="lost")

    def in_state(self, *states: str) -> list[str]:
        """Return the addresses of the nodes in one of these states."""
        with self._lock:
            return [address for address, node in self._nodes.items() if node.status.state in states]

    def state_of(self, address: str) -> str:
        """Return the state of a node, empty for one that is not known."""
        with self._lock:
            return self._nodes[address].status.state if address in self._nodes else ""

    @property
    def threads(self) -> int:
        """The threads of all nodes that work."""
        with self._lock:
            return sum(node.threads for node in self._nodes.values() if node.status.state == "working")

    def rows(self) -> tuple[NodeStatus, ...]:
        """Return the status of every node, its rate over the last seconds."""
        with self._lock:
            return tuple(
                replace(node.status, rate=round(self._rate(node), 1)) for node in self._nodes.values()
            )

    def _rate(self, node: _Node) -> float:
        now = self._clock()
        while node.samples and now - node.samples[0][0] >= _RATE_SECONDS:
            node.samples.popleft()
        seconds = min(now - node.since, _RATE_SECONDS)
        return sum(count for _, count in node.samples) / max(seconds, _LEAST_SECONDS)

    def _set(self, address: str, **changes: Any) -> None:
        node = self._nodes[address]
        node.status = replace(node.status, **changes)
