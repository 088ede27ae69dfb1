"""Cluster client: hands tasks to the nodes of a Dask cluster and brings back every result, or says it cannot.

Dask moves the jobs, shares them out and does those of a lost node again. What it cannot know is seen to here:
which nodes fit, what to do about one that neither answers nor ends, and about an answer that cannot be right.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from distributed import Future

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.decoder import Wait
from dpm_tui.worker.cluster.arrivals import Arrival, Arrivals
from dpm_tui.worker.cluster.connection import Connection
from dpm_tui.worker.cluster.introduction import Introduction
from dpm_tui.worker.cluster.membership import Log, Membership
from dpm_tui.worker.node.job import Answer, Job, Share
from dpm_tui.worker.node.node import carry_out, rest
from dpm_tui.worker.node.record import RecordError, unpack_record
from dpm_tui.worker.protocol.events import NodeStatus

_LATE_SECONDS, _LATE_TIMES = 15.0, 6
"""A job that takes longer, and so many times as long as others, is given to other nodes as well."""
_WAIT_SECONDS = 0.1
_AHEAD = 2
"""Jobs a thread of a node: while one is done, the next is there already."""
_TRIES = 3

Result = TypeVar("Result")
Order = TypeVar("Order")
Found = TypeVar("Found", covariant=True)
Asked = TypeVar("Asked", covariant=True)


class Task(Protocol[Asked, Found]):
    """A job to come for some orders, and how its answer is read."""

    @property
    def orders(self) -> Sequence[Asked]:
        """What is asked."""

    @property
    def size(self) -> int:
        """The number of pictures or pairs."""

    @property
    def home(self) -> str:
        """The address of the node that knows best about it, empty for any; others may get it, too."""

    def job(self) -> Job:
        """Return the job; it is asked for once."""

    def read(self, answer: Answer) -> Found:
        """Return the result; raises RecordError for an answer that cannot be right."""


@dataclass
class _Flight(Generic[Order, Result]):
    """A task that is under way: its record, since when, who may do it, and the futures of each number."""

    task: Task[Order, Result]
    record: bytes
    began: float = 0.0
    tries: int = 0
    nodes: frozenset[str] = frozenset()
    futures: dict[int, Future[Any]] = field(default_factory=dict)


class ClusterClient:
    """Works on the cluster behind a connection, for pictures that nodes see as ``share``."""

    def __init__(
        self, connection: Connection, share: Share, choice: str, introduction: Introduction, log: Log
    ) -> None:
        self._connection = connection
        self._share, self._choice = share, choice
        self._log = log
        self._numbers = itertools.count()
        self.members = Membership(connection, introduction, self._numbers, log)
        self._typical = 0.0

    @property
    def usable(self) -> bool:
        """Whether nodes work, or may do so soon."""
        return self.members.usable

    @property
    def has_nodes(self) -> bool:
        """Whether a node works right now."""
        return self.usable and bool(self.members.nodes.in_state("working"))

    @property
    def working(self) -> list[str]:
        """The addresses of the nodes that work."""
        return self.members.nodes.in_state("working")

    @property
    def slots(self) -> int:
        """The number of jobs that are under way at the same time, one at least."""
        return max(_AHEAD * self.members.nodes.threads, 1)

    @property
    def rows(self) -> tuple[NodeStatus, ...]:
        """The status of every node."""
        return self.members.nodes.rows()

    def close(self) -> None:
        """Leave the cluster; what is under way there is forgotten, and nodes end their decoders."""
        self.members.close()
        if (client := self._connection.client) is not None:
            with contextlib.suppress(Exception):
                client.run(rest, workers=self.members.nodes.in_state("working"), wait=False)
        self._connection.close()

    def carry_out(
        self, tasks: Iterator[Task[Order, Result] | Wait], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Task[Order, Result], Result | None]]:
        """Yield each task with its result, None for one that has to be done here; in any order.

        Ends early when cancelled, and when no node is left: tasks that were not taken stay in the iterator.
        """
        flights: dict[int, _Flight[Order, Result]] = {}
        waiting: list[_Flight[Order, Result]] = []
        arrivals = Arrivals()
        try:
            while not cancelled() and self.usable:
                left = self._take_off(tasks, flights, waiting, arrivals)
                if not left and not flights and not waiting:
                    return
                for arrival in arrivals.take(_WAIT_SECONDS):
                    yield from self._land(arrival, flights, waiting)
                self._see_after(flights, waiting, arrivals)
            if not cancelled():
                yield from ((flight.task, None) for flight in _each([*waiting, *flights.values()]))
        finally:
            arrivals.close()
            for flight in _each(flights.values()):
                _release(flight)

    def _take_off(
        self,
        tasks: Iterator[Task[Order, Result] | Wait],
        flights: dict[int, _Flight[Order, Result]],
        waiting: list[_Flight[Order, Result]],
        arrivals: Arrivals,
    ) -> bool:
        """Send as much as the nodes take; return whether there may be more tasks."""
        while len(flights) < _AHEAD * self.members.nodes.threads:
            if waiting:
                flight = waiting.pop()
            elif (task := next(tasks, None)) is None:
                return False
            elif isinstance(task, Wait):
                break
            else:
                flight = _Flight(task, task.job().record(self._share, self._choice))
            if not self._send(flight, flights, arrivals):
                waiting.append(flight)
                break
        return True

    def _send(
        self,
        flight: _Flight[Order, Result],
        flights: dict[int, _Flight[Order, Result]],
        arrivals: Arrivals,
    ) -> bool:
        """Send a flight to the nodes that work; return whether that was possible."""
        client, working = self._connection.client, frozenset(self.members.nodes.in_state("working"))
        if (home := flight.task.home) in working:
            working = frozenset({home})
        if client is None or not working:
            return False
        number = next(self._numbers)
        future = client.submit(carry_out, flight.record, workers=list(working), pure=False)
        flight.began, flight.nodes = time.monotonic(), working
        flight.futures[number] = future
        flights[number] = flight
        arrivals.await_result(number, future)
        return True

    def _land(
        self,
        arrival: Arrival,
        flights: dict[int, _Flight[Order, Result]],
        waiting: list[_Flight[Order, Result]],
    ) -> Iterator[tuple[Task[Order, Result], Result | None]]:
        """Yield the result of a task, unless it came before, or is to be sent again."""
        answer = self._hear(arrival)
        flight = flights.pop(arrival.number, None)
        if flight is None:
            return
        flight.futures.pop(arrival.number, None)
        result = self._read(flight.task, answer) if answer is not None else None
        if result is None:
            flight.tries += arrival.record is not None or bool(arrival.problem)
            if flight.futures:
                return  # another node is at it
            if flight.tries < _TRIES:
                waiting.append(flight)
                return
        for number in flight.futures:
            flights.pop(number, None)
        _release(flight)
        yield flight.task, result

    def _hear(self, arrival: Arrival) -> Answer | None:
        """Return the answer that arrived, None for none; whoever sent it is there."""
        if arrival.record is None:
            return None
        try:
            header, blobs = unpack_record(arrival.record)
            answer = Answer(str(header.pop("node")), float(header.pop("seconds")), header, blobs)
        except (RecordError, KeyError, ValueError, TypeError) as error:
            self._log("warning", "cluster_broken_answer", reason=str(error))
            return None
        self.members.heard(answer.node, 0)
        return answer

    def _read(self, task: Task[Order, Result], answer: Answer) -> Result | None:
        """Return what a node found, None for nothing that can be used."""
        if self.members.nodes.state_of(answer.node) == "refused":
            return None
        if "failed" in answer.header:
            reason = str(answer.header["failed"])
            self._tell_failed(answer.node, reason)
            if answer.header.get("unseen"):
                self.members.no_share(answer.node, reason)
            return None
        try:
            result = task.read(answer)
        except RecordError as error:
            self._tell_failed(answer.node, str(error))
            self.members.strike(answer.node, defer("cluster.wrong_answers"))
            return None
        self.members.heard(answer.node, task.size)
        self._typical = max(0.9 * self._typical, answer.seconds)
        return result

    def _tell_failed(self, address: str, reason: str) -> None:
        self._log("warning", "cluster_node_failed", node=self.members.name(address), reason=reason)

    def _see_after(
        self,
        flights: dict[int, _Flight[Order, Result]],
        waiting: list[_Flight[Order, Result]],
        arrivals: Arrivals,
    ) -> None:
        """Send again what nobody can do any more, and what is late to other nodes as well."""
        now = time.monotonic()
        working = set(self.members.nodes.in_state("working"))
        late = max(_LATE_SECONDS, _LATE_TIMES * self._typical)
        for flight in _each(flights.values()):
            if not flight.nodes & working:
                for number in flight.futures:
                    del flights[number]
                _release(flight)
                waiting.append(flight)
            elif now - flight.began > late and len(flight.futures) < _TRIES:
                self.members.mark_slow(flight.began, late)
                self._send(flight, flights, arrivals)


def _each(flights: Iterable[_Flight[Order, Result]]) -> list[_Flight[Order, Result]]:
    """Return each flight once: one that was sent twice has two numbers."""
    return list({id(flight): flight for flight in flights}.values())


def _release(flight: _Flight[Any, Any]) -> None:
    for future in flight.futures.values():
        future.release()
    flight.futures.clear()
