"""What is known of nodes as they come, work, hang and go."""

from __future__ import annotations

from dataclasses import dataclass

from dpm_tui.worker.cluster.node_table import NodeTable

PRESENT = {"tcp://a": {"name": "ada", "nthreads": 4}, "tcp://b": {"name": "bob", "nthreads": 2}}


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def table_of_two() -> tuple[NodeTable, Clock]:
    clock = Clock()
    table = NodeTable(clock)
    table.see(PRESENT)
    for address in PRESENT:
        table.welcome(address)
    return table, clock


def test_a_node_works_once_it_is_welcome() -> None:
    table = NodeTable(Clock())
    assert table.see(PRESENT) == (["tcp://a", "tcp://b"], [])
    assert table.threads == 0
    table.welcome("tcp://a")
    assert table.in_state("working") == ["tcp://a"]
    assert table.threads == 4


def test_rates_are_those_of_the_last_seconds() -> None:
    table, clock = table_of_two()
    for _ in range(50):
        clock.now += 1
        table.answered("tcp://a", 12)
    assert {row.name: row.rate for row in table.rows()} == {"ada": 12.0, "bob": 0.0}
    assert {row.name: row.done for row in table.rows()} == {"ada": 600, "bob": 0}


def test_a_node_that_hangs_is_slow_until_it_answers() -> None:
    table, clock = table_of_two()
    clock.now += 20
    table.answered("tcp://a", 1)
    assert table.mark_slow(since=110.0) == ["tcp://b"]
    assert table.in_state("slow") == ["tcp://b"]
    assert table.answered("tcp://b", 1)
    assert table.in_state("slow") == []


def test_a_node_that_is_gone_comes_back_as_a_new_one() -> None:
    table, _ = table_of_two()
    table.answered("tcp://b", 7)
    assert table.see({"tcp://a": PRESENT["tcp://a"]}) == ([], ["tcp://b"])
    assert table.in_state("lost") == ["tcp://b"]
    assert table.see(PRESENT) == (["tcp://b"], [])
    assert table.in_state("new") == ["tcp://b"]
    assert {row.name: row.done for row in table.rows()}["bob"] == 7


def test_a_refused_node_stays_refused() -> None:
    table, _ = table_of_two()
    table.refuse("tcp://a", "why")
    assert table.see(PRESENT) == ([], [])
    assert table.threads == 2
    assert [row.reason for row in table.rows() if row.state == "refused"] == ["why"]
