"""Late answers: none is taken for a key, and no key for an answer, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from dpm_tui.tui.terminal.late_answers import WELL, LateAnswers

ANSWERS = (
    WELL, b"\x1b[?62;4c", b"\x1b[?1;0;256S", b"\x1b[6;18;9t", b"\x1bP>|kitty(0.26.5)\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\", b"\x1b]1337;ReportCellSize=17;8;2\x07", b"\x1b]1337;ReportCellSize=17;8\x1b\\",
)  # fmt: skip
KEYS = (
    b"j", b"\x1b[A", b"\x1b[5~", b"\x1b[6~", b"\x1b[<0;10;4M", b"\x1bOP", b"\x1b[200~x\x1b[201~",
    b"\xe9\x95\xb7", b"\x1b[?2026;2$y", b"\x1b[12;3R", b"\x1b[I", b"q",
)  # fmt: skip

STARTS = {b"\x1b[", b"\x1bP", b"\x1b_", b"\x1b]"}


def fed(answers: LateAnswers, pieces: list[bytes]) -> tuple[bytes, int]:
    """Return what is left of pieces that come one after the other, and the count of good news."""
    typed, count = b"", 0
    for piece in pieces:
        keys, well = answers.take(piece)
        typed, count = typed + keys, count + well
    return typed + answers.give_up(), count


@given(
    st.lists(st.sampled_from([*ANSWERS, *KEYS]), max_size=8),
    st.lists(st.integers(0, 200), max_size=4),
)
def test_only_keys_are_left(said: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(said)
    # An escape alone may be the key: it is not held.
    fair = {cut for cut in cuts if cut < len(whole) and whole[cut - 1 : cut + 1] not in STARTS}
    places = sorted({0, len(whole), *fair})
    pieces = [whole[start:end] for start, end in pairwise(places)]
    typed, well = fed(LateAnswers(), pieces)
    assert typed == b"".join(piece for piece in said if piece in KEYS)
    assert well == said.count(WELL)


@pytest.mark.parametrize("keys", [b"\x1b", b"\x1b[", b"\x1bP", b"\x1b_", b"\x1b]", b"\x1b[6", b"\x1b_Gx"])
def test_what_only_looks_like_an_answer_comes_through(keys: bytes) -> None:
    assert fed(LateAnswers(), [keys]) == (keys, 0)


def test_escape_itself_is_not_held() -> None:
    """It has to wait for what may follow already."""
    assert LateAnswers().take(b"\x1b") == (b"\x1b", 0)
