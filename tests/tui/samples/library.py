"""Libraries for the app to show, without a picture on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import GRID, Kind
from dpm_tui.worker.protocol.library_codec import pack_library
from dpm_tui.worker.protocol.messages import LibraryData

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
