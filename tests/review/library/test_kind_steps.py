"""Kind steps: groups by what a person has to expect in them at worst, the safest first."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.kind_steps import KindStep, kind_steps, step_of
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.sort import Order, Sorting, sort_groups
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.tui.samples.library import sample_library

NOTHING = FolderSet(())


@pytest.fixture(scope="module")
def library() -> Library:
    return unpack_library(sample_library().pack())


def test_a_group_belongs_to_its_loosest_kind(library: Library) -> None:
    kinds = [step_of(library, number) for number in range(len(library.groups))]
    assert kinds == [Kind.COPY, Kind.VARIANT, Kind.IDENTICAL, Kind.EDITED, Kind.PIXELS, Kind.PIXELS]


def test_steps_say_how_many_groups_there_are_and_what_may_go(library: Library) -> None:
    steps = kind_steps(library, range(6), NOTHING)
    assert [(step.kind, step.groups) for step in steps] == [
        (Kind.IDENTICAL, 1), (Kind.PIXELS, 2), (Kind.COPY, 1), (Kind.EDITED, 1), (Kind.VARIANT, 1),
    ]  # fmt: skip
    assert steps[0].bytes == 9_800_000
    assert steps[2].bytes == 4_404_019 + 310_000


def test_protected_files_free_nothing(library: Library) -> None:
    steps = {step.kind: step for step in kind_steps(library, range(6), FolderSet(("phone", "backup")))}
    assert steps[Kind.COPY].bytes == 4_404_019
    assert steps[Kind.IDENTICAL].bytes == 0


def test_only_groups_that_are_shown_count(library: Library) -> None:
    assert kind_steps(library, [2], NOTHING) == [KindStep(Kind.IDENTICAL, 1, 9_800_000)]
    assert kind_steps(library, [], NOTHING) == []
    assert kind_steps(Library(), [], NOTHING) == []


def test_the_safest_kind_comes_first_and_ties_stay_in_order(library: Library) -> None:
    assert sort_groups(library, range(6), Sorting()) == [2, 4, 5, 0, 3, 1]
    assert sort_groups(library, range(6), Sorting(Order.KIND, reverse=True)) == [1, 3, 0, 4, 5, 2]
