"""Arrivals: what the futures of a cluster bring, in one queue, however long one of them hangs."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from distributed import Future

_RECEIVE_SECONDS = 20.0
_RECEIVERS = 4


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came for a number: a ``record``, or the ``problem`` that Dask had.

    Nothing of both where the job was lost on the way: it may be sent again as if it never had been.
    """

    number: int
    record: object = None
    problem: str = ""


class Arrivals:
    """Waits for futures in threads of its own: a node may hang that holds a result."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Arrival] = queue.Queue()
        self._receivers = ThreadPoolExecutor(_RECEIVERS, "cluster-answers")

    def await_result(self, number: int, future: Future[Any]) -> None:
        """Have what a future brings put into the queue."""

        def done(_: Future[Any]) -> None:
            try:
                self._receivers.submit(lambda: self._queue.put(_receive(number, future)))
            except RuntimeError:
                return  # nobody waits any more

        future.add_done_callback(done)

    def take(self, seconds: float) -> Iterator[Arrival]:
        """Yield what has arrived; wait so long for the first."""
        try:
            yield self._queue.get(timeout=seconds)
            while True:
                yield self._queue.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """Wait no more."""
        self._receivers.shutdown(wait=False, cancel_futures=True)


def _receive(number: int, future: Future[Any]) -> Arrival:
    if future.status in ("lost", "cancelled"):
        return Arrival(number)
    try:
        return Arrival(number, future.result(timeout=_RECEIVE_SECONDS))
    except TimeoutError:
        return Arrival(number)
    except Exception as error:
        lost = future.status in ("lost", "cancelled")
        return Arrival(number, problem="" if lost else f"{type(error).__name__}: {error}")
    except BaseException:  # Dask cancels with an error of asyncio
        return Arrival(number)
