"""Decisions: what a person said once is never asked again, whatever happens to one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.errors import DpmError
from dpm_tui.review.decisions import decision_table
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.state.disk.journal import encode_frame, encode_frames, read_frames
from dpm_tui.state.review import decision_store
from dpm_tui.state.review.decision_store import DecisionStore, merge_generations
from tests.support.disk import full_disk

A, B, C, D = (f"{number:02x}" * 32 for number in (10, 11, 12, 13))


@dataclass
class Paths:
    current: bytes
    previous: bytes

    def open(self, *, writable: bool = True) -> DecisionStore:
        return DecisionStore(self.current, self.previous, writable=writable)

    def decide(self, *decisions: tuple[list[str], str]) -> None:
        """One sitting: the store is opened, decides and is closed."""
        store = self.open()
        for digests, verdict in decisions:
            store.decide(digests, verdict)
        store.close()

    def standing(self) -> dict[tuple[str, ...], str]:
        return {decision.digests: decision.verdict for decision in self.open(writable=False).standing()}

    def read(self, path: bytes) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def write(self, path: bytes, content: bytes) -> None:
        with open(path, "wb") as file:
            file.write(content)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(os.fsencode(tmp_path / "decisions.jsonl"), os.fsencode(tmp_path / "decisions.prev.jsonl"))


def pairs_of(store: DecisionStore) -> set[tuple[str, str]]:
    """Return every pair that is decided."""
    return {pair for decision in store.standing() for pair in decision.pairs}


def test_a_decision_counts_for_every_pair_and_can_be_revoked(paths: Paths) -> None:
    paths.decide(([A, B, C], "variants"), ([C, A], ""), ([B, C], "not_duplicates"))
    again = paths.open()
    assert again.verdict(A, B) == again.verdict(B, A) == "variants"
    assert again.verdict(A, C) == ""
    assert again.verdict(C, B) == "not_duplicates"
    assert pairs_of(again) == {(A, B), (B, C)}
    again.close()
    assert paths.standing() == {(A, B): "variants", (B, C): "not_duplicates"}


def test_decisions_are_only_ever_appended(paths: Paths) -> None:
    store = paths.open()
    store.decide([A, B], "variants")
    before = paths.read(paths.current)
    store.decide([A, B], "")
    store.close()
    assert paths.read(paths.current).startswith(before)


def test_a_decision_behind_a_damaged_line_is_kept(paths: Paths) -> None:
    nonsense = [{"digests": 3, "verdict": "x"}, [], {"digests": [A, A], "verdict": "variants"}]
    paths.write(paths.current, b"noise\n" + encode_frames(nonsense))
    paths.decide(([A, B], "variants"))
    again = paths.open(writable=False)
    assert (again.verdict(A, B), again.rejected) == ("variants", 4)


def test_each_decision_knows_its_time_and_old_ones_without_are_read(paths: Paths) -> None:
    paths.write(paths.current, encode_frame({"digests": [A, B], "verdict": "variants"}))
    paths.decide(([A, C], "not_duplicates"))
    old, new = paths.open(writable=False).standing()
    assert old == Decision((A, B), "variants", "")
    assert new.time.startswith("20")
    assert new.time.endswith("+00:00")


def test_the_previous_generation_is_what_the_last_start_found(paths: Paths) -> None:
    paths.decide(([A, B], "variants"))
    assert read_frames(paths.previous).records == []
    first = paths.read(paths.current)
    paths.decide(([A, C], "variants"))
    assert paths.read(paths.previous) == first
    paths.decide()
    assert paths.read(paths.previous) == paths.read(paths.current)


def test_a_reader_writes_neither_generation(paths: Paths) -> None:
    paths.decide(([A, B], "variants"))
    paths.open(writable=False)
    assert not os.path.exists(paths.previous)


def test_what_was_revoked_stays_revoked(paths: Paths) -> None:
    paths.decide(([A, B], "variants"))
    paths.decide(([A, B], ""))
    assert paths.standing() == {}
    paths.decide()
    assert paths.standing() == {}
    os.unlink(paths.current)
    assert paths.standing() == {}


def cut_last(paths: Paths) -> None:
    os.truncate(paths.current, os.path.getsize(paths.current) - 1)


def tear_in_the_middle(paths: Paths) -> None:
    os.truncate(paths.current, os.path.getsize(paths.current) // 2)


def flip(paths: Paths) -> None:
    content = bytearray(paths.read(paths.current))
    content[len(content) // 3] ^= 16
    paths.write(paths.current, bytes(content))


HARM: dict[str, Callable[[Paths], None]] = {
    "missing": lambda paths: os.unlink(paths.current),
    "emptied": lambda paths: os.truncate(paths.current, 0),
    "torn at the end": cut_last,
    "torn in the middle": tear_in_the_middle,
    "flipped": flip,
    "noise": lambda paths: paths.write(paths.current, bytes(range(256)) * 20),
    "only the first is left": lambda paths: paths.write(
        paths.current, paths.read(paths.current).split(b"\n")[0] + b"\n"
    ),
}


@pytest.mark.parametrize("harm", HARM)
def test_nothing_decided_before_the_last_start_is_lost(paths: Paths, harm: str) -> None:
    paths.decide(([A, B], "variants"), ([A, C], "variants"), ([B, C], "not_duplicates"), ([A, C], ""))
    paths.decide()
    before = paths.standing()
    HARM[harm](paths)
    assert paths.standing() == before
    for _ in range(2):
        paths.decide()
        assert paths.standing() == before
    paths.decide(([A, B], ""), ([C, D], "variants"))
    paths.decide()
    assert paths.standing() == {(B, C): "not_duplicates", (C, D): "variants"}
    HARM[harm](paths)
    assert paths.standing() == {(B, C): "not_duplicates", (C, D): "variants"}


def test_a_damaged_previous_generation_revives_nothing(paths: Paths) -> None:
    paths.decide(([A, B], "variants"), ([A, B], ""), ([A, C], "variants"))
    paths.decide()
    lines = paths.read(paths.previous).splitlines(keepends=True)
    paths.write(paths.previous, lines[0] + b"noise\n" + lines[2])
    assert paths.standing() == {(A, C): "variants"}
    assert paths.open(writable=False).rejected_earlier == 1
    paths.decide()
    assert paths.read(paths.previous) == b"".join(lines)


def test_how_many_came_from_the_previous_generation_is_known(paths: Paths) -> None:
    paths.decide(([A, B], "variants"), ([A, C], "variants"))
    paths.decide()
    assert paths.open(writable=False).rescued == 0
    os.unlink(paths.current)
    assert paths.open(writable=False).rescued == 2


def test_a_full_disk_does_not_keep_the_decisions_from_being_read(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.decide(([A, B], "variants"))
    with full_disk(monkeypatch, 0):
        store = paths.open()
    assert store.verdict(A, B) == "variants"
    store.close()
    paths.decide()
    assert paths.read(paths.previous) == paths.read(paths.current)


@pytest.mark.parametrize(
    "record",
    [
        None, [], {}, {"digests": [A, B]}, {"digests": [A], "verdict": "variants"},
        {"digests": [A, "../../etc"], "verdict": "variants"}, {"digests": [A, 3], "verdict": "variants"},
        {"digests": [A, B], "verdict": "burn"}, {"digests": [A, B], "verdict": "variants", "time": "soon"},
        {"digests": [A, B], "verdict": "variants", "time": "2025-01-01"},
        {"digests": [A, B], "verdict": "variants", "time": "\x1b[2J"},
        {"digests": [A, B], "verdict": "variants", "time": 5},
        {"digests": [f"{n:064x}" for n in range(decision_store.MAX_DIGESTS + 1)], "verdict": "variants"},
    ],
    ids=lambda record: ascii(record)[:40],
)  # fmt: skip
def test_a_decision_that_makes_no_sense_costs_itself(paths: Paths, record: object) -> None:
    paths.write(
        paths.current, encode_frame(record) + encode_frame({"digests": [C, D], "verdict": "variants"})
    )
    store = paths.open(writable=False)
    assert (list(store.standing()), store.rejected) == ([Decision((C, D), "variants")], 1)


def test_a_flood_of_decisions_does_not_fill_the_memory(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_table, "MAX_MENTIONS", 10)
    floods = [{"digests": [f"{n:064x}" for n in range(at, at + 4)], "verdict": "variants"} for at in range(9)]
    paths.write(paths.current, encode_frames(floods))
    store = paths.open(writable=False)
    assert 0 < sum(len(decision.digests) for decision in store.standing()) <= 10
    assert store.rejected > 0


def test_a_full_table_says_so_and_what_is_in_it_can_be_revoked(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_table, "MAX_MENTIONS", 5)
    store = paths.open()
    store.change([Decision((A, B), "variants"), Decision((C, D), "variants")])
    with pytest.raises(DpmError) as failure:
        store.change([Decision((A, C), "variants")])
    assert failure.value.key == "decisions_full"
    with pytest.raises(DpmError):
        store.add(Decision((A, C), "variants"))
    assert pairs_of(store) == {(A, B), (C, D)}
    store.change([Decision((A, B), ""), Decision((C, D), "")])
    store.close()
    assert pairs_of(paths.open(writable=False)) == set()


def test_a_group_too_large_for_one_record_is_decided_in_several(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_store, "MAX_DIGESTS", 4)
    digests = [f"{number:064x}" for number in range(9)]
    paths.decide((digests, "variants"))
    store = paths.open(writable=False)
    assert len(pairs_of(store)) == 9 * 8 // 2
    assert store.rejected == 0


def test_adding_leaves_what_is_decided(paths: Paths) -> None:
    store = paths.open()
    store.decide([A, B], "not_duplicates")
    assert store.add(Decision((A, B, C), "variants", "2025-01-02T03:04:05+00:00"))
    assert not store.add(Decision((A, C), "not_duplicates"))
    store.close()
    again = paths.open(writable=False)
    assert (again.verdict(A, B), again.verdict(A, C), again.verdict(B, C)) == (
        "not_duplicates", "variants", "variants",
    )  # fmt: skip
    assert {decision.time for decision in again.standing()} > {"2025-01-02T03:04:05+00:00"}


SITTINGS = st.lists(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([A, B, C, D]), min_size=2, max_size=4, unique=True),
            st.sampled_from(["variants", "not_duplicates", ""]),
        ),
        max_size=3,
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield folders that no example shares."""
    return (tmp_path_factory.mktemp("decisions") for _ in iter(int, 1))


@given(
    sittings=SITTINGS, cut=st.floats(0, 1), bit=st.integers(0, 1 << 20), harm=st.sampled_from(["cut", "flip"])
)
def test_whatever_was_decided_before_the_last_start_stands(
    folders: Iterator[Path], sittings: list[list[tuple[list[str], str]]], cut: float, bit: int, harm: str
) -> None:
    folder = os.fsencode(next(folders))
    paths = Paths(os.path.join(folder, b"current"), os.path.join(folder, b"previous"))
    for decisions in sittings:
        paths.decide(*decisions)
    paths.decide()
    store = paths.open(writable=False)
    before = {pair: store.verdict(*pair) for pair in ((A, B), (A, C), (A, D), (B, C), (B, D), (C, D))}
    content = bytearray(paths.read(paths.current))
    if harm == "cut":
        content = content[: int(len(content) * cut)]
    elif content:
        content[bit % len(content)] ^= 1 << bit % 8
    paths.write(paths.current, bytes(content))
    for _ in range(2):
        store = paths.open()
        assert {pair: store.verdict(*pair) for pair in before} == before
        store.close()


def test_a_whole_journal_counts_alone() -> None:
    assert merge_generations([1, 2], [1, 5, 2, 3]) == [1, 5, 2, 3]
    assert merge_generations([1, 2, 2], [1, 2, 3]) == [1, 2, 2, 3]
    assert merge_generations([], [1]) == [1]
    assert merge_generations([1, 2], []) == [1, 2]


def test_what_a_full_disk_does_not_take_is_not_decided(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    store = paths.open()
    store.decide([A, B], "variants")
    with full_disk(monkeypatch, 0), pytest.raises(OSError, match="space"):
        store.decide([A, B, C], "not_duplicates")
    assert (store.verdict(A, B), store.verdict(A, C)) == ("variants", "")
    store.decide([C, D], "not_duplicates")
    store.close()
    assert paths.standing() == {(A, B): "variants", (C, D): "not_duplicates"}
