"""A scan of real files with real state, without models and decoder processes; counts what it costs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.pipeline.candidates.fingerprint import Embedder, ModelCard
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Judgement,
    Known,
    Unjudged,
    Unreadable,
    VerificationOrder,
    Wait,
)
from dpm_tui.pipeline.decoding.quick_thumbnail import decode_quickly
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, digest_pixels
from dpm_tui.pipeline.file_pairs import pair_files
from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, inspect_copies
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.quality.full_size import decode_full_size
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.run import run_stages
from dpm_tui.pipeline.run_settings import RunSettings, Tools
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.pipeline.scan.survey import Survey
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.thumbnail_judge import ThumbnailJudge
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from tests.support.part_pictures import cut_parts

WIDE = 150
PairFacts = tuple[bytes, bytes, str, float]
MODELS = {name: ModelCard(name, name[0] * 64, 64, 0.8) for name in ("photo", "illustration")}


@dataclass
class Costs:
    """What a run had to do; paths in the order in which it did it."""

    decoded: list[bytes] = field(default_factory=list)
    digested: list[bytes] = field(default_factory=list)
    pixels: list[bytes] = field(default_factory=list)
    embedders: int = 0
    embedded: int = 0
    judged: int = 0
    inspected: int = 0
    survey: Survey | None = None


@lru_cache(maxsize=200)
def _inspect(*contents: bytes) -> Inspection:
    """Return what two contents show at full size: nearly all the time of a scan, and always the same."""
    return inspect_copies(*(CopyAtFullSize.of(*decode_full_size(content)) for content in contents))


class InProcessDecoder:
    """A decoder as ``pipeline.decoder`` wants it, in this very process."""

    def __init__(self, root: bytes, state: RootState, costs: Costs) -> None:
        self._root, self._state, self._costs = root, state, costs

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        for order in orders:
            if cancelled():
                return
            yield order, self._one(order)

    def digest_pixels(self, path: bytes) -> str:
        self._costs.pixels.append(path)
        return digest_pixels(self._read(path))

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        for order in orders:
            self._costs.inspected += 1
            yield order, _inspect(self._read(order.first), self._read(order.second))

    def verify(
        self, lanes: Iterable[Iterable[VerificationOrder | Wait]], count: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[VerificationOrder, list[Judgement | Unjudged]]]:
        judge = ThumbnailJudge(self._state.thumbnails, CountingJudge(self._costs))  # type: ignore[arg-type]
        for order in chain.from_iterable(lanes):
            if cancelled():
                return
            if not isinstance(order, Wait):
                yield order, judge.answer(order)

    def _one(self, order: DecodeOrder) -> Decoded:
        content = self._read(order.path)
        digest = hashlib.sha256(content).hexdigest()
        if not order.anew and self._state.thumbnails.has(digest):
            self._costs.digested.append(order.path)
            return Known(digest)
        self._costs.decoded.append(order.path)
        try:
            return decode_thumbnail(content) if order.trust is None else decode_quickly(content, order.trust)
        except UndecodableError as error:
            return Unreadable(error.status, error.reason, error.digest)

    def _read(self, path: bytes) -> bytes:
        with open(os.path.join(self._root, path), "rb") as file:
            return file.read()


class TinyEmbedder:
    """Vectors of 8x8 grey levels without their mean.

    Wide pictures are doubtful and have two: narrow ones meet them by the second alone.
    """

    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def embed(
        self,
        thumbnails: Sequence[NDArray[np.uint8]],
        parts: Sequence[Sequence[NDArray[np.uint8]] | None] | None = None,
    ) -> list[Fingerprint]:
        self._costs.embedded += len(thumbnails)
        given = parts or [None] * len(thumbnails)
        pairs = zip(thumbnails, given, strict=True)
        return [self._one(thumbnail, cut or cut_parts(thumbnail)) for thumbnail, cut in pairs]

    def _one(self, thumbnail: NDArray[np.uint8], cut: Sequence[NDArray[np.uint8]]) -> Fingerprint:
        vector = self._vector(thumbnail)
        parts = np.concatenate([vector, *map(self._vector, cut)])
        if thumbnail.shape[1] < WIDE:
            return Fingerprint("illustration", {"illustration": vector}, parts)
        return Fingerprint("photo", {"photo": vector, "illustration": vector}, parts)

    def _vector(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        grey = Image.fromarray(picture).convert("L").resize((8, 8), Image.Resampling.BOX)
        vector = np.asarray(grey, dtype=np.float32).ravel()
        vector = vector - vector.mean()
        unit: NDArray[np.float32] = vector / max(float(np.linalg.norm(vector)), 1e-6)
        return unit


class CountingJudge:
    """The real judge, counted."""

    version = AlignedJudge.version

    def __init__(self, costs: Costs) -> None:
        self._judge, self._costs = AlignedJudge(), costs

    def judge(self, *pictures: object) -> object:
        self._costs.judged += 1
        return self._judge.judge(*pictures)  # type: ignore[arg-type]


class ScanLab:
    """One root and everything that is known of it."""

    def __init__(self, base: str | os.PathLike[str], *, state_elsewhere: bool = False) -> None:
        self.root = os.path.join(os.fsencode(base), b"root")
        self.others: tuple[bytes, ...] = ()
        self.layout = Layout(self.root, os.fsencode(base) if state_elsewhere else self.root)
        os.makedirs(self.root)
        prepare_folder(self.layout)

    def at(self, path: bytes) -> bytes:
        return os.path.join(self.root, path)

    def write(self, path: bytes, content: bytes) -> None:
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path), "wb") as file:
            file.write(content)

    def run(
        self,
        reporter: Reporter | None = None,
        *,
        accept_missing: bool = False,
        root_moved: bool = False,
        root_devices: frozenset[int] = frozenset(),
        complete: bool = False,
        quick: bool = False,
    ) -> Costs:
        """Scan and compare; a run that fails leaves the state as a killed process would."""
        costs = Costs()
        state = RootState(self.layout, CountingJudge.version)
        settings = RunSettings(
            RootFolder(self.root, self.others),
            ("jpg", "png", "gif", "heic"),
            "auto",
            MODELS,
            accept_missing=accept_missing,
            root_moved=root_moved,
            root_devices=root_devices,
            complete=complete,
            quick=quick,
        )

        def load_embedder() -> Embedder:
            costs.embedders += 1
            return TinyEmbedder(costs)

        tools = Tools(InProcessDecoder(self.root, state, costs), load_embedder, rank_best_rows)

        def surveyed(survey: Survey) -> None:
            costs.survey = survey

        try:
            run_stages(settings, state, tools, reporter or Reporter(), surveyed)
        except BaseException:
            self._abandon()
            raise
        state.close()
        return costs

    def state(self) -> RootState:
        return RootState(self.layout, writable=False)

    def pairs(self) -> set[PairFacts]:
        """Return every pair by its paths, so that two runs can be compared whatever their ids."""
        state = self.state()
        files = state.files.files
        found = pair_files(files, state.verdicts.alike(), state.decisions.verdict)
        return {
            (*sorted((files[pair.a].path, files[pair.b].path)), pair.kind.value, round(pair.similarity, 4))
            for pair in found
        }  # type: ignore[misc]

    def groups(self) -> set[tuple[bytes, ...]]:
        """Return the paths of every group, keeper first."""
        state = self.state()
        files = state.files.files
        found = pair_files(files, state.verdicts.alike(), state.decisions.verdict)
        made = group_pairs(files, found, 0.6, rank_best_rows)
        return {tuple(files[id_].path for id_ in group.members) for group in made}

    def statuses(self) -> dict[bytes, Status]:
        return {file.path: file.status for file in self.state().files.files.values()}

    def _abandon(self) -> None:
        """Close what the run left open below the state folder without writing what it held back.

        Folders close themselves, and hold nothing back.
        """
        if not os.path.isdir("/proc/self/fd"):
            return
        for name in os.listdir("/proc/self/fd"):
            try:
                path = os.readlink(f"/proc/self/fd/{name}")
                if path.startswith(os.fsdecode(self.layout.folder)) and not os.path.isdir(path):
                    os.close(int(name))
            except OSError:
                continue
