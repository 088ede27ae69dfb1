"""Order sharing: a thread for each worker takes the next order when it is done with one.

Orders come in lanes. A worker stays in its lane, since what it remembers of one order serves the next ones of
the same lane; when no lane is left, it helps another worker with its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Worker = TypeVar("Worker")
Order = TypeVar("Order")
Result = TypeVar("Result")

_WAIT_SECONDS = 0.2
_WAITING = 8
"""Results a worker that may wait to be taken; then it does."""


class Lanes(Generic[Order]):
    """Hands out the orders of some lanes to numbered workers; safe for several threads."""

    def __init__(self, lanes: Iterable[Iterable[Order]]) -> None:
        self._lock = threading.Lock()
        self._waiting = iter(lanes)
        self._taken: dict[int, Iterator[Order]] = {}

    def next_for(self, worker: int) -> Order | None:
        """Return the next order of the lane of a worker, else of a fresh one, else of another worker's.

        None when all are handed out.
        """
        with self._lock:
            while (lane := self._lane_of(worker)) is not None:
                for order in lane:
                    return order
                self._taken = {one: taken for one, taken in self._taken.items() if taken is not lane}
            return None

    def _lane_of(self, worker: int) -> Iterator[Order] | None:
        if worker not in self._taken:
            fresh = next(self._waiting, None)
            lane = next(iter(self._taken.values()), None) if fresh is None else iter(fresh)
            if lane is None:
                return None
            self._taken[worker] = lane
        return self._taken[worker]


def share_out(
    lanes: Iterable[Iterable[Order]],
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
