"""Cluster tasks: batches of orders with the job that a node gets for them and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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


class _Anywhere:
    """A task that no node knows better than another one, and that counts each of its orders."""

    orders: Sequence[Any]

    @property
    def size(self) -> int:
        """The number of pictures or pairs."""
        return len(self.orders)

    @property
    def home(self) -> str:
        """No node in particular."""
        return ""


@dataclass(frozen=True)
class Files:
    """What became of some files, in their order, as a node says."""

    node: str
    found: list[Decoded]


@dataclass(frozen=True)
class DecodeTask(_Anywhere):
    """Some files to decode and fingerprint."""

    orders: Sequence[DecodeOrder]
    path_on_nodes: PathOnNodes

    def job(self) -> Job:
        """Return the job."""
        return decode_job(self.orders, [self.path_on_nodes(order.path) for order in self.orders])

    def read(self, answer: Answer) -> Files:
        """Return what became of each file; raises RecordError."""
        blobs = list(answer.blobs)
        files = _list_of(answer, "files", len(self.orders))
        return Files(answer.node, [read_decoded(each, blobs) for each in files])


@dataclass(frozen=True)
class FingerprintTask(_Anywhere):
    """Some contents to fingerprint, and their stored thumbnails in the same order."""

    orders: Sequence[str]
    thumbnails: Sequence[bytes]

    def job(self) -> Job:
        """Return the job."""
        return fingerprint_job(dict(zip(self.orders, self.thumbnails, strict=True)))

    def read(self, answer: Answer) -> dict[str, Fingerprint | None]:
        """Return the fingerprint of each content; raises RecordError."""
        blobs = list(answer.blobs)
        said = _list_of(answer, "prints", len(self.orders))
        prints = (None if each is None else read_fingerprint(each, blobs) for each in said)
        return dict(zip(self.orders, prints, strict=True))


@dataclass(frozen=True)
class Verdicts:
    """The answers to each order, as a node says."""

    node: str
    judged: list[Judged]


@dataclass(frozen=True)
class VerifyTask(_Anywhere):
    """Some orders of pairs to judge, with where thumbnails come from."""

    orders: Sequence[VerificationOrder]
    thumbnail: Callable[[str], bytes | None]

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


@dataclass(frozen=True)
class InspectTask(_Anywhere):
    """Some pairs of files to look at at full size."""

    orders: Sequence[InspectionOrder]
    path_on_nodes: PathOnNodes

    def job(self) -> Job:
        """Return the job."""
        place = self.path_on_nodes
        return inspect_job(self.orders, [(place(order.first), place(order.second)) for order in self.orders])

    def read(self, answer: Answer) -> list[Inspection | Unreadable]:
        """Return what was found of each pair; raises RecordError."""
        return [read_inspected(each) for each in _list_of(answer, "found", len(self.orders))]


@dataclass(frozen=True)
class PixelsTask(_Anywhere):
    """Some files whose pixels are to be digested."""

    orders: Sequence[bytes]
    path_on_nodes: PathOnNodes

    @property
    def size(self) -> int:
        """Nothing more is found of a picture: it is counted with its pair."""
        return 0

    def job(self) -> Job:
        """Return the job."""
        return Job("pixels", {"paths": [to_json(self.path_on_nodes(path)) for path in self.orders]})

    def read(self, answer: Answer) -> list[str]:
        """Return the digest of each, empty where the node could not tell; raises RecordError."""
        found = list(map(str, _list_of(answer, "pixels", len(self.orders))))
        if not all(is_digest(each) for each in found if each):
            raise RecordError("not a digest")
        return found


def _list_of(answer: Answer, name: str, count: int) -> list[dict[str, object]]:
    """Return one item of an answer, a list of so many; raises RecordError."""
    found = answer.header.get(name)
    if not isinstance(found, list) or len(found) != count:
        raise RecordError(f"no {name}")
    return found
