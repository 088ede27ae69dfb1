"""The session and the list of the bin: cursor, marks and selection over changes, without a widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.review.marks.marks import Mark
from dpm_tui.review.rules.rule import RULES
from dpm_tui.state.config import Config
from dpm_tui.tui.command_table import BY_ID
from dpm_tui.tui.session.bin_list import BatchLine, BinList
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import BinData, RunStatus, Welcome
from tests.tui.samples.library import sample_library
from tests.tui.samples.recycle_bin import bin_entries
from tests.tui.samples.runs import RUNNING


@pytest.fixture
def session() -> Session:
    """A session that shows the sample."""
    session = Session(link=Link.CONNECTED, sorting=Sorting(Order.FOLDER))
    session.adopt_library(unpack_library(sample_library().pack()))
    return session


def test_cursor_walks_over_groups(session: Session) -> None:
    session.move(3)
    assert session.file is not None
    assert session.file.name == b"dragon_final.png"
    session.move_group(-1)
    assert session.file.name == b"IMG_4411.jpg" if session.file else False
    session.move_group(99)
    assert session.cursor.position == 5


def test_cursor_and_marks_stay_on_their_files_when_the_library_changes(session: Session) -> None:
    session.go_to_file(9)
    session.marks.remove(10)
    session.marks.remove(2)
    smaller = sample_library().without([b"holiday/IMG_4411.jpg", b"holiday/IMG_4411 (1).jpg"])
    session.adopt_library(unpack_library(smaller.pack()))
    assert session.file is not None
    assert session.file.id == 9
    assert session.marks.removed == {10}


def test_cursor_stays_near_its_place_when_its_group_is_gone(session: Session) -> None:
    session.go_to_file(16)
    smaller = sample_library().without([b"keep/wallpaper.bmp"])
    session.adopt_library(unpack_library(smaller.pack()))
    assert session.cursor.position == 4
    session.adopt_library(unpack_library(smaller.without([f.path for f in smaller.files.values()]).pack()))
    assert session.file is None
    assert session.group is None


def test_filter_and_sort_keep_the_cursor_on_its_file(session: Session) -> None:
    session.go_to_file(5)
    session.filter = parse_filter("kind:copy")
    session.sorting = session.sorting.choose(Order.SCORE)
    session.lay_out()
    assert len(session.rows) == 2
    assert session.file is not None
    assert session.file.id == 5


def test_counterpart_is_one_that_stays(session: Session) -> None:
    assert [session.counterpart(id_) for id_ in (1, 2, 3)] == [2, 1, 1]
    session.marks.keep_only(2)
    assert session.counterpart(3) == 2


def test_plan_names_the_rule_of_each_mark(session: Session) -> None:
    session.marks.accept(session.marks.suggest([0], RULES["best"]))
    session.marks.remove(6)
    plan, unjustified = session.review.plan()
    assert not unjustified
    assert {move.victim.path: move.rule for move in plan.moves} == {
        b"holiday/IMG_4411 (1).jpg": "best",
        b"phone/wa_8812.jpg": "best",
        b"art/dragon_smile.png": "hand",
    }


def test_newly_protected_files_lose_their_marks(session: Session) -> None:
    session.marks.remove(3)
    session.adopt_config(Config(protected=("phone",)))
    assert session.marks.mark_of(3) is None
    session.marks.remove(2)
    session.adopt_config(Config(protected=("phone",), bell=False))
    assert session.marks.mark_of(2) is Mark.REMOVE


def test_reasons_why_a_command_cannot_work(session: Session) -> None:
    assert missing_need(session, BY_ID["apply"].needs) == "tui.need_marks"
    session.marks.remove(2)
    assert missing_need(session, BY_ID["apply"].needs) == ""
    session.welcome = Welcome(1, "0", 1, b"/", Config(), writable=False, reviewer=True)
    assert missing_need(session, BY_ID["apply"].needs) == "tui.view_only_read_only"
    session.welcome = replace(session.welcome, writable=True, reviewer=False)
    assert missing_need(session, BY_ID["apply"].needs) == "tui.view_only_other_app"
    session.link = Link.LOST
    assert missing_need(session, BY_ID["apply"].needs) == "tui.need_worker"
    session.status = RUNNING
    assert session.running
    session.status = RunStatus()
    assert missing_need(session, BY_ID["stop_run"].needs) == "tui.need_worker"


def test_bin_list_lays_batches_out_and_skips_headings() -> None:
    bin_list = BinList(BinData(bin_entries(), True, False))
    assert [type(line) is BatchLine for line in bin_list.lines] == [
        True,
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert bin_list.cursor == 1
    bin_list.move(3)
    assert bin_list.cursor == 5
    bin_list.move(-1)
    assert bin_list.cursor == 3
    bin_list.move(99)
    assert bin_list.cursor == 6
    bin_list.move(-99)
    assert bin_list.cursor == 1


def test_bin_list_keeps_selection_and_place() -> None:
    bin_list = BinList(BinData(bin_entries(), True, False))
    bin_list.toggle()
    bin_list.toggle()
    assert [entry.id for entry in bin_list.chosen] == ["e0", "e1"]
    fresh = bin_list.renew(BinData(bin_entries()[1:], True, False))
    assert fresh.selected == {"e1"}
    assert fresh.current is not None
    empty = fresh.renew(BinData((), False, True))
    assert empty.current is None
    assert empty.chosen == []
    assert empty.can_redo
