"""The stage of inspection: few pairs are looked at, each once, and the better file ends as the leader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.decoding.decoder import InspectionOrder, Unreadable
from dpm_tui.pipeline.file_pairs import pair_files
from dpm_tui.pipeline.finding.search_tables import SearchVerdicts
from dpm_tui.pipeline.inspection.inspection_stage import inspect_copies
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows

COPY = Verdict(Kind.COPY, 0.97)


class Table(dict[DigestPair, Inspection | None]):
    def put(self, pair: DigestPair, inspection: Inspection | None) -> None:
        assert pair not in self, "looked at twice"
        self[pair] = inspection


class Eye:
    """Tells the better of two by the number in their paths: the lower one."""

    def __init__(
        self,
        blind: Iterable[bytes] = (),
        status: Status = Status.DAMAGED,
        proving: bytes = b"",
        changed: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        self.changed = {frozenset(pair) for pair in changed}
        self.proving = proving
        self.status = status
        self.asked: list[InspectionOrder] = []
        self.blind = set(blind)

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        for order in orders:
            if cancelled():
                return
            self.asked.append(order)
            if {order.first, order.second} & self.blind:
                yield order, Unreadable(self.status, "")
            else:
                proved = self.proving in (order.first, order.second)
                odds = 5.0 if frozenset((order.first, order.second)) in self.changed else -5.0
                yield order, Inspection(odds, 4.0 if order.first < order.second else -4.0, proved=proved)


def library(count: int, width: Callable[[int], int] = lambda number: 100) -> dict[str, list[ImageFile]]:
    return {
        f"{number:064x}": [
            ImageFile(
                number,
                b"%03d.jpg" % number,
                Stamp(1000, number, 0, 1, number),
                facts=Facts(f"{number:064x}", "JPEG", width(number), 100),
            )
        ]
        for number in range(1, count + 1)
    }


def run(files: dict[str, list[ImageFile]], table: Table, eye: Eye, reporter: Reporter | None = None) -> None:
    reporter = reporter or Reporter()
    verdicts = SearchVerdicts({digest_pair(one, other): COPY for one, other in combinations(files, 2)})
    pace = Checkpointer(lambda: None, reporter)
    inspect_copies(verdicts, files, table, eye, rank_best_rows, pace, reporter)  # type: ignore[arg-type]


def test_a_large_family_costs_a_look_a_file_for_each_leader() -> None:
    """The largest leads first; the best one, which is the smallest, takes over."""
    files, table, eye = library(40, lambda number: 100 * number), Table(), Eye()
    run(files, table, eye)
    assert 39 <= len(eye.asked) <= 2 * 39
    best = f"{1:064x}"
    assert all(digest_pair(best, digest) in table for digest in files if digest != best)
    asked = len(eye.asked)
    run(files, table, eye)
    assert len(eye.asked) == asked, "nothing is looked at again"


def test_where_the_leader_is_seen_to_differ_the_others_are_held_against_one_another() -> None:
    """The first picture is no copy of the second: whoever leads then, no copy beside it is left unseen."""
    files = library(5)
    names = [b"%03d.jpg" % number for number in range(1, 6)]
    eye, table = Eye(changed=[(names[0], other) for other in names[1:]]), Table()
    run(files, table, eye)
    verdicts = [(digest_pair(one, other), COPY) for one, other in combinations(files, 2)]
    pairs = pair_files([file for own in files.values() for file in own], verdicts, inspections=table)
    beside_second = {(pair.a, pair.b): pair.better for pair in pairs if pair.a == 2}
    assert beside_second == {(2, 3): Better.FIRST, (2, 4): Better.FIRST, (2, 5): Better.FIRST}
    assert len(eye.asked) <= 8


def test_what_cannot_be_looked_at_for_now_is_tried_once_a_run() -> None:
    files, table = library(4), Table()
    eye = Eye(blind=[b"002.jpg"], status=Status.UNREADABLE)
    run(files, table, eye)
    tried = [(order.first, order.second) for order in eye.asked]
    assert len(tried) == len(set(tried))


def test_what_cannot_be_decoded_is_asked_once_and_stays_unseen() -> None:
    files, table, eye = library(3), Table(), Eye(blind=[b"003.jpg"])
    run(files, table, eye)
    asked = len(eye.asked)
    run(files, table, eye)
    assert len(eye.asked) == asked
    verdicts = [(digest_pair(one, other), COPY) for one, other in combinations(files, 2)]
    pairs = pair_files([file for own in files.values() for file in own], verdicts, inspections=table)
    better = {(pair.a, pair.b): pair.better for pair in pairs}
    assert better == {(1, 2): Better.FIRST, (1, 3): Better.UNSEEN, (2, 3): Better.UNSEEN}


def test_what_more_memory_may_help_is_tried_again() -> None:
    files, table = library(2), Table()
    run(files, table, Eye(blind=[b"002.jpg"], status=Status.TOO_BIG))
    assert table == {}
    run(files, table, Eye())
    assert len(table) == 1


def test_a_stopped_stage_keeps_what_it_found_and_goes_on() -> None:
    class Impatient(Reporter):
        left = 5

        def progressed(self, *args: object) -> None:
            self.left -= 1

        def cancelled(self) -> bool:
            return self.left <= 0

    files, table = library(20), Table()
    with pytest.raises(Cancelled):
        run(files, table, Eye(), Impatient())
    assert 0 < len(table) < 19
    found, eye = len(table), Eye()
    run(files, table, eye)
    assert len(eye.asked) == 19 - found


def test_a_picture_that_is_proved_to_be_a_copy_joins_the_family_of_its_source() -> None:
    """No thumbnail says that the GIF is a copy of any; held against the leader alone it is proved to be."""
    files = library(12, lambda number: 300)
    cut = f"{12:064x}"
    facts = replace(files[cut][0].facts, format="GIF", colours=32)
    files[cut] = [replace(files[cut][0], facts=facts)]
    variant = Verdict(Kind.VARIANT, 0.84, bytes([90] * GRID * GRID))
    verdicts = SearchVerdicts(
        {
            digest_pair(one, other): variant if cut in (one, other) else COPY
            for one, other in combinations(files, 2)
        }
    )
    table, eye = Table(), Eye(proving=b"012.jpg")
    pace = Checkpointer(lambda: None, Reporter())
    for _ in range(2):
        inspect_copies(verdicts, files, table, eye, rank_best_rows, pace, Reporter())  # type: ignore[arg-type]
    held = [order for order in eye.asked if b"012.jpg" in (order.first, order.second)]
    assert [order.digests for order in held] == [digest_pair(f"{1:064x}", cut)]
    pairs = pair_files({each[0].id: each[0] for each in files.values()}, verdicts.alike(), inspections=table)
    (own,) = [pair for pair in pairs if pair.kind is Kind.COPY and 12 in (pair.a, pair.b)]
    assert (own.a, own.b, own.better) == (1, 12, Better.FIRST)
