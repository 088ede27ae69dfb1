"""A root with very many groups, made as records only: nothing of it was ever scanned."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator

import numpy as np
from PIL import Image

from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState

PICTURED = 400
"""So many groups from the first on have thumbnails of their own."""
_A_FOLDER = 40
_SECOND = 10**9
_YEAR_2015 = 1_420_000_000 * _SECOND
_OCCASIONS = ("trip to the lakes", "Oma's birthday", "全家福 新年", "garden", "été à Arles")
_COPIES = (
    (Kind.COPY, 0.97, (1600, 1200), "phone/wa_{number:07}.jpg"),
    (Kind.COPY, 0.99, (4032, 3024), "backup/{folder}/IMG_{number:07} (1).jpg"),
    (Kind.CROP, 0.87, (1200, 900), "edited/IMG_{number:07}_crop.png"),
    (Kind.VARIANT, 0.91, (4032, 3024), "{folder}/IMG_{number:07}b.jpg"),
)


def members_of(number: int) -> list[ImageFile]:
    """Return the files of a group, two or three of them, the best one first."""
    chance = random.Random(number)
    folder = f"Photos/{number // _A_FOLDER:05}-{_OCCASIONS[number // _A_FOLDER % len(_OCCASIONS)]}"
    paths = [f"{folder}/IMG_{number:07}.jpg"]
    sizes = [(4032, 3024)]
    for copy in range(1 + number % 2):
        _, _, size, pattern = _COPIES[(number + copy) % len(_COPIES)]
        paths.append(pattern.format(folder=folder, number=number))
        sizes.append(size)
    return [
        _make_file(3 * number + place + 1, path, size, chance)
        for place, (path, size) in enumerate(zip(paths, sizes, strict=True))
    ]


def fill_large(layout: Layout, groups: int) -> None:
    """Write the state of a root with so many groups, as a run that ended would leave it."""
    prepare_folder(layout)
    state = RootState(layout, AlignedJudge().version)
    files = 0
    for number in range(groups):
        members = members_of(number)
        files += len(members)
        for file in members:
            state.files.put(file)
        for pair, verdict in _verdicts(number, members):
            state.verdicts.put(pair, verdict)
        if number < PICTURED:
            for place, file in enumerate(members):
                state.thumbnails.put(file.facts.digest, _thumbnail(number, place))
        if number % 1000 == 0:
            state.sync()
    state.save_checkpoint(
        Checkpoint(phase="finished", model="auto", threshold=0.6, files=files, pictures=files, groups=groups)
    )
    state.close()


def _make_file(id_: int, path: str, size: tuple[int, int], chance: random.Random) -> ImageFile:
    mtime_ns = _YEAR_2015 + chance.randrange(300_000_000) * _SECOND
    form = "PNG" if path.endswith(".png") else "JPEG"
    digest = hashlib.sha256(b"%d" % id_).hexdigest()
    facts = Facts(digest, form, *size, quality=92 if form == "JPEG" else 0, taken="2021-07-14 12:34:56")
    stamp = Stamp(chance.randrange(200_000, 8_000_000), mtime_ns, mtime_ns + 1234, 2049, 1_000_000 + id_)
    return ImageFile(id_, path.encode(), stamp, facts=facts)


def _verdicts(number: int, members: list[ImageFile]) -> Iterator[tuple[tuple[str, str], Verdict]]:
    keeper, *copies = (file.facts.digest for file in members)
    for copy, digest in enumerate(copies):
        kind, similarity, *_ = _COPIES[(number + copy) % len(_COPIES)]
        differs = bytes(GRID * GRID) if kind is Kind.COPY else bytes(GRID * GRID - 9) + b"\xff" * 9
        yield _ordered(keeper, digest), Verdict(kind, similarity, differs)
    if len(copies) == 2:
        yield _ordered(*copies), Verdict(Kind.VARIANT, 0.8)


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _thumbnail(number: int, place: int) -> bytes:
    """Return a picture with as many shades and edges as a photograph has."""
    chance = np.random.default_rng(number)
    small = chance.integers(0, 256, (9, 12, 3), np.uint8)
    image = Image.fromarray(small).resize((256, 192), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(place).normal(0, 6, (192, 256, 1))
    rgb = np.clip(np.asarray(image, np.float32) + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=88)
    return out.getvalue()
