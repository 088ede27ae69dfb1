"""Cluster tasks: batches of orders with the job that a node gets for them and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Judgement,
    Unjudged,
    Unreadable,
    VerificationOrder,
)
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.worker.node.job import (
    Answer,
    Job,
    decode_job,
    fingerprint_job,
    inspect_job,
    read_decoded,
    read_fingerprint,
    read_inspected,
    read_judged,
    verify_job,
)
from dpm_tui.worker.node.record import RecordError

Judged = list[Judgement | Unjudged]
PathOnNodes = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """A result with the node that told it."""

    node: str


@dataclass(frozen=True, slots=True)
class Files(Told):
    """What became of some files, in their order."""

    found: list[Decoded]


@dataclass(frozen=True, slots=True)
class DecodeTask:
    """Some files to decode and fingerprint."""

    orders: Sequence[DecodeOrder]
    path_on_nodes: PathOnNodes
    home: str = ""

    @property
    def size(self) -> int:
        """The number of files."""
        return len(self.orders)

    def job(self) -> Job:
        """Return the job."""
        return decode_job(self.orders, [self.path_on_nodes(order.path) for order in self.orders])

    def read(self, answer: Answer) -> Files:
        """Return what became of each file; raises RecordError."""
        blobs = list(answer.blobs)
        files = _list_of(answer, "files", len(self.orders))
        return Files(answer.node, [read_decoded(each, blobs) for each in files])


@dataclass(frozen=True, slots=True)
class Prints(Told):
    """Fingerprints by content."""

    prints: dict[str, Fingerprint | None]


@dataclass(frozen=True, slots=True)
class FingerprintTask:
    """Some stored thumbnails to fingerprint, by their digests."""

    thumbnails: Mapping[str, bytes]
    home: str = ""

    @property
    def orders(self) -> Sequence[str]:
        """The digests."""
        return list(self.thumbnails)

    @property
    def size(self) -> int:
        """The number of thumbnails."""
        return len(self.thumbnails)

    def job(self) -> Job:
        """Return the job."""
        return fingerprint_job(self.thumbnails)

    def read(self, answer: Answer) -> Prints:
        """Return the fingerprint of each content; raises RecordError."""
        blobs = list(answer.blobs)
        said = _list_of(answer, "prints", len(self.thumbnails))
        prints = (None if each is None else read_fingerprint(each, blobs) for each in said)
        return Prints(answer.node, dict(zip(self.thumbnails, prints, strict=True)))


@dataclass(frozen=True, slots=True)
class Verdicts(Told):
    """The answers to each order."""

    judged: list[Judged]


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """Some orders of pairs to judge, with where thumbnails come from."""

    orders: Sequence[VerificationOrder]
    thumbnail: Callable[[str], bytes | None]
    home: str = ""

    @property
    def size(self) -> int:
        """The number of pairs."""
        return sum(len(order.pairs) for order in self.orders)

    def job(self) -> Job:
        """Return the job; thumbnails that are lost are not in it."""
        digests = dict.fromkeys(digest for order in self.orders for pair, _ in order.pairs for digest in pair)
        read = ((digest, self.thumbnail(digest)) for digest in digests)
        return verify_job(self.orders, {digest: jpeg for digest, jpeg in read if jpeg is not None})

    def read(self, answer: Answer) -> Verdicts:
        """Return the answers to the pairs of each order; raises RecordError."""
        judged = _list_of(answer, "judged", len(self.orders))
        read = (read_judged(each, order) for each, order in zip(judged, self.orders, strict=True))
        return Verdicts(answer.node, list(read))


@dataclass(frozen=True, slots=True)
class Inspected(Told):
    """What was found of each pair."""

    found: list[Inspection | Unreadable]


@dataclass(frozen=True, slots=True)
class InspectTask:
    """Some pairs of files to look at at full size."""

    orders: Sequence[InspectionOrder]
    path_on_nodes: PathOnNodes
    home: str = ""

    @property
    def size(self) -> int:
        """The number of pairs."""
        return len(self.orders)

    def job(self) -> Job:
        """Return the job."""
        place = self.path_on_nodes
        return inspect_job(self.orders, [(place(order.first), place(order.second)) for order in self.orders])

    def read(self, answer: Answer) -> Inspected:
        """Return what was found of each pair; raises RecordError."""
        found = _list_of(answer, "found", len(self.orders))
        return Inspected(answer.node, [read_inspected(each) for each in found])


@dataclass(frozen=True, slots=True)
class Pixels(Told):
    """The digest of the pixels of each file, empty where a node could not tell."""

    pixels: list[str]


@dataclass(frozen=True, slots=True)
class PixelsTask:
    """Some files whose pixels are to be digested."""

    orders: Sequence[bytes]
    path_on_nodes: PathOnNodes
    home: str = ""

    @property
    def size(self) -> int:
        """Nothing more is found of a picture: it is counted with its pair."""
        return 0

    def job(self) -> Job:
        """Return the job."""
        return Job("pixels", {"paths": [to_json(self.path_on_nodes(path)) for path in self.orders]})

    def read(self, answer: Answer) -> Pixels:
        """Return the digests; raises RecordError."""
        found = list(map(str, _list_of(answer, "pixels", len(self.orders))))
        if not all(is_digest(each) for each in found if each):
            raise RecordError("not a digest")
        return Pixels(answer.node, found)


def _list_of(answer: Answer, name: str, count: int) -> list[dict[str, object]]:
    """Return one item of an answer, a list of so many; raises RecordError."""
    found = answer.header.get(name)
    if not isinstance(found, list) or len(found) != count:
        raise RecordError(f"no {name}")
    return found
