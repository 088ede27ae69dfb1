"""Which nodes get work."""

from __future__ import annotations

from typing import Any

import pytest

from dpm_tui.text_format import put_into_words
from dpm_tui.worker.cluster.introduction import Introduction, take_samples
from dpm_tui.worker.node.job import Share
from dpm_tui.worker.node.node_identity import PARTS, read_own_identity
from dpm_tui.worker.node.record import pack_record

INTRODUCTION = Introduction(Share(b"/volume1/photos"), "auto", ((b"a.jpg", 10), (b"b/c.jpg", 20)))


def answer(**changes: Any) -> bytes:
    """Return what a node says that fits, but for some changes."""
    return pack_record({"identity": read_own_identity(), "sizes": [10, 20], "reason": "", **changes})


def test_a_node_that_fits_may_work() -> None:
    assert INTRODUCTION.check(answer()) == ""


@pytest.mark.parametrize("part", PARTS)
def test_a_node_with_something_else_is_refused(part: str) -> None:
    refusal = put_into_words(INTRODUCTION.check(answer(identity={**read_own_identity(), part: "other 9"})))
    assert "other 9" in refusal
    assert read_own_identity()[part] in refusal


def test_a_node_without_the_share_is_told_what_it_lacks() -> None:
    refusal = INTRODUCTION.check(answer(sizes=[10, -1], reason="No such file or directory"))
    words = put_into_words(refusal)
    assert "/volume1/photos/b/c.jpg" in words
    assert "No such file or directory" in words
    assert "--map" in words


def test_a_node_with_other_files_under_these_names_is_refused() -> None:
    assert "/volume1/photos" in put_into_words(INTRODUCTION.check(answer(sizes=[10, 21])))


@pytest.mark.parametrize("record", [b"", b"dpm1 no record", answer(sizes=[10]), answer(identity=None), 5])
def test_what_makes_no_sense_is_refused(record: object) -> None:
    assert INTRODUCTION.check(record) != ""


def test_a_node_without_the_package_is_named_as_such() -> None:
    words = put_into_words(INTRODUCTION.check(None, "ModuleNotFoundError: No module named 'dpm_tui'"))
    assert "No module named 'dpm_tui'" in words


def test_samples_come_from_everywhere() -> None:
    files = [(b"%d.jpg" % number, number) for number in range(100)]
    samples = take_samples(files)
    assert len(samples) == 8
    assert samples[0] == files[0]
    assert samples[-1][1] > 80
