"""Verdicts: few say what two pictures have in common, and millions that it is nothing."""

from __future__ import annotations

import errno
import os
import random
import zlib
from pathlib import Path

import pytest

from dpm_tui.catalog.content_digest import DigestPair, digest_pair, prefixes_of
from dpm_tui.catalog.verdict import Alteration, Altered, Kind, Verdict
from dpm_tui.state.disk.journal import decode_frame, encode_frame, read_frames
from dpm_tui.state.verdicts import digest_pair_set, verdict_reader, verdict_store
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


def table_of(path: bytes) -> bytes:
    return path.removesuffix(b".jsonl") + b".unlike.bin"


def filled(path: bytes, pairs: list[DigestPair], monkeypatch: pytest.MonkeyPatch, many: int = 20) -> None:
    """Write verdicts, all but every tenth that two pictures are not alike."""
    monkeypatch.setattr(verdict_store, "FOLD_PAIRS", many)
    store = VerdictStore(path, "judge-1")
    for number, pair in enumerate(pairs):
        store.put(pair, None if number % 10 else COPY)
    store.close()


def test_many_pairs_that_are_not_alike_move_into_a_table(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = digests(40)
    pairs = list(dict.fromkeys(some_pairs(names, 600)))
    told, more, others = pairs[:200], pairs[200:210], pairs[300:]
    filled(path, told, monkeypatch)
    assert len(read_frames(path).records) == 20
    for version in ("judge-1", ""):
        store = VerdictStore(path, version, writable=False)
        assert all(pair in store for pair in told)
        assert not any(pair in store for pair in (*more, *others))
        assert (len(store), store.rejected) == (200, 0)
        assert dict(store.alike()) == dict.fromkeys(told[::10], COPY)
    filled(path, more, monkeypatch)
    assert len(read_frames(path).records) == 30, "a few stay in the journal"
    store = VerdictStore(path, "judge-1")
    assert all(pair in store for pair in told + more)
    assert not any(pair in store for pair in others)
    store.fold()
    assert all(pair in store for pair in told + more)
    assert not any(pair in store for pair in others)
    store.close()
    assert len(read_frames(path).records) == 21
    assert len(VerdictStore(path, "judge-1", writable=False)) == 210


def test_a_long_journal_is_folded_by_whoever_opens_it(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = list(dict.fromkeys(some_pairs(digests(40), 200)))
    filled(path, pairs, monkeypatch, many=1000)
    assert not os.path.exists(table_of(path))
    monkeypatch.setattr(verdict_store, "FOLD_PAIRS", 20)
    assert len(VerdictStore(path, "judge-1", writable=False)) == len(pairs)
    assert not os.path.exists(table_of(path)), "a reader changes nothing"
    store = VerdictStore(path, "judge-1")
    assert os.path.exists(table_of(path))
    assert all(pair in store for pair in pairs)
    store.close()


def test_what_is_kept_and_what_is_cleared_goes_for_the_table(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = digests(30)
    pairs = list(dict.fromkeys(some_pairs(names, 300)))
    filled(path, pairs, monkeypatch)
    staying = set(names[:20])
    store = VerdictStore(path, "judge-1")
    store.put(digest_pair(names[0], names[25]), None)
    store.keep(prefixes_of(staying))
    kept = [pair for pair in pairs if staying.issuperset(pair)]
    for _ in range(2):
        assert len(store) == len(kept)
        assert all(pair in store for pair in kept)
        store.close()
        store = VerdictStore(path, "judge-1")
    store.clear()
    assert len(store) == 0
    store.close()
    assert len(VerdictStore(path, "judge-1")) == 0
    assert not os.path.exists(table_of(path))


def test_the_table_of_another_judge_is_dropped(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path, list(dict.fromkeys(some_pairs(digests(40), 200))), monkeypatch)
    assert len(VerdictStore(path, "judge-2", writable=False)) == 0
    assert os.path.exists(table_of(path)), "a reader changes nothing"
    store = VerdictStore(path, "judge-2")
    assert (len(store), store.rejected) == (0, 0)
    store.close()
    assert not os.path.exists(table_of(path))


@pytest.mark.parametrize("harm", ["flip", "cut", "more", "empty", "noise", "unsorted", "negative", "huge"])
def test_a_damaged_table_costs_itself_and_is_gone_after_the_next_start(
    path: bytes, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    pairs = list(dict.fromkeys(some_pairs(digests(40), 200)))
    filled(path, pairs, monkeypatch)
    with open(table_of(path), "rb") as file:
        content = file.read()
    line, _, numbers = content.partition(b"\n")
    head = decode_frame(line)
    unsorted = numbers[::-1]
    content = {
        "flip": content[:-9] + bytes([content[-9] ^ 4]) + content[-8:],
        "cut": content[:-16],
        "more": content + b"\0" * 16,
        "empty": b"",
        "noise": bytes(range(256)) * 30,
        "unsorted": encode_frame(head | {"crc32": zlib.crc32(unsorted)}) + unsorted,
        "negative": encode_frame(head | {"pairs": -1}) + numbers,
        "huge": encode_frame(head | {"pairs": 1 << 50}) + numbers,
    }[harm]
    write(table_of(path), content)
    reader = VerdictStore(path, "judge-1", writable=False)
    assert len(reader) == len(pairs[::10])
    assert reader.rejected == 1
    store = VerdictStore(path, "judge-1")
    assert dict(store.alike()) == dict.fromkeys(pairs[::10], COPY)
    assert len(store) == len(pairs[::10])
    store.put(pairs[1], None)
    store.close()
    again = VerdictStore(path, "judge-1")
    assert (len(again), pairs[1] in again) == (len(pairs[::10]) + 1, True)
    if harm != "unsorted":
        assert again.rejected == 0
    again.close()


def test_a_kill_between_table_and_journal_loses_nothing(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = list(dict.fromkeys(some_pairs(digests(40), 200)))
    filled(path, pairs, monkeypatch, many=1000)
    with open(path, "rb") as file:
        journal = file.read()
    store = VerdictStore(path, "judge-1")
    store.fold()
    store.close()
    write(path, journal)
    for _ in range(2):
        store = VerdictStore(path, "judge-1")
        assert (len(store), store.rejected) == (len(pairs), 0)
        store.fold()
        store.close()


def test_a_full_disk_leaves_the_pairs_in_the_journal(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(verdict_store, "save_table", fail)
    pairs = list(dict.fromkeys(some_pairs(digests(40), 200)))
    filled(path, pairs, monkeypatch)
    monkeypatch.undo()
    assert len(VerdictStore(path, "judge-1", writable=False)) == len(pairs)


def test_verdicts_of_the_judge_before_are_not_looked_at_one_by_one(
    path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = list(dict.fromkeys(some_pairs(digests(40), 200)))
    filled(path, pairs, monkeypatch, many=1000)
    looked_at = []
    decode = verdict_reader.decode_frame

    def count(line: bytes) -> object:
        looked_at.append(line)
        return decode(line)

    monkeypatch.setattr(verdict_reader, "decode_frame", count)
    reader = VerdictStore(path, "judge-2", writable=False)
    assert (len(reader), reader.rejected) == (0, 0)
    assert len(looked_at) < len(pairs) // 5
    store = VerdictStore(path, "judge-2")
    store.put(pairs[0], None)
    store.close()
    assert [record["version"] for record in read_frames(path).records] == ["judge-2"]
