"""Verdicts: few say what two pictures have in common, and millions that it is nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from dpm_tui.catalog.content_digest import DigestPair, digest_pair, prefixes_of
from dpm_tui.catalog.verdict import Alteration, Altered, Kind, Verdict
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.verdicts import digest_pair_set, verdict_reader
from dpm_tui.state.verdicts.verdict_store import VerdictStore

A, B, C = (f"{number:02x}" * 32 for number in (10, 11, 12))
COPY = Verdict(Kind.COPY, 0.9731, bytes(range(64)))
PLAIN = {"a": A, "b": B, "version": "judge-1"}


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "store.jsonl")


def write(path: bytes, *lines: bytes) -> None:
    with open(path, "wb") as file:
        file.writelines(lines)


def digests(count: int, seed: int = 0) -> list[str]:
    dice = random.Random(seed)
    return [dice.randbytes(32).hex() for _ in range(count)]


def some_pairs(names: list[str], count: int, seed: int = 0) -> list[DigestPair]:
    """Return pairs of which a digest may be in many."""
    dice = random.Random(seed)
    return [digest_pair(*dice.sample(names, 2)) for _ in range(count)]


def test_verdicts_come_back(path: bytes) -> None:
    store = VerdictStore(path, "judge-1")
    store.put((A, B), COPY)
    store.put((A, C), None)
    store.close()
    again = VerdictStore(path, "judge-1")
    assert dict(again.alike()) == {(A, B): COPY}
    assert (A, C) in again
    assert (B, C) not in again
    again.close()


def test_how_a_picture_was_altered_comes_back(path: bytes) -> None:
    verdict = Verdict(Kind.CROP, 0.93, altered=Altered(Alteration.BARS, 1, (1.0, 0.5625)))
    store = VerdictStore(path, "judge-1")
    store.put((A, B), verdict)
    store.close()
    again = VerdictStore(path, "judge-1")
    assert dict(again.alike()) == {(A, B): verdict}
    again.close()


@pytest.mark.parametrize(
    "altered",
    [
        ["bars", 1, 1.0], ["bars", 1, 1.0, -1], ["bars", 1, 1.0, 1e9], ["hole", 1, 1, 1], ["bars", 2, 1, 1],
        ["bars", "1", 1, 1], "bars", ["bars", 1, None, 1], 7, ["bars", 1.0, 1, 1], ["bars", True, 1, 1],
        [["bars"], 1, 1, 1], None,
    ],
)  # fmt: skip
def test_a_verdict_with_an_impossible_alteration_is_none(path: bytes, altered: object) -> None:
    write(path, encode_frame(PLAIN | {"kind": "crop", "similarity": 0.9, "altered": altered}))
    store = VerdictStore(path, "judge-1")
    assert dict(store.alike()) == {}
    assert store.rejected == 1
    store.close()


@pytest.mark.parametrize("kind", ["copy", "pixels", "variant"])
def test_no_alteration_says_which_of_two_copies_is_better(path: bytes, kind: str) -> None:
    record = PLAIN | {"kind": kind, "similarity": 0.96, "altered": ["bars", 1, 1.0, 0.5]}
    write(path, encode_frame(record))
    store = VerdictStore(path, "judge-1")
    assert dict(store.alike()) == {}
    store.close()


def test_verdicts_of_another_judge_are_dropped_for_good(path: bytes) -> None:
    store = VerdictStore(path, "judge-1")
    store.put((A, B), COPY)
    store.close()
    newer = VerdictStore(path, "judge-2")
    assert len(newer) == 0
    newer.close()
    assert read_frames(path).records == []


def test_a_reader_takes_verdicts_of_any_judge(path: bytes) -> None:
    store = VerdictStore(path, "judge-1")
    store.put((A, B), COPY)
    store.close()
    assert len(VerdictStore(path, "", writable=False)) == 1


@pytest.mark.parametrize("first", [None, COPY])
def test_most_lines_are_read_at_once_whoever_reads(path: bytes, first: Verdict | None) -> None:
    store = VerdictStore(path, "judge-1")
    names = digests(21)
    for name, verdict in zip(names[1:], [first, *[None] * 19], strict=True):
        store.put(digest_pair(names[0], name), verdict)
    store.close()
    for version in ("judge-1", ""):
        (lines,) = verdict_reader.read_lines(path, version)
        assert len(lines.firsts) == 20 - (first is not None)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "splendid"}, {"similarity": 2}, {"similarity": -1}, {"similarity": float("nan")},
        {"differs": "AAAA"}, {"differs": "!"}, {"similarity": None}, {"a": None}, {"a": []}, {"a": 1, "b": 2},
        {"similarity": 10**400},
    ],
    ids=lambda change: str(change)[:40],
)  # fmt: skip
def test_a_verdict_that_makes_no_sense_costs_itself(path: bytes, change: dict[str, object]) -> None:
    record = {"a": A, "b": B, "version": "1", "kind": "copy", "similarity": 0.9}
    with open(path, "wb") as file:
        file.write(encode_frame(record | change) + encode_frame(record | {"b": C}))
    store = VerdictStore(path, "", writable=False)
    assert [pair for pair, _ in store.alike()] == [(A, C)]
    assert store.rejected == 1


def test_hundreds_of_verdicts_are_all_found_again_and_no_others(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest_pair_set, "_RECENT", 20)
    monkeypatch.setattr(verdict_reader, "_BLOCK_BYTES", 1000)
    names = digests(40)
    pairs = list(dict.fromkeys(some_pairs(names, 600)))
    told, others = pairs[:300], pairs[300:]
    store = VerdictStore(path, "judge-1")
    for number, pair in enumerate(told):
        store.put(pair, None if number % 10 else COPY)
        store.put(pair, None if number % 10 else COPY)
    for _ in range(2):
        assert len(store) == len(told)
        assert all(pair in store for pair in told)
        assert not any(pair in store for pair in others)
        assert dict(store.alike()) == dict.fromkeys(told[::10], COPY)
        store.close()
        store = VerdictStore(path, "judge-1")
    store.close()


def test_a_pair_that_was_alike_once_stays_so(path: bytes) -> None:
    store = VerdictStore(path, "judge-1")
    for first, second in ((None, COPY), (COPY, None)):
        store.put((A, B), first)
        store.put((A, B), second)
        store.close()
        store = VerdictStore(path, "judge-1")
        assert dict(store.alike()) == {(A, B): COPY}
        store.clear()
    store.close()


@pytest.mark.parametrize(
    "line",
    [
        encode_frame(PLAIN)[:-3], encode_frame(PLAIN)[:-9] + b"\n", b"0" + encode_frame(PLAIN)[1:],
        b"zz" + encode_frame(PLAIN)[2:], encode_frame(PLAIN).replace(b"a", b"b"), b"x" * (1 << 21) + b"\n",
        encode_frame(PLAIN | {"a": "zz" * 32}), encode_frame(PLAIN | {"b": "ZZ" * 32}), b"\0\n",
        encode_frame(PLAIN | {"a": A.upper()}), encode_frame(PLAIN | {"version": 1}), encode_frame([PLAIN]),
    ],
    ids=lambda line: ascii(line)[:30],
)  # fmt: skip
def test_a_line_that_is_no_verdict_costs_itself_and_is_gone_after_the_next_start(
    path: bytes, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict_reader, "_BLOCK_BYTES", 500)
    whole = [encode_frame(PLAIN | {"b": name}) for name in digests(5)]
    separate = b"" if line.endswith(b"\n") else b"\n"
    write(path, *whole[:3], b"\n", line, separate, *whole[3:])
    store = VerdictStore(path, "judge-1")
    assert (len(store), store.rejected) == (5, 1)
    store.close()
    with open(path, "rb") as file:
        assert file.read() == b"".join(whole)


def test_a_verdict_counts_however_its_line_is_written(path: bytes) -> None:
    """Nobody but us writes the journal, and we did so in other ways than today's, or will."""
    swapped, more = {"a": B, "b": A, "version": "judge-1"}, {**PLAIN, "b": C, "by": "another"}
    ordered = {"version": "judge-1", "a": B, "b": C}
    write(path, *map(encode_frame, (swapped, more, ordered)))
    store = VerdictStore(path, "judge-1")
    assert all(pair in store for pair in ((A, B), (A, C), (B, C)))
    assert (len(store), store.rejected) == (3, 0)
    store.close()


def test_of_two_judges_the_present_one_counts(path: bytes) -> None:
    old, new = ({**PLAIN, "version": version} for version in ("judge-1", "judge-2"))
    write(path, *map(encode_frame, (old | {"b": C}, new, old, new | {"kind": "copy", "similarity": 0.5})))
    store = VerdictStore(path, "judge-2")
    assert (len(store), (A, B) in store, (A, C) in store) == (2, True, False)
    store.close()
    assert [record["version"] for record in read_frames(path).records] == ["judge-2"] * 2
    assert len(VerdictStore(path, "", writable=False)) == 2


def test_what_is_not_known_any_more_is_forgotten_for_good(path: bytes) -> None:
    names = digests(30)
    pairs = list(dict.fromkeys(some_pairs(names, 200)))
    store = VerdictStore(path, "judge-1")
    for number, pair in enumerate(pairs):
        store.put(pair, None if number % 3 else COPY)
    known = names[:20]
    store.keep(prefixes_of(known))
    for _ in range(2):
        for number, pair in enumerate(pairs):
            assert (pair in store) == (set(pair) <= set(known))
            assert (pair in dict(store.alike())) == (set(pair) <= set(known) and number % 3 == 0)
        store.close()
        store = VerdictStore(path, "judge-1")
    store.close()
