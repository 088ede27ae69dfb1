"""The rule sheet: every change leaves words that a rule can be made of."""

from __future__ import annotations

from hypothesis import given, strategies as st

from dpm_tui.review.rules.criteria import Word, parse_word
from dpm_tui.review.rules.presets import clean_words
from dpm_tui.review.rules.rule import RULES
from dpm_tui.review.rules.rule_editor import (
    RuleLine,
    WordLine,
    add,
    rule_lines,
    shift,
    switch,
    turn,
    word_lines,
)

BEST = (
    "intact", "holds", "detail", "pixels", "alpha", "colours", "depth", "lossless", "quality", "exif",
    "name", "encoding", "date",
)  # fmt: skip


def test_rules_are_the_fixed_ones_and_the_saved_ones() -> None:
    lines = rule_lines(("date",), {"mine": ("date",)})
    assert [line.name for line in lines] == [*RULES, "mine"]
    assert [line.name for line in lines if line.in_force] == ["mine"]
    assert not any(line.in_force for line in rule_lines(("bytes",), {}))
    assert rule_lines(("best",), {})[0] == RuleLine("best", ("best",), in_force=True, saved=False)


def test_the_words_of_a_fixed_rule_are_spread_out() -> None:
    lines = word_lines(("best",))
    assert tuple(str(line.word) for line in lines if line.place) == BEST
    assert [line.place for line in lines if line.place] == list(range(1, 14))
    assert [str(line.word) for line in lines if not line.on and not line.is_limit] == ["bytes"]


def test_criteria_move_turn_and_go() -> None:
    words = shift(("best",), Word("date"), -1)
    assert words == (*BEST[:11], "date", "encoding")
    assert shift(words, Word("intact"), -1) == words
    assert turn(("pixels", "date"), Word("date")) == ("pixels", "-date")
    assert turn(("pixels", "-date"), Word("date", reverse=True)) == ("pixels", "date")
    assert turn(("pixels",), Word("bytes")) == ("pixels", "-bytes")
    assert switch(("pixels", "date", "other-top"), Word("bytes")) == ("pixels", "date", "bytes", "other-top")
    assert switch(("pixels", "other-top"), Word("pixels")) == ("best", "other-top")


def test_limits_join_without_spreading_the_rule() -> None:
    words = switch(("best",), Word("other-folder"))
    assert words == ("best", "other-folder")
    assert switch(words, Word("same-folder")) == ("best", "same-folder")
    assert switch(words, Word("other-folder")) == ("best",)
    assert add(words, Word("mark-in", "b")) == ("best", "other-folder", "mark-in:b")


def test_folders_come_before_what_they_should_outweigh() -> None:
    words = add(add(("pixels",), Word("folder", "a")), Word("folder", "b"))
    assert words == ("folder:a", "folder:b", "pixels")
    assert add(words, Word("folder", "a", reverse=True)) == ("folder:b", "-folder:a", "pixels")


WORD = st.sampled_from(
    ["pixels", "-pixels", "bytes", "date", "encoding", "other-folder", "same-folder", "other-top"]
).map(parse_word)
VALUED = st.sampled_from(["folder:a", "-folder:a", "format:png", "mark-in:a", "keep-in:b"]).map(parse_word)
START = st.sampled_from([("best",), ("largest",), ("folder:x", "newest"), ("-bytes", "keep-in:x")])


@given(START, st.lists(st.tuples(st.sampled_from("smta"), WORD, VALUED, st.integers(-2, 2)), max_size=12))
def test_any_changes_leave_a_rule(words: tuple[str, ...], actions: list[tuple[str, Word, Word, int]]) -> None:
    for action, word, valued, steps in actions:
        on = [line for line in word_lines(words) if isinstance(line, WordLine) and not line.is_limit]
        match action:
            case "s":
                words = switch(words, word)
            case "m":
                words = shift(words, word, steps)
            case "t":
                words = turn(words, on[steps % len(on)].word)
            case "a":
                words = add(words, valued)
        assert clean_words(words) == words
        assert word_lines(words)
