"""Order sharing: a thread for each worker takes the next order when it is done with one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Worker = TypeVar("Worker")
Order = TypeVar("Order")
Result = TypeVar("Result")

_WAIT_SECONDS = 0.2
_WAITING = 8
"""Results a worker that may wait to be taken; then it does."""


def share_out(
    orders: Iterable[Order],
    workers: Sequence[Worker],
    carry_out: Callable[[Worker, Order, threading.Event], Result],
    cancelled: Callable[[], bool],
    interrupt: Callable[[], None],
) -> Iterator[tuple[Order, Result]]:
    """Yield each order with its result, in any order; stops early when cancelled.

    ``carry_out`` gets an event that says that nobody waits for its result any more; ``interrupt`` ends what
    the workers are at when cancelled. An error of ``carry_out`` is raised here.
    """
    source = iter(orders)
    taking = threading.Lock()
    results: queue.Queue[tuple[Order, Result] | BaseException | None] = queue.Queue(_WAITING * len(workers))
    stop = threading.Event()

    def work(worker: Worker) -> None:
        try:
            while not stop.is_set():
                with taking:
                    order = next(source, None)
                if order is None:
                    break
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
        threading.Thread(target=work, args=(worker,), name="decode", daemon=True) for worker in workers
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
