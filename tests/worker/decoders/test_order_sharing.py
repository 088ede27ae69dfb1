"""Orders of a lane go to one worker while others have lanes of their own; no order is lost or done twice."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from dpm_tui.pipeline.decoding.decoder import Wait
from dpm_tui.worker.decoders.order_sharing import Lanes, share_out


def test_a_worker_stays_in_its_lane() -> None:
    lanes = Lanes([["a1", "a2"], ["b1", "b2"]])
    assert [lanes.next_for(worker) for worker in (0, 1, 1, 0)] == ["a1", "b1", "b2", "a2"]


def test_who_is_done_takes_the_next_lane_and_then_helps() -> None:
    lanes = Lanes([["a1"], ["b1", "b2", "b3"], ["c1"]])
    assert [lanes.next_for(worker) for worker in (0, 1, 0, 0, 1, 0)] == ["a1", "b1", "c1", "b2", "b3", None]
    assert lanes.next_for(1) is None


def test_lanes_without_orders_are_passed_over() -> None:
    lanes = Lanes[str]([[], ["b1"], []])
    assert [lanes.next_for(0), lanes.next_for(1)] == ["b1", None]


def test_orders_are_made_when_their_turn_comes() -> None:
    made: list[int] = []
    lanes = Lanes((made.append(number) or number for number in lane) for lane in (range(3), range(3, 6)))
    assert lanes.next_for(0) == 0
    assert made == [0]


def test_who_waits_in_its_lane_stays_there_and_who_helps_looks_elsewhere() -> None:
    lanes = Lanes[str]([[Wait.LATER, "a1"], ["b1", "b2", "b3"]])
    assert [lanes.next_for(worker) for worker in (0, 1, 2, 2, 0)] == [Wait.LATER, "b1", "a1", "b2", "b3"]
    assert lanes.next_for(1) is None


def test_orders_that_wait_come_when_they_are_ready() -> None:
    lanes = [[Wait.LATER, number, Wait.LATER, -number] for number in range(1, 20)]
    names = ["one", "two", "three"]
    shared = dict(share_out(lanes, names, lambda worker, order, stop: worker, lambda: False, lambda: None))
    assert sorted(shared) == sorted(set(range(-19, 20)) - {0})


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_order_is_carried_out_once(workers: int) -> None:
    lanes = [[(lane, number) for number in range(lane % 4)] for lane in range(30)]
    done: Counter[tuple[int, int]] = Counter()

    def carry_out(worker: str, order: tuple[int, int], stop: threading.Event) -> str:
        done[order] += 1
        return worker

    names = [str(number) for number in range(workers)]
    shared = dict(share_out(lanes, names, carry_out, lambda: False, lambda: None))
    assert set(shared) == {order for lane in lanes for order in lane}
    assert set(done.values()) == {1}
    assert set(shared.values()) <= set(names)


def test_an_error_of_a_worker_reaches_the_caller() -> None:
    def carry_out(worker: str, order: int, stop: threading.Event) -> int:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        list(share_out([[1, 2], [3]], ["one", "two"], carry_out, lambda: False, lambda: None))
