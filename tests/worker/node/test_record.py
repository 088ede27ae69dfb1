"""Records arrive as they were sent, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.worker.node.record import RecordError, pack_record, unpack_record

HEADERS = st.dictionaries(st.sampled_from(["work", "paths", "node"]), st.text() | st.integers() | st.none())
BLOBS = st.lists(st.binary(max_size=40), max_size=4)


@given(HEADERS, BLOBS)
def test_a_record_says_what_was_put_in(header: dict[str, object], blobs: list[bytes]) -> None:
    assert unpack_record(pack_record(header, blobs)) == (header, blobs)


@given(HEADERS, BLOBS, st.data())
def test_no_change_goes_unnoticed(header: dict[str, object], blobs: list[bytes], data: st.DataObject) -> None:
    record = bytearray(pack_record(header, blobs))
    place = data.draw(st.integers(0, len(record) - 1))
    record[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RecordError):
        unpack_record(bytes(record))


@given(HEADERS, BLOBS, st.data())
def test_a_part_of_a_record_is_none(
    header: dict[str, object], blobs: list[bytes], data: st.DataObject
) -> None:
    record = pack_record(header, blobs)
    with pytest.raises(RecordError):
        unpack_record(record[: data.draw(st.integers(0, len(record) - 1))])


@pytest.mark.parametrize("thing", [None, 7, "dpm1", b"", [b"dpm1"]])
def test_other_things_are_no_records(thing: object) -> None:
    with pytest.raises(RecordError):
        unpack_record(thing)
