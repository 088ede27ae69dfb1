"""Times the state of a very large library: filling, checkpoints, opening, results, a survey of nothing new,
verbs and the app.

``python -m tests.benchmarks.state_scale DIR [--files N] [--steps use,verbs,app]``: DIR gets a synthetic
state of N known files in N / 50 folders, two per cent of them in verified pairs, and with two verdicts a file
that pictures are not alike; nothing but records is made. Every step runs in a process of its own, so that its
memory is its own. The app runs in a pseudo-terminal, with a worker of its own; memory is the resident one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import secrets
import subprocess
import sys
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, ROW, FileChunk
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.file_pairs import index_contents
from dpm_tui.pipeline.scan.change_detection import compare_inventory
from dpm_tui.pipeline.scan.inventory import Inventory
from dpm_tui.pipeline.scan.mount_guard import notice_missing
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.disk.journal import encode_frame
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.files.compaction import write_table
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.shard_manifest import Manifest
from dpm_tui.state.root_state import RootState
from dpm_tui.state.verdicts.verdict_record import encode_verdict
from dpm_tui.worker.run.run_results import compute_results
from tests.benchmarks.play_through import Seat
from tests.support.pty_app import PtyApp

_A_FOLDER = 50
_A_CHECKPOINT = 1000
_PAIRED = 0.02
_UNLIKE = (7, 11)
"""Steps from a file to others that were compared with it."""
_LIVE = 50_000
"""Files that are put one by one in the end, checkpoint by checkpoint."""
_VERSION = AlignedJudge.version
_KEYS = 20
_PATIENCE = 240.0
_YEAR_2015 = 1_420_000_000_000_000_000


def digest_of(id_: int) -> str:
    """Return the digest of the content of a file."""
    return hashlib.sha256(b"%d" % id_).hexdigest()


def path_of(id_: int) -> bytes:
    """Return the path of a file."""
    folder = id_ // _A_FOLDER
    return b"Photos/%04d/%02d-trip to the lakes/IMG_%07d.jpg" % (folder // 100, folder % 100, id_)


def make_file(id_: int, touched: int = 0) -> ImageFile:
    """Return a file as a scan would find it; ``touched`` moves its time."""
    size, mtime_ns = _size_and_time(id_)
    return ImageFile(
        id=id_,
        path=path_of(id_),
        stamp=Stamp(size, mtime_ns + touched, mtime_ns + 1234, 2049, 1_000_000 + id_),
        facts=Facts(digest_of(id_), "JPEG", 4032, 3024, 1, 92, "2021-07-14 12:34:56", True),
    )


def _size_and_time(id_: Any) -> Any:
    """Return what looks like chance for a number, or an array of them."""
    return id_ * 7_654_321 % 8_000_003, _YEAR_2015 + id_ * 982_451_653 % 299_999_977 * 1_000_000_007


def fill(layout: Layout, files: int) -> None:
    """Make the state as a first scan does; all but the last files and verdicts without checkpoints."""
    prepare_folder(layout)
    before, began = memory(), now()
    at_once = max(files - _LIVE, 0) // FILES_PER_CHUNK * FILES_PER_CHUNK
    _write_files(layout, at_once)
    report("files", began, before)
    began = now()
    with open(layout.pairs.path, "wb") as journal:
        journal.writelines(_verdict_lines(files, at_once))
    report("verdicts", began, before)
    state = RootState(layout, _VERSION)
    counts = {"files": files, "pictures": files, "groups": len(range(1, int(files * _PAIRED), 2))}
    state.save_checkpoint(replace(state.checkpoint, phase="finished", **counts))
    slowest, began = 0.0, now()
    for id_ in range(max(at_once, 1), files + 1):
        state.files.put(make_file(id_))
        for step in _UNLIKE:
            state.verdicts.put(_pair(id_, id_ + step), None)
        if id_ % _A_CHECKPOINT == 0:
            slowest = max(slowest, seconds_of(state.sync))
    state.sync()
    report("the last", began, before)
    print(f"              slowest checkpoint {slowest * 1e3:.1f} ms")
    print(f"close         {seconds_of(state.close):8.2f} s")


def _pair(one: int, other: int) -> DigestPair:
    return digest_pair(digest_of(one), digest_of(other))


def _write_files(layout: Layout, count: int) -> None:
    """Write the shards of the first files, ids below ``count``."""
    columns = FileColumns()
    format_ = columns.formats.number(b"JPEG")
    for first in range(0, count, FILES_PER_CHUNK):
        ids = np.arange(max(first, 1), first + FILES_PER_CHUNK)
        paths = [path_of(id_).rpartition(b"/") for id_ in ids.tolist()]
        rows = np.zeros(len(ids), ROW)
        rows["id"] = ids
        rows["size"], rows["mtime_ns"] = _size_and_time(ids)
        rows["ctime_ns"], rows["device"], rows["inode"] = rows["mtime_ns"] + 1234, 2049, 1_000_000 + ids
        rows["folder"] = [columns.folders.number(folder) for folder, _, _ in paths]
        rows["name_bytes"] = [len(name) for _, _, name in paths]
        rows["name_at"][1:] = np.cumsum(rows["name_bytes"][:-1] + 1)
        rows["width"], rows["height"], rows["frames"], rows["quality"] = 4032, 3024, 1, 92
        rows["has_exif"], rows["format"], rows["taken"] = True, format_, b"2021-07-14 12:34:56"
        rows["digest"] = [bytes.fromhex(digest_of(id_)) for id_ in ids.tolist()]
        names = b"\0".join(name for _, _, name in paths)
        columns.set_chunk(first // FILES_PER_CHUNK, FileChunk.of(rows, names, {}))
        assert columns[int(ids[-1])] == make_file(int(ids[-1]))
    manifest = Manifest(secrets.token_hex(6), generation=1, next_id=max(count, 1))
    write_table(FileLayout.of(layout.files), columns, manifest)


def _verdict_lines(files: int, at_once: int) -> Iterator[bytes]:
    """Yield the lines of the journal: every pair that is alike, and the first ones that are not."""
    for id_ in range(1, int(files * _PAIRED), 2):
        yield encode_frame(encode_verdict(_pair(id_, id_ + 1), Verdict(Kind.COPY, 0.97), _VERSION))
    text = json.dumps(encode_verdict(("%", "%"), None, _VERSION), separators=(",", ":")).encode("ascii")
    text = text.replace(b'"%"', b'"%b"')
    digests = deque((digest_of(id_).encode("ascii") for id_ in range(1, max(_UNLIKE) + 1)), max(_UNLIKE) + 1)
    for id_ in range(1, at_once):
        digests.append(digest_of(id_ + max(_UNLIKE)).encode("ascii"))
        for step in _UNLIKE:
            one, other = digests[0], digests[step]
            line = text % ((one, other) if one < other else (other, one))
            yield b"%08x %b\n" % (zlib.crc32(line), line)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(name: str, began: tuple[float, float], before: float) -> None:
    """Print what a step took, and how much more memory there is in use."""
    wall, own = time.perf_counter() - began[0], time.process_time() - began[1]
    print(
        f"{name:13} {wall:8.2f} s   {own:6.2f} s of processor   +{memory() - before:.0f} MB, "
        f"at most {most_memory(os.getpid()):.0f} MB"
    )


def most_memory(pid: int) -> float:
    """Return the most resident memory that a process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))


def now() -> tuple[float, float]:
    """Return the time and that of the processor."""
    return time.perf_counter(), time.process_time()


def memory() -> float:
    """Return the resident memory of this process in MB."""
    return psutil.Process().memory_info().rss / 1e6


def open_and_use(layout: Layout, files: int) -> None:
    """Open the state and compute results."""
    before, began = memory(), now()
    state = RootState(layout, _VERSION)
    report("open", began, before)
    assert len(state.files.files) == files
    for _ in range(2):
        began = now()
        results = compute_results(state, 0.6)
        report("results", began, before)
    assert len(results.pairs) == len(range(1, int(files * _PAIRED), 2))
    began = now()
    contents = index_contents(state.files.files)
    assert len(contents) == files
    report("contents", began, before)
    del contents
    began = now()
    assert _pair(1, 1 + _UNLIKE[0]) in state.verdicts
    report("unlike pairs", began, before)
    state.close()


def survey(layout: Layout, files: int) -> None:
    """Survey a root in which nothing changed."""
    state = RootState(layout, _VERSION, writable=False)
    before, began = memory(), now()
    inventory = Inventory()
    for start in range(1, files + 1, _A_FOLDER):
        # As a walk meets them: the folders in no order, and the files in none.
        found = [make_file(id_) for id_ in range(min(start + _A_FOLDER, files + 1) - 1, start - 1, -1)]
        for file in found:
            inventory.found.add(file.folder + b"/", [(file.name, file.stamp)])
    inventory.found.sort()
    report("inventory", began, before)
    known, began = state.files.files, now()
    changes = compare_inventory(inventory, known)
    assert not changes.added
    assert not changes.changed
    assert not changes.gone
    notice_missing(inventory, changes, known)
    report("survey", began, before)


def verbs(layout: Layout, files: int) -> None:
    """Run the verbs that read the state."""
    folder = os.fsdecode(layout.root)
    for verb in (
        ["status", folder],
        ["report", folder, "--format", "json"],
        ["doctor", folder],
    ):
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "dpm_tui", *verb], stdout=subprocess.DEVNULL)
        _, code, used = os.wait4(process.pid, 0)
        wall, own, most = time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3
        failed = f"   exit code {os.waitstatus_to_exitcode(code)}" if code else ""
        print(f"{verb[0]:13} {wall:8.2f} s   {own:6.2f} s of processor   at most {most:.0f} MB{failed}")


def app(layout: Layout, files: int) -> None:
    """Start the app in two sizes of a terminal, go to the groups and press keys there.

    Another client sits in the reviewer's place, so that no run begins: it would miss every file.
    """
    groups = len(range(1, int(files * _PAIRED), 2))
    environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
    seat = Seat(layout)
    worker = psutil.Process(json.loads(Path(os.fsdecode(layout.lock.path)).read_bytes())["pid"])
    for width, height in ((80, 24), (120, 40)):
        shown = PtyApp(Path(os.fsdecode(layout.root)), width, height, environ)
        try:
            painted = shown.listen(shown.began, _PATIENCE, _PATIENCE, until=b"Scan").last
            shown.type(b"3")
            there = shown.listen(shown.began, _PATIENCE, _PATIENCE, until=f"/{groups}".encode())
            assert b"/%d" % groups in there.sent, "no groups"
            shown.listen(time.perf_counter(), 3.0, _PATIENCE)
            keys = sorted(shown.press(b"j", 0.3).first for _ in range(_KEYS))
            end, filtered = (shown.press(typed, 1.0).last for typed in (b"\x1b[F", b"/size:>2M\r"))
            print(
                f"app {width} x {height}: first paint {painted:.2f} s, groups {there.last:.2f} s, "
                f"a key {keys[_KEYS // 2] * 1e3:.0f} ms, at most {keys[-1] * 1e3:.0f} ms, "
                f"the last group {end * 1e3:.0f} ms, a filter {filtered * 1e3:.0f} ms"
            )
            print(
                f"              app {shown.memory:.0f} MB, at most {shown.most_memory:.0f} MB; "
                f"worker {worker.memory_info().rss / 1e6:.0f} MB, at most {most_memory(worker.pid):.0f} MB"
            )
        finally:
            shown.leave()
    seat.end_worker()


def change(layout: Layout, files: int) -> None:
    """Put every file again, a checkpoint every so often; then some all over the library."""
    state = RootState(layout, _VERSION)
    in_order = list(range(1, files + 1))
    scattered = random.Random(0).sample(in_order, min(files, 100 * _A_CHECKPOINT))
    for name, ids in (("in order", in_order), ("scattered", scattered)):
        putting, syncing, own = [], [], []
        for at in range(0, len(ids), _A_CHECKPOINT):
            fresh = [make_file(id_, touched=1) for id_ in ids[at : at + _A_CHECKPOINT]]
            putting.append(seconds_of(lambda fresh=fresh: [state.files.put(file) for file in fresh]))
            began = now()
            state.sync()
            syncing.append(time.perf_counter() - began[0])
            own.append(time.process_time() - began[1])
        putting, syncing = sorted(putting), sorted(syncing)
        print(
            f"checkpoint    {syncing[len(syncing) // 2] * 1e3:8.1f} ms  "
            f"99 % {syncing[len(syncing) * 99 // 100] * 1e3:.1f} ms  slowest {syncing[-1] * 1e3:.1f} ms  "
            f"(of processor at most {max(own) * 1e3:.1f} ms)  "
            f"putting {putting[len(putting) // 2] * 1e3:.1f} ms  ({name}, {len(syncing)})"
        )
    print(f"close         {seconds_of(state.close):8.2f} s")


_STEPS = {"fill": fill, "use": open_and_use, "survey": survey, "verbs": verbs, "app": app, "change": change}


def main() -> None:
    """Run every step and print what it costs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.state_scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--steps", default=",".join(_STEPS), help="of %(default)s")
    parser.add_argument("--step", choices=_STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    base = os.fsencode(options.folder)
    if options.step:
        _STEPS[options.step](Layout(base, base), options.files)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    for step in options.steps.split(","):
        command = [sys.executable, "-m", "tests.benchmarks.state_scale", str(options.folder)]
        subprocess.run([*command, "--files", str(options.files), "--step", step], check=True)
    size = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
    print(f"on disk       {size / 1e6:8.0f} MB")


if __name__ == "__main__":
    main()
