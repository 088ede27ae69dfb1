"""Cluster decoder: does the work of decoders and embedders on a cluster, and here what that cannot do.

Fulfils ``pipeline.decoding.decoder.Decoder`` and ``pipeline.candidates.fingerprint.Fingerprinter``. Files are
read through the share that every node sees. What a node could not read, or had too little memory for, is
tried once more here before that counts. When no node is left, the decoders of this computer go on alone until
there is one again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Generic, TypeVar

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.candidates.fingerprint import Fingerprinter
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    Decoder,
    InspectionOrder,
    Unreadable,
    VerificationOrder,
    Wait,
)
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.ports import ThumbnailTable
from dpm_tui.worker.cluster.cluster_client import ClusterClient
from dpm_tui.worker.cluster.cluster_task import (
    DecodeTask,
    FingerprintTask,
    InspectTask,
    Judged,
    PathOnNodes,
    PixelsTask,
    VerifyTask,
)
from dpm_tui.worker.cluster.spot_check import SpotCheck
from dpm_tui.worker.decoders.order_sharing import Lanes

FILES, BYTES = 24, 96 << 20
"""Files of a job at most, and their bytes: half a second to some seconds of work."""
PRINTS, ORDERS, PAIRS = 64, 2, 4
"""Thumbnails, orders of pairs to judge and pairs to inspect of a job."""
_HERE = frozenset({Status.UNREADABLE, Status.CRASHED, Status.TOO_BIG})
"""What another computer may be able to read."""

Item = TypeVar("Item")


class ClusterDecoder:
    """Works on a cluster; ``local`` and ``embedder`` do here what has to be done here."""

    def __init__(
        self,
        cluster: ClusterClient,
        local: Decoder,
        embedder: Fingerprinter,
        thumbnails: ThumbnailTable,
        path_on_nodes: PathOnNodes,
        check: SpotCheck,
    ) -> None:
        self._cluster, self._local, self._embedder = cluster, local, embedder
        self._thumbnails = thumbnails
        self._path_on_nodes = path_on_nodes
        self._check = check

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        """Yield each order with its result, in any order; stops early when cancelled.

        Raises Distrusted.
        """
        coming = _Coming(orders)
        while not cancelled():
            left: list[DecodeOrder] = []
            unread: dict[bytes, str] = {}
            tasks = (DecodeTask(batch, self._path_on_nodes) for batch in _batches(coming))
            for task, files in self._cluster.carry_out(tasks, cancelled):
                if files is None:
                    left += task.orders
                    continue
                for order, found in zip(task.orders, files.found, strict=True):
                    if isinstance(found, Unreadable) and found.status in _HERE:
                        left.append(order)
                        unread[order.path] = files.node
                    else:
                        yield order, found
                self._check.files(files.node, task.orders, files.found)
                if len(left) >= FILES:
                    yield from self._decode_here(left, unread, cancelled)
                    left = []
            yield from self._decode_here(chain(left, self._until_back(coming)), unread, cancelled)
            if coming.is_over:
                return

    def _decode_here(
        self, orders: Iterable[DecodeOrder], unread: Mapping[bytes, str], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        """Decode what is left to this computer; a node that left what can be read may see something else."""
        for order, found in self._local.decode(orders, cancelled):
            if isinstance(found, Thumbnail) and (node := unread.get(order.path)):
                self._cluster.members.no_share(node, display_name(order.path))
            yield order, found

    def digest_pixels(self, path: bytes) -> str:
        """Return the digest of the pixels at full size, empty if they cannot be decoded."""
        return self._local.digest_pixels(path)

    def digest_many(self, paths: Sequence[bytes]) -> dict[bytes, str]:
        """Return the digests of the pixels of some files, empty for those that cannot be decoded."""
        digests: dict[bytes, str] = {}
        tasks = (PixelsTask(batch, self._path_on_nodes) for batch in _chunks(iter(paths), PAIRS))
        for task, found in self._cluster.carry_out(tasks, lambda: False):
            if found is not None:
                digests.update(zip(task.orders, found, strict=True))
        return {path: digests.get(path) or self._local.digest_pixels(path) for path in paths}

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        """Yield each order with what was found, or why one of the two cannot be decoded; in any order."""
        coming = _Coming(orders)
        while not cancelled():
            left: list[InspectionOrder] = []
            tasks = (InspectTask(batch, self._path_on_nodes) for batch in _chunks(coming, PAIRS))
            for task, found in self._cluster.carry_out(tasks, cancelled):
                if found is None:
                    left += task.orders
                    continue
                for order, one in zip(task.orders, found, strict=True):
                    if isinstance(one, Unreadable) and one.status in _HERE:
                        left.append(order)
                    else:
                        yield order, one
            yield from self._local.inspect(chain(left, self._until_back(coming)), cancelled)
            if coming.is_over:
                return

    def verify(
        self, lanes: Iterable[Iterable[VerificationOrder | Wait]], count: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[VerificationOrder, Judged]]:
        """Yield each order with an answer for each of its pairs, in any order.

        ``count`` is how many are judged at a time where this computer does it.
        """
        shared = Lanes(lanes)
        while not cancelled():
            left: list[VerificationOrder] = []
            for task, found in self._cluster.carry_out(self._judging(shared), cancelled):
                if found is None:
                    left += task.orders
                    continue
                yield from zip(task.orders, found.judged, strict=True)
                self._check.verdicts(found.node, task.orders, found.judged)
            here = [self._until_back(_lane(shared, slot)) for slot in range(count)]
            yield from self._local.verify([left, *here], count, cancelled)
            rest = _Coming(_lane(shared, 0))
            if rest.is_over:
                return
            shared = Lanes([rest])

    def _judging(self, lanes: Lanes[VerificationOrder]) -> Iterator[VerifyTask | Wait]:
        """Yield tasks of orders of one lane each, from as many lanes as there are jobs at a time."""
        slot = 0
        while True:
            waited = False
            for _ in range(self._cluster.slots):
                slot = (slot + 1) % self._cluster.slots
                batch: list[VerificationOrder] = []
                while len(batch) < ORDERS and (order := lanes.next_for(slot)) is not None:
                    if isinstance(order, Wait):
                        waited = True
                        break
                    batch.append(order)
                if batch:
                    yield VerifyTask(batch, self._thumbnails.get)
                    break
            else:
                if not waited:
                    return
                yield Wait.LATER

    def fingerprint(
        self, digests: Sequence[str], thumbnails: ThumbnailTable, cancelled: Callable[[], bool]
    ) -> Iterator[Mapping[str, Fingerprint | None]]:
        """Yield batch by batch the fingerprint of each content, None where its thumbnail cannot be read."""
        left: list[str] = []
        lost: dict[str, Fingerprint | None] = {}

        def tasks() -> Iterator[FingerprintTask]:
            for batch in _chunks(iter(digests), PRINTS):
                read = {digest: thumbnails.get(digest) for digest in batch}
                lost.update((digest, None) for digest, jpeg in read.items() if jpeg is None)
                if there := {digest: jpeg for digest, jpeg in read.items() if jpeg is not None}:
                    yield FingerprintTask(list(there), list(there.values()))

        work = tasks()
        for task, found in self._cluster.carry_out(work, cancelled):
            if found is None:
                left += task.orders
            else:
                yield found
        left += chain.from_iterable(task.orders for task in work)
        if lost:
            yield lost
        if left and not cancelled():
            yield from self._embedder.fingerprint(left, thumbnails, cancelled)

    def _until_back(self, coming: Iterator[Item]) -> Iterator[Item]:
        """Yield what is to be done here: nothing while nodes work, else all there is until they do."""
        while not self._cluster.has_nodes:
            item = next(coming, None)
            if item is None:
                return
            yield item


def _lane(lanes: Lanes[VerificationOrder], worker: int) -> Iterator[VerificationOrder | Wait]:
    """Yield the orders that one worker gets."""
    while (order := lanes.next_for(worker)) is not None:
        yield order


class _Coming(Generic[Item]):
    """An iterator that can tell whether it is over."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._ahead: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        return self._ahead.pop() if self._ahead else next(self._items)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more."""
        if not self._ahead:
            self._ahead.extend(islice(self._items, 1))
        return not self._ahead


def _batches(orders: Iterator[DecodeOrder]) -> Iterator[list[DecodeOrder]]:
    """Yield files for one job each."""
    batch: list[DecodeOrder] = []
    size = 0
    for order in orders:
        batch.append(order)
        size += max(order.size, 0)
        if len(batch) == FILES or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _chunks(items: Iterator[Item], count: int) -> Iterator[list[Item]]:
    while chunk := list(islice(items, count)):
        yield chunk
