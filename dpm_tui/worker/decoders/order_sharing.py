"""Order sharing: a thread for each worker takes the next order when it is done with one.

Orders come in lanes. A worker stays in its lane, since what it remembers of one order serves the next ones of
the same lane; when no lane is left, it helps another worker with its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from dpm_tui.pipeline.decoding.decoder import Wait

Worker = TypeVar("Worker")
Order = TypeVar("Order")
Result = TypeVar("Result")

_WAIT_SECONDS = 0.2
_LATER_SECONDS = 0.002
_WAITING = 8
"""Results a worker that may wait to be taken; then it does."""


class Lanes(Generic[Order]):
    """Hands out the orders of some lanes to numbered workers; safe for several threads."""

    def __init__(self, lanes: Iterable[Iterable[Order | Wait]]) -> None:
        self._lock = threading.Lock()
        self._waiting = iter(lanes)
        self._own: dict[int, Iterator[Order | Wait]] = {}
        self._helped: dict[int, Iterator[Order | Wait]] = {}

    def next_for(self, worker: int) -> Order | Wait | None:
        """Return the next order of the lane of a worker, else of a fresh one, else of another worker's.

        LATER when the orders that are left wait for answers, None when all are handed out. A worker whose own
        lane waits takes no order of another: what it remembers serves its own lane.
        """
        with self._lock:
            while (own := self._own_lane(worker)) is not None:
                if (order := next(own, None)) is not None:
                    return order
                self._end(own)
            waits = False
            for lane in self._others(worker):
                if (order := next(lane, None)) is None:
                    self._end(lane)
                elif isinstance(order, Wait):
                    waits = True
                else:
                    self._helped[worker] = lane
                    return order
            return Wait.LATER if waits else None

    def _own_lane(self, worker: int) -> Iterator[Order | Wait] | None:
        """Return the lane of a worker, a fresh one if it has none."""
        if worker not in self._own and (fresh := next(self._waiting, None)) is not None:
            self._own[worker] = iter(fresh)
        return self._own.get(worker)

    def _others(self, worker: int) -> list[Iterator[Order | Wait]]:
        """Return the lanes of other workers, the one that this worker helped with last first."""
        lanes = list(self._own.values())
        helped = self._helped.get(worker)
        return sorted(lanes, key=lambda lane: lane is not helped)

    def _end(self, lane: Iterator[Order | Wait]) -> None:
        self._own = {worker: own for worker, own in self._own.items() if own is not lane}


def share_out(
    lanes: Iterable[Iterable[Order | Wait]],
    workers: Sequence[Worker],
    carry_out: Callable[[Worker, Order, threading.Event], Result],
    cancelled: Callable[[], bool],
    interrupt: Callable[[], None],
) -> Iterator[tuple[Order, Result]]:
    """Yield each order of some lanes with its result, in any order; stops early when cancelled.

    ``carry_out`` gets an event that says that nobody waits for its result any more; ``interrupt`` ends what
    the workers are at when cancelled. An error of ``carry_out`` is raised here.
    """
    orders = Lanes(lanes)
    results: queue.Queue[tuple[Order, Result] | BaseException | None] = queue.Queue(_WAITING * len(workers))
    stop = threading.Event()

    def work(number: int, worker: Worker) -> None:
        try:
            while not stop.is_set() and (order := orders.next_for(number)) is not None:
                if isinstance(order, Wait):
                    stop.wait(_LATER_SECONDS)
                else:
                    put((order, carry_out(worker, order, stop)))
        except BaseException as error:
            # The consumer of the results must get the error, or it would wait forever.
            put(error)
        put(None)

    def put(item: tuple[Order, Result] | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return results.put(item, timeout=_WAIT_SECONDS)
            except queue.Full:
                continue

    threads = [
        threading.Thread(target=work, args=each, name="decode", daemon=True) for each in enumerate(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield from _drain(results, len(threads), cancelled)
    finally:
        stop.set()
        if cancelled():
            interrupt()
        for thread in threads:
            thread.join()


def _drain(
    results: queue.Queue[tuple[Order, Result] | BaseException | None],
    workers: int,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[Order, Result]]:
    ended = 0
    while ended < workers and not cancelled():
        try:
            item = results.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            continue
        if item is None:
            ended += 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item
