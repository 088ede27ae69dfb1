from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.recycle.results import BatchResult, BinEntry, Skipped
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.marks.plan import Move, Plan, Witness
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol import message_codec, messages as p

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(0, 2**63)
SHARE = st.floats(0, 1)
STAMP = st.builds(Stamp, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER)
WITNESS = st.builds(Witness, st.binary(max_size=40), STAMP, TEXT)
MOVE = st.builds(Move, WITNESS, WITNESS, st.sampled_from(Kind), SHARE, TEXT, TEXT)
VALUES = st.dictionaries(TEXT, TEXT | NUMBER | st.none(), max_size=3)
COUNTS = st.dictionaries(TEXT, NUMBER, max_size=3)
SKIPPED = st.builds(Skipped, st.binary(max_size=20), TEXT, VALUES)
ENTRY = st.builds(BinEntry, TEXT, TEXT, st.binary(max_size=9), NUMBER, NUMBER, TEXT)
DECISION = st.builds(
    Decision, st.lists(TEXT, max_size=3).map(tuple), TEXT, TEXT, st.lists(st.binary(max_size=9)).map(tuple)
)
MESSAGE: st.SearchStrategy[p.Message] = st.one_of(
    st.builds(p.Hello, NUMBER, TEXT, st.booleans()),
    st.builds(p.StartRun, TEXT, SHARE, st.booleans()),
    st.builds(p.GetPicture, NUMBER, NUMBER, NUMBER, st.tuples(SHARE, SHARE, SHARE, SHARE)),
    st.builds(p.ApplyPlan, st.builds(Plan, st.lists(MOVE, max_size=3).map(tuple))),
    st.builds(p.RestoreEntries, st.lists(TEXT, max_size=3).map(tuple), st.binary(max_size=30)),
    st.builds(p.Decide, st.lists(DECISION, max_size=2).map(tuple)),
    st.builds(p.DecisionData, st.lists(DECISION, max_size=2).map(tuple)),
    st.builds(p.SaveConfig, st.builds(Config, model=TEXT, threshold=SHARE)),
    st.builds(p.Failed, TEXT, VALUES, st.integers(0, 5)),
    st.builds(p.PictureData, NUMBER, NUMBER, NUMBER, st.binary(max_size=90)),
    st.builds(
        p.BatchDone,
        st.builds(
            BatchResult, TEXT, st.lists(st.binary(max_size=9), max_size=3).map(tuple),
            st.lists(SKIPPED, max_size=2).map(tuple), NUMBER,
        ),
    ),
    st.builds(
        p.BinData,
        st.lists(ENTRY, max_size=2).map(tuple),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(p.RunStatus, phase=TEXT, stage=TEXT, done=NUMBER, rate=SHARE, skipped=COUNTS),
    st.builds(p.LogLine, TEXT, TEXT, VALUES, SHARE),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True)
class Leaf:
    count: int
    share: float = 0.5
    name: bytes = b""


@dataclass(frozen=True)
class Tree:
    leaf: Leaf
    kind: Kind = Kind.COPY
    maybe: int | None = None
    pair: tuple[int, str] = (0, "")
    table: Any = None


@given(MESSAGE, st.integers(0, 9), st.integers(0, 9))
def test_message_survives_the_wire(message: p.Message, number: int, answered: int) -> None:
    line = message_codec.encode(message, id=number, re=answered)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert message_codec.decode(line) == message_codec.Envelope(message, number, answered)


@pytest.mark.parametrize("kind", [*p.Request.__args__, *p.Answer.__args__, *p.Event.__args__])
def test_every_message_type_is_known_to_the_reader(kind: type[Any]) -> None:
    with pytest.raises(message_codec.ProtocolError) as failure:
        message_codec.decode(json.dumps({"type": kind.__name__, "id": []}).encode())
    assert "KeyError" not in str(failure.value)


@given(st.sampled_from(sorted(p.TYPES)), st.dictionaries(TEXT, JSON, max_size=4), JSON)
def test_no_line_does_anything_but_fit_or_be_refused(kind: str, fields: dict[str, Any], number: Any) -> None:
    line = json.dumps({**fields, "type": kind, "id": number}).encode()
    with contextlib.suppress(message_codec.ProtocolError):
        assert isinstance(message_codec.decode(line), message_codec.Envelope)


@given(st.sampled_from(sorted(p.TYPES)), JSON)
def test_no_value_of_a_field_does_anything_but_fit_or_be_refused(kind: str, value: Any) -> None:
    for name in p.TYPES[kind].__dataclass_fields__:
        with contextlib.suppress(message_codec.ProtocolError):
            message_codec.decode(json.dumps({"type": kind, name: value}).encode())


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"[]", b"3", b"null", b"{}", b'{"type": 3}', b'{"type": "Nothing"}', b"{",
        b'{"type": ["Hello"]}', b'{"type": "Hello"}', b'{"type": "GetBin", "id": Infinity}',
        b'{"type": "GetBin", "id": "x"}', b'{"type": "StartRun", "threshold": 1' + b"0" * 400 + b"}",
        b"\xff\xfe", b'{"type": "LogLine", "level": "", "key": "", "values": ' + b"[" * 99999,
    ],
    ids=lambda line: ascii(line[:40]),
)  # fmt: skip
def test_line_that_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(message_codec.ProtocolError):
        message_codec.decode(line)


def test_everything_comes_back() -> None:
    tree = Tree(Leaf(3, 0.25, b"\xff\n"), Kind.CROP, 7, (1, "a"), {"columns": [1, None]})
    assert from_plain(Tree, json.loads(json.dumps(to_plain(tree)))) == tree


def test_unknown_fields_are_passed_over_and_missing_ones_take_their_default() -> None:
    assert from_plain(Leaf, {"count": 1, "colour": "blue"}) == Leaf(1)


@pytest.mark.parametrize(
    "value",
    [
        {}, {"count": "1"}, {"count": 1.0}, {"count": True}, {"count": None}, [1], None, "count",
        {"count": 1, "share": "x"}, {"count": 1, "share": False}, {"count": 1, "name": 4},
        {"count": 1, "share": 10**400},
    ],
    ids=lambda value: ascii(value)[:40],
)  # fmt: skip
def test_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_plain(Leaf, value)


@pytest.mark.parametrize(
    "fields",
    [{"kind": "nonsense"}, {"kind": []}, {"maybe": "x"}, {"pair": [1]}, {"pair": [1, 2]}, {"pair": "ab"}],
    ids=str,
)
def test_what_does_not_fit_an_inner_field_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_plain(Tree, {"leaf": {"count": 1}, **fields})


def test_refusal_names_the_field() -> None:
    with pytest.raises(ValueError, match=r"leaf.*count"):
        from_plain(Tree, {"leaf": {"count": "many"}})
