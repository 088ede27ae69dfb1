"""The newest pairs of a run: shown while it goes, as far as the threshold lets them pass."""

from __future__ import annotations

from dpm_tui.catalog.image_file import ImageFile, Stamp
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.worker.protocol.messages import FoundPair, RunStatus
from dpm_tui.worker.run.run_reporter import RunReporter


def file_of(id_: int, path: bytes) -> ImageFile:
    return ImageFile(id_, path, Stamp(1, 1, 1, 1, id_))


def test_newest_pairs_are_told_with_names_that_can_be_shown() -> None:
    reporter = RunReporter(RunStatus(threshold=0.6))
    reporter.paired(file_of(1, b"a.jpg"), file_of(2, b"bad\x1b[31m\xff.jpg"), "copy", 0.99)
    (pair,) = reporter.status.latest
    assert (pair.first, pair.kind) == ("a.jpg", "copy")
    assert (pair.first_id, pair.second_id) == (1, 2)
    assert "\x1b" not in pair.second
    assert pair.second.isprintable()


def test_pairs_below_the_threshold_are_not_told() -> None:
    reporter = RunReporter(RunStatus(threshold=0.9))
    reporter.paired(file_of(1, b"a.jpg"), file_of(2, b"b.jpg"), "variant", 0.8)
    assert reporter.status.latest == ()


def test_only_the_newest_few_are_told() -> None:
    reporter = RunReporter(RunStatus())
    for number in range(100):
        reporter.paired(file_of(1, b"a.jpg"), file_of(2, b"%d.jpg" % number), "copy", 1.0)
    latest = reporter.status.latest
    assert len(latest) <= 12
    assert latest[-1].second == "99.jpg"


def test_a_status_with_pairs_crosses_the_socket() -> None:
    status = RunStatus(latest=(FoundPair("a.jpg", "b.jpg", "crop", 0.91),), broken={"damaged": 2}, ended="x")
    assert from_plain(RunStatus, to_plain(status)) == status
