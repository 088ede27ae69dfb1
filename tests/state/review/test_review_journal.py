"""The review on the disk: whatever was marked, undone and done again is there after a kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history.mark_changes import Changes, Mark, Marking
from dpm_tui.review.history.mark_history import History, Step, StepKind
from dpm_tui.review.history.record_codec import Writer, read_record, write_record, write_view
from dpm_tui.review.history.review_record import EventKind, HistoryEvent, Identity, ReviewRecord, View
from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.review.rules.presets import NAME_LENGTH
from dpm_tui.state.disk.journal import read_frames
from dpm_tui.state.review import review_journal
from dpm_tui.state.review.review_journal import ReviewStore, read_review
from tests.support.descriptors import closed_afterwards
from tests.support.disk import full_disk

FILES: list[Identity] = [(b"a/%d.jpg" % number, f"{number:064x}") for number in range(6)]
FILES.append((b"odd \xff\n.jpg", "f" * 64))
REMOVE, KEEP = Marking(Mark.REMOVE), Marking(Mark.KEEP, "best")


@pytest.fixture(autouse=True)
def _killed_at_the_end() -> Iterator[None]:
    with closed_afterwards():
        yield


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "review.jsonl")


def text_of(*news: HistoryEvent[Identity], **rest: Any) -> dict[str, Any]:
    writer = Writer()
    texts = [writer.news(each) for each in news]
    return {"files": writer.take_files(), "news": texts, **rest}


def mark(
    number: int, before: Marking | None = None, after: Marking | None = REMOVE
) -> HistoryEvent[Identity]:
    return HistoryEvent(EventKind.ADD, Step(Changes([(FILES[number], before, after)])))


def same(one: ReviewRecord, other: ReviewRecord) -> bool:
    return (one.history, one.view, one.passed) == (other.history, other.view, other.passed)


def test_what_was_heard_is_there_without_closing(path: bytes) -> None:
    store = ReviewStore(path)
    store.hear(text_of(mark(1), mark(6, None, KEEP)))
    store.hear(text_of(HistoryEvent(EventKind.BACK), passed=["g1"]))
    view = View(FILES[6], "kind:copy", Sorting(Order.SIZE, True), 7)
    store.hear(text_of(view=write_view(view)))
    again = ReviewStore(path)
    assert again.record.history.markings == {FILES[1]: REMOVE}
    assert [len(again.record.history.done), len(again.record.history.undone)] == [1, 1]
    assert again.record.view == view
    assert again.record.passed == {"g1"}
    again.hear(text_of(HistoryEvent(EventKind.FORWARD), not_passed=["g1"]))
    assert ReviewStore(path).record.history.markings == {FILES[1]: REMOVE, FILES[6]: KEEP}
    assert not ReviewStore(path).record.passed


def test_a_step_of_many_files_is_there_as_a_whole_or_not_at_all(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_journal, "CHANGES_PER_LINE", 2)
    monkeypatch.setattr(review_journal, "FILES_PER_LINE", 3)
    store = ReviewStore(path)
    store.hear(text_of(HistoryEvent(EventKind.ADD, Step(Changes((file, None, REMOVE) for file in FILES)))))
    whole = Path(os.fsdecode(path)).read_bytes()
    for end in range(len(whole)):
        Path(os.fsdecode(path)).write_bytes(whole[:end])
        torn = ReviewStore(path, writable=False)
        assert not torn.record.history.markings
        assert not torn.damaged
    Path(os.fsdecode(path)).write_bytes(whole[: len(whole) // 2])
    again = ReviewStore(path)
    again.hear(text_of(mark(2)))
    assert ReviewStore(path).record.history.markings == {FILES[2]: REMOVE}


def test_marks_of_rules_with_long_names_are_there_however_many(path: bytes) -> None:
    """A line that is too long is read by nobody."""
    rules = [Marking(Mark.REMOVE, sign * NAME_LENGTH) for sign in ("\N{SPARKLES}", "\N{CAMERA WITH FLASH}")]
    files = [(b"%d.jpg" % number, f"{number:064x}") for number in range(6000)]
    store = ReviewStore(path)
    store.hear(
        text_of(HistoryEvent(EventKind.ADD, Step(Changes((file, rules[0], rules[1]) for file in files))))
    )
    again = ReviewStore(path, writable=False)
    assert not again.damaged
    assert again.record.history.markings == dict.fromkeys(files, rules[1])


def test_behind_a_damaged_line_nothing_is_believed(path: bytes) -> None:
    store = ReviewStore(path)
    for number in range(3):
        store.hear(text_of(mark(number)))
    file = Path(os.fsdecode(path))
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:3], b"noise\n", *lines[4:]]))
    assert read_review(path)[1] > 0
    store = ReviewStore(path)
    assert store.damaged
    assert store.record.history.markings == {FILES[0]: REMOVE}
    store.hear(text_of(mark(4)))
    assert ReviewStore(path).record.history.markings == {FILES[0]: REMOVE, FILES[4]: REMOVE}
    assert not ReviewStore(path).damaged


def test_a_full_disk_costs_nothing_that_was_written(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ReviewStore(path)
    store.hear(text_of(mark(1)))
    for room in (0, 10, 60):
        with full_disk(monkeypatch, room), pytest.raises(OSError, match="space"):
            store.hear(text_of(mark(2, None if room == 0 else REMOVE, REMOVE)))
        assert FILES[1] in ReviewStore(path, writable=False).record.history.markings
    store.hear(text_of(mark(3)))
    again = ReviewStore(path)
    assert not again.damaged
    assert same(again.record, store.record)


def test_a_long_journal_is_written_anew(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_journal, "_REWRITE_BYTES", 4000)
    store = ReviewStore(path)
    for number in range(300):
        store.hear(text_of(mark(1), HistoryEvent(EventKind.BACK)))
        store.hear(text_of(view=write_view(View(filter=str(number)))))
    assert os.stat(path).st_size < 20_000
    assert same(ReviewStore(path).record, store.record)


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, {"files": 1, "news": []}, {"files": [], "news": [["add", [0, "", ""]]]},
        {"files": [["x", "0"]], "news": [["add", [0, "", "burn:x"]]]}, {"files": [], "news": [["jump"]]},
        {"files": [["x", "0"]], "news": [["add", [0, ""]]]}, {"files": [], "news": [], "view": [1]},
        {"files": [], "news": [], "passed": [3]}, {"files": [["x", "0"]], "news": [["add", [True, "", ""]]]},
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(path: bytes, value: object) -> None:
    store = ReviewStore(path)
    store.hear(text_of(mark(1)))
    with pytest.raises(ValueError, match=r"no |not |lacks "):
        store.hear(value)
    with pytest.raises(ValueError, match=r"no |not |lacks "):
        store.replace(value)
    assert ReviewStore(path).record.history.markings == {FILES[1]: REMOVE}


MARKINGS = st.sampled_from([None, REMOVE, KEEP])
ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from([EventKind.ADD, EventKind.PUT]),
            st.dictionaries(st.integers(0, len(FILES) - 1), MARKINGS, max_size=3),
            st.sampled_from(StepKind),
        ),
        st.sampled_from([EventKind.BACK, EventKind.FORWARD, EventKind.DROP]),
        st.just("kill"),
        st.just("replace"),
    ),
    max_size=25,
)


@given(ACTS)
def test_any_sequence_with_kills_between_is_what_memory_says(
    tmp_path_factory: pytest.TempPathFactory, acts: list[Any]
) -> None:
    path = os.fsencode(tmp_path_factory.mktemp("review") / "review.jsonl")
    expected: ReviewRecord = ReviewRecord()
    store = ReviewStore(path)
    for act in acts:
        if act == "kill":
            store = ReviewStore(path)
            continue
        if act == "replace":
            store.replace(write_record(expected))
            continue
        news: HistoryEvent[Identity] = (
            HistoryEvent(act) if isinstance(act, EventKind) else HistoryEvent(act[0], step_of(expected, act))
        )
        expected.hear(news)
        store.hear(text_of(news))
    assert same(ReviewStore(path).record, expected)
    assert same(read_record(write_record(expected)), expected)
    assert not read_frames(path).rejected


def step_of(
    record: ReviewRecord, act: tuple[EventKind, dict[int, Marking | None], StepKind]
) -> Step[Identity]:
    history: History[Identity] = record.history
    named = ((FILES[number], after) for number, after in act[1].items())
    changes = ((file, history.markings.get(file), after) for file, after in named)
    made = (Decision(("0" * 64, "f" * 64), "variants"),) if act[2] is StepKind.DECIDE else ()
    return Step(Changes(changes), act[2], made, made)
