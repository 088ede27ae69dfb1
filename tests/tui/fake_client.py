"""A client that follows a script, and sample libraries, so that the app runs without a worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import GRID, Kind
from dpm_tui.recycle.results import (
    BatchResult,
    BinEntry,
    PurgeCheck,
    PurgeResult,
    Removal,
    Restored,
    RestoreResult,
    Skipped,
)
from dpm_tui.review.decisions.decision import Decision, decide, set_apart
from dpm_tui.review.decisions.decision_table import DecisionTable
from dpm_tui.review.history.record_codec import read_delta, read_record, write_record
from dpm_tui.review.history.review_record import ReviewRecord
from dpm_tui.review.marks.plan import Companion, Plan, Witness
from dpm_tui.state.config import Config
from dpm_tui.worker.client import WorkerFailed, WorkerLost
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.library_codec import pack_library
from dpm_tui.worker.protocol.messages import (
    Answer,
    BinData,
    Done,
    Event,
    FoundPair,
    LibraryData,
    Request,
    RunStatus,
    Welcome,
)

SECOND = 10**9
START_NS = 1_563_100_000 * SECOND


@dataclass
class Sample:
    """Files, groups and pairs for the app to show."""

    files: dict[int, ImageFile] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def add(self, *members: tuple[Any, ...]) -> Group:
        """Add a group: for each member path, pixels, bytes, and its kind and similarity to the first."""
        first = len(self.files) + 1
        ids = range(first, first + len(members))
        for id_, (path, width, height, size, *rest) in zip(ids, members, strict=True):
            kind, similarity = rest if rest else (None, 1.0)
            self.files[id_] = make_file(id_, path, width, height, size)
            if kind is not None:
                self.pairs.append(Pair(first, id_, kind, similarity, _differs(kind)))
        own = [pair for pair in self.pairs if pair.a == first]
        group = Group(
            id=f"{first:012x}",
            keeper=first,
            members=tuple(ids),
            weakest=min(pair.similarity for pair in own),
            reclaimable_bytes=sum(self.files[id_].stamp.size for id_ in ids[1:]),
        )
        self.groups.append(group)
        return group

    def pair(self, a: int, b: int, kind: Kind, similarity: float) -> None:
        """Add a verified pair beside those with the keeper."""
        self.pairs.append(Pair(min(a, b), max(a, b), kind, similarity, _differs(kind)))

    def pack(self) -> LibraryData:
        """Return the library as it crosses the socket."""
        return pack_library(self.files, self.groups, self.pairs)

    def without(self, paths: Sequence[bytes]) -> Sample:
        """Return the sample after files were moved away."""
        files = {id_: file for id_, file in self.files.items() if file.path not in paths}
        groups = [
            replace(group, id=f"{group.id}{len(left)}", keeper=left[0], members=left)
            for group in self.groups
            if len(left := tuple(id_ for id_ in group.members if id_ in files)) > 1
        ]
        same = {group.id: group for group in self.groups}
        groups = [
            same[group.id[:12]] if len(same[group.id[:12]].members) == len(group.members) else group
            for group in groups
        ]
        return Sample(files, groups, [pair for pair in self.pairs if pair.a in files and pair.b in files])


def make_file(id_: int, path: bytes | str, width: int, height: int, size: int) -> ImageFile:
    """Return a file with plausible facts."""
    path = path.encode() if isinstance(path, str) else path
    form = path.rpartition(b".")[2].decode("ascii", "replace").upper().replace("JPG", "JPEG")[:5]
    mtime = START_NS + id_ * 86_400 * SECOND
    return ImageFile(
        id=id_,
        path=path,
        stamp=Stamp(size, mtime, mtime, 1, id_),
        facts=Facts(
            digest=f"{id_:064x}",
            format=form,
            width=width,
            height=height,
            quality=95 - id_ % 20 if form == "JPEG" else 0,
            has_exif=id_ % 3 == 1,
            taken="2019-07-14 12:30:00" if id_ % 3 == 1 else "",
        ),
    )


def _differs(kind: Kind) -> bytes:
    if kind in (Kind.IDENTICAL, Kind.PIXELS, Kind.COPY):
        return bytes(GRID * GRID)
    return bytes(
        255 if 2 <= row <= 4 and 2 <= column <= 4 else 0 for row in range(GRID) for column in range(GRID)
    )


def sample_library() -> Sample:
    """Return a small library with every kind of pair, equal names, wide characters and a variant."""
    sample = Sample()
    sample.add(
        ("holiday/IMG_4411.jpg", 4000, 3000, 4_404_019),
        ("holiday/IMG_4411 (1).jpg", 4000, 3000, 4_404_019, Kind.IDENTICAL, 1.0),
        ("phone/wa_8812.jpg", 1600, 1200, 310_000, Kind.COPY, 0.982),
    )
    sample.pair(2, 3, Kind.COPY, 0.982)
    sample.add(
        ("art/dragon_final.png", 2048, 2048, 6_200_000),
        ("art/dragon_final.webp", 2048, 2048, 900_000, Kind.COPY, 0.991),
        ("art/dragon_smile.png", 2048, 2048, 6_100_000, Kind.VARIANT, 0.913),
    )
    sample.add(
        ("2021/DSC00017.JPG", 6000, 4000, 9_800_000),
        ("backup/2021/DSC00017.JPG", 6000, 4000, 9_800_000, Kind.IDENTICAL, 1.0),
    )
    sample.add(
        ("scans/letter.tif", 2480, 3508, 26_000_000),
        ("scans/letter_crop.jpg", 1200, 900, 420_000, Kind.CROP, 0.874),
        ("scans/letter_turned.jpg", 3508, 2480, 1_900_000, Kind.TURNED, 0.951),
        ("scans/letter_bw.jpg", 2480, 3508, 1_700_000, Kind.EDITED, 0.802),
    )
    sample.add(
        ("图片/春节/全家福照片原图.png", 3024, 4032, 12_000_000),
        ("图片/春节/全家福照片.png", 3024, 4032, 11_900_000, Kind.PIXELS, 1.0),
    )
    sample.add(
        ("keep/wallpaper.bmp", 1920, 1080, 6_220_854),
        ("downloads/wallpaper copy.png", 1920, 1080, 2_400_000, Kind.PIXELS, 1.0),
    )
    # Nothing but their folders sets these apart, one of which is protected in some tests.
    last = sample.files[len(sample.files)]
    bare = replace(last.facts, has_exif=False, taken="")
    sample.files[last.id] = replace(last, facts=bare)
    return sample


def large_library(groups: int) -> Sample:
    """Return a library of many small groups."""
    sample = Sample()
    facts = Facts(digest="1" * 64, format="JPEG", width=1600, height=1200)
    for number in range(groups):
        first = number * 2 + 1
        for id_ in (first, first + 1):
            stamp = Stamp(1_000_000 + number % 977, START_NS, START_NS, 1, id_)
            sample.files[id_] = ImageFile(
                id_, b"dir%d/picture_%d.jpg" % (number % 50, id_), stamp, facts=facts
            )
        sample.pairs.append(Pair(first, first + 1, Kind.COPY, 0.99))
        sample.groups.append(Group(f"{first:012x}", first, (first, first + 1), 0.99, 1_000_000))
    return sample


def picture_of(file: int, width: int, height: int) -> NDArray[np.uint8]:
    """Return a picture that is different for each file: slanted waves of colour."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    phases = [
        np.sin((x * (1 + file % 3) + y * (1 + channel)) / (9 + file % 7) + file) for channel in range(3)
    ]
    return ((np.stack(phases, axis=2) + 1) * 127).astype(np.uint8)


def bin_entries(count: int = 5) -> tuple[BinEntry, ...]:
    """Return entries of two batches."""
    return tuple(
        BinEntry(
            id=f"e{number}",
            batch="b2" if number < 3 else "b1",
            path=f"old/picture {number}.jpg".encode(),
            size=1_000_000 * (number + 1),
            mtime_ns=START_NS,
            recycled_at="2026-11-20T10:00:00+00:00" if number < 3 else "2026-11-01T09:30:00+00:00",
            kind=Kind.COPY.value if number != 1 else Kind.VARIANT.value,
            similarity=0.97,
            keeper=b"old/kept.jpg",
            rule="best" if number < 3 else "hand",
            keeper_present=number != 2,
        )
        for number in range(count)
    )


def companion(path: str, size: int = 2_000, *, twin: str = "") -> Companion:
    """Return a companion, with a twin beside the keeper where ``twin`` names one."""
    stamp = Stamp(size, START_NS, START_NS, 1, 900_000 + len(path))
    other = Witness(twin.encode(), stamp, "") if twin else None
    return Companion(Witness(path.encode(), stamp, ""), other)


def sample_companions() -> dict[bytes, tuple[Companion, ...]]:
    """Return companions of two pictures of the sample: one has a twin, two are nowhere else."""
    return {
        b"holiday/IMG_4411 (1).jpg": (
            companion("holiday/IMG_4411 (1).aae", twin="holiday/IMG_4411.aae"),
            companion("holiday/IMG_4411 (1).mov", 3_100_000),
        ),
        b"phone/wa_8812.jpg": (companion("phone/wa_8812.jpg.xmp"),),
    }


def bin_with_companions() -> tuple[BinEntry, ...]:
    """Return the entries of two batches with two companions of the first picture among them."""
    first, *rest = bin_entries()
    with_it = (
        replace(first, id=f"c{number}", path=path, size=size, kind="", similarity=0.0, keeper=b"", rule="",
                keeper_present=False, companion_of=first.path)
        for number, (path, size) in enumerate([(b"old/picture 0.MOV", 3_000_000), (b"old/zz.xmp", 4_000)])
    )  # fmt: skip
    return (next(with_it), first, *rest[:2], *with_it, *rest[2:])


def sample_removals() -> tuple[Removal, ...]:
    """Return a record with every kind of deed, newest first."""
    batch = "20261120-100000-ab12"
    return (
        Removal("2026-11-21T08:00:00+00:00", "missing", batch, b"old/picture 9.jpg", 900_000),
        Removal("2026-11-20T12:00:00+00:00", "purged", batch, b"old/picture 3.jpg", 4_000_000),
        Removal("2026-11-20T11:30:00+00:00", "kept", batch, b"old/picture 4.jpg", 5_000_000),
        Removal(
            "2026-11-20T11:00:00+00:00", "restored", batch, b"old/picture 1.jpg", 2_000_000,
            to=b"old/picture 1 (restored 1).jpg", keeper=b"old/kept.jpg", kind="copy", rule="best",
        ),
        *(
            Removal(
                "2026-11-20T10:00:00+00:00", "recycled", batch, b"old/picture %d.jpg" % number,
                1_000_000 * (number + 1), keeper=b"old/kept.jpg", kind="copy", rule="hand",
            )
            for number in (1, 3, 4, 9)
        ),
    )  # fmt: skip


FINISHED = RunStatus(
    phase="finished", stage="group", done=6, total=6, elapsed=65.0, files=1300, pictures=1234, added=12,
    changed=3, gone=1, unreadable=2, skipped={"symlink": 2, "other_type": 40}, pairs=11, groups=6,
    model="auto", threshold=0.6, device="cpu", memory=412_000_000, cpu=12.0, pid=4711,
    broken={"damaged": 1, "too_big": 1}, ended="2023-11-14T22:13:20+00:00",
)  # fmt: skip
RUNNING = replace(
    FINISHED, phase="running", stage="decode", done=512, total=1234, rate=42.0, seconds_left=17.0, groups=3,
    pairs=4, cpu=187.0, broken={}, ended="", latest=(
        FoundPair("holiday/IMG_4411.jpg", "phone/wa_8812.jpg", "copy", 0.991),
        FoundPair("art/dragon.png", "art/dragon_smile.png", "variant", 0.902),
        FoundPair("art/一条很长的龙的图片名称.png", "old/scanned pictures of grandma/1.tif", "turned", 0.97),
    ),
)  # fmt: skip


def run_steps() -> list[RunStatus]:
    """Return statuses of a run a second apart, at an uneven speed."""
    done, steps = RUNNING.done, []
    for second, speed in enumerate((40, 44, 12, 30, 60, 58, 41, 20, 35, 42)):
        done += speed
        steps.append(replace(RUNNING, done=done, elapsed=RUNNING.elapsed + second + 1))
    return steps


class FakeClient:
    """Answers from a sample; what it was asked is in ``requests``, what it should tell goes to ``tell``."""

    def __init__(
        self,
        sample: Sample | None = None,
        *,
        status: RunStatus = FINISHED,
        entries: tuple[BinEntry, ...] = (),
        config: Config | None = None,
        writable: bool = True,
        reviewer: bool = True,
        root: bytes = b"/pictures",
        flat_pictures: bool = False,
    ) -> None:
        self.sample = sample if sample is not None else sample_library()
        self.status = status
        self.entries = entries
        self.config = config or Config()
        self.welcome = Welcome(1, "0", 4711, root, self.config, writable, reviewer)
        self.requests: list[Request] = []
        self.refusals: dict[type[Any], messages.Failed] = {}
        self.companions: dict[bytes, tuple[Companion, ...]] = {}
        self.removals: tuple[Removal, ...] = ()
        self.decisions = DecisionTable()
        self.without_keeper = 0
        self.undone: list[tuple[BinEntry, ...]] = []
        self.batches: list[tuple[BinEntry, ...]] = []
        self.before: list[Sample] = []
        self.record = ReviewRecord()
        self.damaged = False
        self.left: tuple[Skipped, ...] = ()
        self.lost = False
        self.flat_pictures = flat_pictures
        self.thumbnail_size = (96, 64)
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def request(self, message: Request) -> Answer:
        """Answer at once."""
        if self.lost:
            raise WorkerLost
        self.requests.append(message)
        if type(message) in self.refusals:
            raise WorkerFailed(self.refusals[type(message)])
        answer: Callable[[Any], Answer] = getattr(self, f"_{type(message).__name__}")
        return answer(message)

    async def events(self) -> AsyncIterator[Event]:
        """Yield what ``tell`` was given until ``lose``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """Nothing is open."""

    def tell(self, event: Event) -> None:
        """Send an event to the app."""
        if isinstance(event, RunStatus):
            self.status = event
        self._events.put_nowait(event)

    def lose(self) -> None:
        """End the connection."""
        self.lost = True
        self._events.put_nowait(None)

    def sent(self, kind: type[Any]) -> list[Any]:
        """Return the requests of one type."""
        return [request for request in self.requests if isinstance(request, kind)]

    def _done(self, message: Request) -> Answer:
        return Done()

    _StopBatch = _StartRun = _PauseRun = _StopRun = _Shutdown = _ResetState = _SavePlan = _done

    def _Decide(self, message: messages.Decide) -> Answer:
        before = self.decisions.before(message.decisions)
        for decision in message.decisions:
            self.decisions.add(replace(decision, time=decision.time or "2026-11-22T12:00:00+00:00"))
        return messages.Decided(before)

    def _GetDecisions(self, message: Request) -> Answer:
        return messages.DecisionData(tuple(self.decisions.standing()))

    def _GetStatus(self, message: Request) -> Answer:
        return self.status

    def _GetLibrary(self, message: Request) -> Answer:
        return self.sample.pack()

    def _GetThumbnail(self, message: messages.GetThumbnail) -> Answer:
        return self._picture(message.file, *self.thumbnail_size)

    def _GetPicture(self, message: messages.GetPicture) -> Answer:
        return self._picture(message.file, message.width, message.height)

    def _picture(self, file: int, width: int, height: int) -> Answer:
        if file not in self.sample.files:
            return messages.PictureData(file, 0, 0, b"")
        if self.flat_pictures:
            return messages.PictureData(file, width, height, bytes([file * 37 % 256]) * (width * height * 3))
        return messages.PictureData(file, width, height, picture_of(file, width, height).tobytes())

    def _GetDifference(self, message: messages.GetDifference) -> Answer:
        rows, columns = np.mgrid[0:32, 0:32]
        spot = np.where((rows < 8) & (columns >= 24), 255, 0).astype(np.uint8)
        return messages.DifferenceData(spot.tobytes(), spot[:, ::-1].tobytes())

    def _FindCompanions(self, message: messages.FindCompanions) -> Answer:
        moves = message.plan.moves
        found = (replace(move, companions=self.companions.get(move.victim.path, ())) for move in moves)
        return messages.PlanData(Plan(tuple(found)))

    def _ApplyPlan(self, message: messages.ApplyPlan) -> Answer:
        moves = message.plan.moves
        batch = f"n{len(self.batches)}"
        entries = tuple(
            BinEntry(
                id=f"{batch}-{number}", batch=batch, path=move.victim.path, size=move.victim.stamp.size,
                mtime_ns=move.victim.stamp.mtime_ns, recycled_at="2026-11-22T12:00:00+00:00",
                kind=move.kind.value, similarity=move.similarity, keeper=move.keeper.path, rule=move.rule,
                keeper_present=True,
            )
            for number, move in enumerate(moves)
        )  # fmt: skip
        entries += tuple(
            BinEntry(
                id=f"{batch}-{move.victim.path!r}-{number}", batch=batch, path=companion.file.path,
                size=companion.file.stamp.size, mtime_ns=0, recycled_at="2026-11-22T12:00:00+00:00",
                companion_of=move.victim.path,
            )
            for move in moves
            for number, companion in enumerate(move.companions)
        )  # fmt: skip
        self.before.append(self.sample)
        self.batches.append(entries)
        self._move(self.sample.without([entry.path for entry in entries]), entries + self.entries)
        return messages.BatchDone(replace(_result(batch, entries), skipped=self.left))

    def _UndoBatch(self, message: Request) -> Answer:
        entries = tuple(entry for entry in self.batches.pop() if entry in self.entries)
        self.undone.append(entries)
        left = tuple(entry for entry in self.entries if entry not in entries)
        self._move(self.before.pop(), left)
        return messages.RestoreDone(RestoreResult(tuple(Restored(e.path, e.path) for e in entries)))

    def _RedoBatch(self, message: Request) -> Answer:
        entries = tuple(replace(entry, batch="again") for entry in self.undone.pop())
        self.batches.append(entries)
        self.before.append(self.sample)
        self._move(self.sample.without([entry.path for entry in entries]), entries + self.entries)
        return messages.BatchDone(_result("again", entries))

    def _move(self, sample: Sample, entries: tuple[BinEntry, ...]) -> None:
        self.sample, self.entries = sample, entries
        self.tell(messages.LibraryChanged(len(sample.groups)))

    def _GetReview(self, message: Request) -> Answer:
        return messages.ReviewData(write_record(self.record), self.damaged)

    def _SaveReview(self, message: messages.SaveReview) -> Answer:
        if message.whole:
            self.record = read_record(message.record)
        else:
            self.record.follow(read_delta(message.record))
        return Done()

    def _GetBin(self, message: Request) -> Answer:
        standing = {entry.batch for entry in self.entries}
        can_undo = any(entry.batch in standing for batch in self.batches for entry in batch)
        return BinData(self.entries, can_undo, bool(self.undone))

    def _GetRemovals(self, message: messages.GetRemovals) -> Answer:
        return messages.RemovalData(self.removals[: message.limit])

    def _CheckPurge(self, message: messages.CheckPurge) -> Answer:
        sizes = [entry.size for entry in self.entries if entry.id in message.ids]
        lost = min(self.without_keeper, len(sizes))
        check = PurgeCheck(len(sizes), sum(sizes), lost, lost // 2, lost - lost // 2)
        return messages.PurgeChecked(check)

    def _RestoreEntries(self, message: messages.RestoreEntries) -> Answer:
        chosen = [entry for entry in self.entries if entry.id in message.ids]
        self.entries = tuple(entry for entry in self.entries if entry not in chosen)
        now = [os.path.join(message.to, entry.path) for entry in chosen]
        back = (Restored(entry.path, path) for entry, path in zip(chosen, now, strict=True))
        return messages.RestoreDone(RestoreResult(tuple(back)))

    def _PurgeEntries(self, message: messages.PurgeEntries) -> Answer:
        chosen = [entry for entry in self.entries if entry.id in message.ids]
        self.entries = tuple(entry for entry in self.entries if entry not in chosen)
        size = sum(entry.size for entry in chosen)
        return messages.PurgeDone(PurgeResult(tuple(entry.path for entry in chosen), (), size))

    def _SaveConfig(self, message: messages.SaveConfig) -> Answer:
        self.config = message.config
        return messages.ConfigData(message.config)


def add_decisions(client: FakeClient) -> None:
    """Make three decisions of different times; one has lost its files, one a part of its pairs."""
    files = client.sample.files
    burst = (files.get(id_) or make_file(id_, f"gone/{id_}.png", 9, 9, 9) for id_ in range(1, 16))
    odd, *others = (make_file(id_, f"a/{id_}.jpg", 9, 9, 9) for id_ in range(20, 24))
    said = {
        "2026-11-02T09:00:00+00:00": decide(burst, "variants"),
        "2026-11-05T18:30:00+00:00": [Decision(("a" * 64, "b" * 64), "not_duplicates")],
        "2026-11-05T18:31:00+00:00": [Decision((f"{1:064x}", f"{2:064x}"), "")],
        "2026-11-20T10:00:00+00:00": set_apart(odd, others, "not_duplicates"),
    }
    for time, decisions in said.items():
        for decision in decisions:
            client.decisions.add(replace(decision, time=time))


def decided(client: FakeClient) -> dict[tuple[int, ...], str]:
    """Return what is decided, by the numbers of the files."""
    standing = client.decisions.standing()
    return {tuple(int(digest, 16) for digest in each.digests): each.verdict for each in standing}


def _result(batch: str, entries: tuple[BinEntry, ...]) -> BatchResult:
    """Return what moving these entries did."""
    return BatchResult(
        batch,
        tuple(entry.path for entry in entries if not entry.companion_of),
        (),
        sum(entry.size for entry in entries),
        tuple(entry.path for entry in entries if entry.companion_of),
    )
