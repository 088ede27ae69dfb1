"""Decisions carried to another root: what comes from outside is checked before anything is taken over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.errors import DpmError
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.state.review import decision_export
from dpm_tui.state.review.decision_export import SCHEMA, encode_decisions, load_decisions

A, B = "aa" * 32, "bb" * 32
GOOD = {"digests": [A, B], "verdict": "variants", "time": "2025-01-02T03:04:05+00:00", "paths": ["x"]}


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "decisions\x1b.json")


def write(path: bytes, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


def table(*decisions: object, **values: object) -> bytes:
    return json.dumps({"schema": SCHEMA, "decisions": decisions, **values}).encode()


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 2**256 - 1).map("{:064x}".format), min_size=2, max_size=5, unique=True),
            st.sampled_from(["variants", "not_duplicates"]),
            st.datetimes().map(lambda time: time.isoformat() + "+00:00"),
        )
    )
)
def test_decisions_come_back(
    tmp_path_factory: pytest.TempPathFactory, listed: list[tuple[list[str], str, str]]
) -> None:
    path = os.fsencode(tmp_path_factory.mktemp("file") / "decisions.json")
    decisions = [Decision(tuple(sorted(digests)), verdict, time) for digests, verdict, time in listed]
    write(path, encode_decisions(decisions, lambda digest: [b"\xff\n/a", digest.encode()]).encode())
    assert load_decisions(path) == decisions


def test_whoever_reads_it_sees_where_the_contents_lie(path: bytes) -> None:
    text = encode_decisions([Decision((A, B), "variants")], lambda digest: [b"a.jpg"] if digest == A else [])
    (decision,) = json.loads(text)["decisions"]
    assert decision == {"digests": [A, B], "verdict": "variants", "time": "", "paths": ["a.jpg"]}


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "noise": b"\x00\xff" * 50,
    "no object": b"[]",
    "null": b"null",
    "no schema": json.dumps({"decisions": [GOOD]}).encode(),
    "other schema": table(GOOD, schema="dpm-tui/report/1"),
    "schema of another type": table(GOOD, schema=1),
    "newer": table(GOOD, schema="dpm-tui/decisions/2"),
    "decisions is no list": json.dumps({"schema": SCHEMA, "decisions": {"a": 1}}).encode(),
    "entry is no object": table(GOOD, 5),
    "one digest": table(GOOD, GOOD | {"digests": [A]}),
    "a path for a digest": table(GOOD | {"digests": [A, "../../etc/passwd"]}),
    "upper case": table(GOOD | {"digests": [A, B.upper()]}),
    "number for a digest": table(GOOD | {"digests": [A, 10**300]}),
    "nested digests": table(GOOD | {"digests": [[A], [B]]}),
    "unknown verdict": table(GOOD | {"verdict": "delete"}),
    "revocation": table(GOOD | {"verdict": ""}),
    "verdict of another type": table(GOOD | {"verdict": ["variants"]}),
    "time is no time": table(GOOD | {"time": "yesterday"}),
    "time drives a terminal": table(GOOD | {"time": "\x1b]0;x\x07"}),
    "deep": b"[" * 500_000,
    "deep object": b'{"schema":' * 200_000,
    "huge number": b'{"schema": ' + b"9" * 50_000 + b"}",
    "not UTF-8": b'{"schema": "\xff"}',
    "torn": table(GOOD)[:-20],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name(path: bytes, name: str) -> None:
    write(path, HOSTILE[name])
    with pytest.raises(DpmError) as failure:
        load_decisions(path)
    assert "decisions\\x1b.json" in failure.value.message
    assert "\x1b" not in str(failure.value)
    assert failure.value.remedy


def test_a_wrong_entry_is_counted(path: bytes) -> None:
    write(path, table(GOOD, GOOD, GOOD | {"digests": []}))
    with pytest.raises(DpmError, match="decision 3"):
        load_decisions(path)


def test_a_newer_file_names_its_version(path: bytes) -> None:
    write(path, HOSTILE["newer"])
    with pytest.raises(DpmError, match=r"newer version \(dpm-tui/decisions/2\)"):
        load_decisions(path)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("nowhere", path)])
def test_what_is_no_file_is_refused_at_once(path: bytes, make: Callable[[bytes], None]) -> None:
    make(path)
    with pytest.raises(DpmError):
        load_decisions(path)


def test_a_file_too_large_is_not_read(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_export, "MAX_BYTES", 100)
    write(path, table(GOOD))
    with pytest.raises(DpmError, match="too large"):
        load_decisions(path)
