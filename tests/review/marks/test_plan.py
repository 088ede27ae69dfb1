"""The plan: what is left of it when marks change, and when it is settled what becomes of companions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.plan import ORPHAN_ANSWERS, Plan, plan_marks
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.tui.samples.library import sample_library
from tests.tui.samples.recycle_bin import sample_companions


@pytest.fixture
def plan() -> Plan:
    """The plan of two copies, of which one has a companion that is nowhere else."""
    marks = Marks(library := unpack_library(sample_library().pack()))
    for file in (2, 8):
        marks.remove(file)
    found, _ = plan_marks(library, marks)
    own = sample_companions()
    return Plan(tuple(replace(move, companions=own.get(move.victim.path, ())) for move in found.moves))


def victims(plan: Plan) -> list[bytes]:
    return [move.victim.path for move in plan.moves]


def test_a_move_whose_mark_or_whose_witness_went_is_not_justified(plan: Plan) -> None:
    one, other = plan.moves
    marked = {one.victim.path, other.victim.path}
    assert plan.justified(marked) == plan
    assert plan.justified(marked - {one.victim.path}).moves == (other,)
    assert plan.justified(marked | {one.keeper.path}).moves == (other,)


def test_each_answer_settles_what_becomes_of_companions(plan: Plan) -> None:
    both = victims(plan)
    assert plan.orphans
    settled = {answer: plan.settled(answer) for answer in ORPHAN_ANSWERS}
    assert settled["t"] == plan
    assert victims(settled["p"]) == both
    assert settled["p"].companions == 0
    assert victims(settled["s"]) == [b"backup/2021/DSC00017.JPG"]
    assert plan.settled("").moves == ()
