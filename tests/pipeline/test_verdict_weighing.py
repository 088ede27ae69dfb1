"""Of a RAW file and a picture like it the RAW file is the better, unless that shows more than its preview."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.verdict_weighing import weigh_verdicts
from tests.support.image_files import image_file

ONE, TWO = "11" * 32, "22" * 32
PAIR = (ONE, TWO)


def weigh(found: Inspection | None, raws: tuple[str, ...], kind: Kind = Kind.COPY) -> tuple[Better, str]:
    """Return which of the two is the better, and why; those of ``raws`` are RAW files."""
    files = {
        number: image_file(number, digest=digest, holds=("raw",) if digest in raws else ())
        for number, digest in enumerate(PAIR, 1)
    }
    columns = FileColumns.of(files)
    inspections = {} if found is None else {PAIR: found}
    (each,) = weigh_verdicts([(PAIR, Verdict(kind, 0.99))], inspections, ContentIndex(columns), columns)
    return each.better, each.reason


@pytest.mark.parametrize("raw", PAIR)
@pytest.mark.parametrize("better", [-9.0, 0.0, 9.0])
@pytest.mark.parametrize("reason", ["", "softer", "recompressed", "noisier"])
def test_whatever_its_preview_is_like_the_raw_file_is_the_original(
    raw: str, better: float, reason: str
) -> None:
    found = Inspection(changed=-5.0, better=better, reason=reason, tone=(0.3, -0.2, 0.1, 0.0, 0.2))
    assert weigh(found, (raw,)) == (Better.FIRST if raw == ONE else Better.SECOND, "raw")


@pytest.mark.parametrize(
    ("raw", "better", "reason", "told"),
    [
        (ONE, -3.0, "smaller", False), (ONE, 3.0, "enlarged", False),
        (ONE, 3.0, "smaller", True), (ONE, -3.0, "enlarged", True),
        (TWO, 3.0, "smaller", False), (TWO, -3.0, "enlarged", False),
        (TWO, -3.0, "smaller", True), (TWO, 3.0, "enlarged", True),
    ],
)  # fmt: skip
def test_a_smaller_preview_cannot_vouch_for_a_picture(
    raw: str, better: float, reason: str, told: bool
) -> None:
    """The poorer one of two is smaller, or is larger and was blown up."""
    found, _ = weigh(Inspection(changed=-5.0, better=better, reason=reason, amount=0.5), (raw,))
    assert (found is not Better.UNTOLD) == told


def test_what_was_developed_in_other_tones_is_left_to_a_person() -> None:
    toned = Inspection(changed=-5.0, better=0.0, tone=(4.0, 1.0, 0.0, 0.0, 2.0))
    assert weigh(toned, (ONE,)) == (Better.UNTOLD, "raw")


def test_of_two_raw_files_it_cannot_be_told() -> None:
    assert weigh(Inspection(changed=-5.0, better=9.0, reason="softer"), PAIR) == (Better.UNTOLD, "raw")


def test_other_pairs_stay_as_they_are() -> None:
    assert weigh(None, (ONE,)) == (Better.UNSEEN, "")
    assert weigh(Inspection(changed=-5.0, better=9.0, reason="softer"), ()) == (Better.FIRST, "softer")
    assert weigh(Inspection(changed=9.0, better=9.0), (ONE,))[0] is Better.EITHER
    assert weigh(Inspection(changed=-5.0, better=9.0), (ONE,), Kind.VARIANT)[0] is Better.EITHER
