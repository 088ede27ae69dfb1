from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.shards import Searched, ShardAnswer, ShardPart, ShardQuestion, ShardSpace
from dpm_tui.pipeline.sharding.shard_codec import (
    MessageError,
    decode_answer,
    decode_part,
    decode_question,
    decode_space,
    encode_answer,
    encode_part,
    encode_question,
    encode_space,
)


def pairs(count: int) -> NeighbourPairs:
    rows = np.arange(count)
    return NeighbourPairs(rows, (1 << 32) - 1 - rows, (rows / 7).astype(np.float32))


def part(rows: int) -> ShardPart:
    numbers = np.arange(rows) * 3
    vectors = np.linspace(-1, 1, rows * 4).reshape(rows, 4).astype(np.float16)
    return ShardPart(5, numbers, vectors, -numbers, np.full(rows, 0.6, np.float32))


def question(rows: int) -> ShardQuestion:
    vectors = np.ones((rows * 5, 4), np.float16)
    return ShardQuestion(3, np.arange(rows), vectors, np.arange(rows), np.arange(2), np.ones(2, np.float32))


SPACE = ShardSpace(Searched.PARTS, 12, 192, 0.75, listed=True)
EVERY: list[tuple[Any, Callable[[Any], bytes], Callable[[bytes], Any]]] = [
    (SPACE, encode_space, decode_space),
    (part(3), encode_part, decode_part),
    (part(0), encode_part, decode_part),
    (question(2), encode_question, decode_question),
    (question(0), encode_question, decode_question),
    (ShardAnswer(9, pairs(3), pairs(0), pairs(1)), encode_answer, decode_answer),
]
MESSAGES = pytest.mark.parametrize(("value", "encode", "decode"), EVERY)


@MESSAGES
def test_what_is_read_is_what_was_written(
    value: Any, encode: Callable[[Any], bytes], decode: Callable[[bytes], Any]
) -> None:
    again = decode(encode(value))
    assert type(again) is type(value)
    assert encode(again) == encode(value)
    assert repr(again) == repr(value)


@MESSAGES
def test_what_is_cut_off_or_goes_on_is_refused(
    value: Any, encode: Callable[[Any], bytes], decode: Callable[[bytes], Any]
) -> None:
    message = encode(value)
    for length in range(0, len(message), 3):
        with pytest.raises(MessageError):
            decode(message[:length])
    with pytest.raises(MessageError):
        decode(message + bytes(8))


@MESSAGES
def test_a_message_of_another_kind_is_refused(
    value: Any, encode: Callable[[Any], bytes], decode: Callable[[bytes], Any]
) -> None:
    for _, _, other in EVERY:
        if other is not decode:
            with pytest.raises(MessageError):
                other(encode(value))


@given(st.integers(0, 7), st.data())
def test_no_bit_may_turn(bit: int, data: st.DataObject) -> None:
    message = bytearray(encode_part(part(3)))
    message[data.draw(st.integers(0, len(message) - 1))] ^= 1 << bit
    with pytest.raises(MessageError):
        decode_part(bytes(message))


def test_columns_of_different_lengths_are_refused() -> None:
    torn = ShardPart(1, np.arange(3), np.zeros((2, 4), np.float16), np.arange(3), np.zeros(3, np.float32))
    with pytest.raises(MessageError):
        decode_part(encode_part(torn))
    odd = ShardQuestion(
        1, np.arange(2), np.zeros((3, 4), np.float16), np.arange(2), np.arange(0), np.zeros(0, np.float32)
    )
    with pytest.raises(MessageError):
        decode_question(encode_question(odd))


def test_a_message_is_little_more_than_its_vectors() -> None:
    rows = 1000
    big = ShardPart(
        0, np.arange(rows), np.ones((rows, 192), np.float16), np.arange(rows), np.ones(rows, np.float32)
    )
    assert len(encode_part(big)) < rows * 405 + 500
