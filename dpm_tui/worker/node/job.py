"""Jobs: what a node of a cluster is asked to do, and its answers, as records that both ends understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.image_file import Facts, Status
from dpm_tui.catalog.inspection import Inspection, decode_inspection, encode_inspection
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.file_names import from_json, to_json
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Judgement,
    Unjudged,
    Unreadable,
    VerificationOrder,
)
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.state.thumbnail_store import MAX_BYTES
from dpm_tui.worker.decoders.decoder_answer import encode_judgement, read_judgements
from dpm_tui.worker.decoders.decoder_process import DecoderDied
from dpm_tui.worker.node.record import RecordError, pack_record

_ROUNDED = 0.02
"""How far the length of a vector of half precision may be from one."""


@dataclass(frozen=True, slots=True)
class Share:
    """The folders of pictures as nodes see them, and the memory in MiB that a node may take, 0 for its own
    choice."""

    root: bytes
    others: tuple[bytes, ...] = ()
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """What one call of a node does: ``work`` names it, ``header`` and ``blobs`` say the rest."""

    work: str
    header: Mapping[str, Any]
    blobs: Sequence[bytes] = ()

    def record(self, share: Share, choice: str) -> bytes:
        """Return the record of this job for nodes that see ``share`` and use one choice of models."""
        return pack_record(
            {"work": self.work, "share": to_plain(share), "choice": choice, **self.header}, self.blobs
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node says: its name among the nodes, how long it took in seconds, and the rest."""

    node: str
    seconds: float
    header: Mapping[str, Any]
    blobs: Sequence[bytes] = field(default=())


def decode_job(orders: Sequence[DecodeOrder], paths: Sequence[bytes]) -> Job:
    """Return the job to decode files and to fingerprint them; ``paths`` say where nodes see them."""
    told = [
        {
            "path": to_json(path),
            "size": order.size,
            "trust": None if order.trust is None else to_plain(order.trust),
        }
        for order, path in zip(orders, paths, strict=True)
    ]
    return Job("decode", {"orders": told})


def fingerprint_job(thumbnails: Mapping[str, bytes]) -> Job:
    """Return the job to fingerprint stored thumbnails, by their digests."""
    return Job("fingerprint", {"digests": list(thumbnails)}, list(thumbnails.values()))


def verify_job(orders: Sequence[VerificationOrder], thumbnails: Mapping[str, bytes]) -> Job:
    """Return the job to judge pairs; ``thumbnails`` are those of their contents, as far as there are any."""
    pairs = [[[*pair, cosine] for pair, cosine in order.pairs] for order in orders]
    return Job("verify", {"orders": pairs, "digests": list(thumbnails)}, list(thumbnails.values()))


def inspect_job(orders: Sequence[InspectionOrder], paths: Sequence[tuple[bytes, bytes]]) -> Job:
    """Return the job to look at pairs of files at full size; ``paths`` say where nodes see them."""
    told = [
        {"paths": list(map(to_json, both)), "digests": list(order.digests)}
        for order, both in zip(orders, paths, strict=True)
    ]
    return Job("inspect", {"orders": told})


def encode_decoded(decoded: Decoded) -> tuple[dict[str, Any], list[bytes]]:
    """Return header and blobs of what became of a file."""
    if isinstance(decoded, Thumbnail):
        header = {"status": "ok", "facts": to_plain(decoded.facts), "reason": decoded.reason}
        blobs = [decoded.jpeg]
        if (fingerprint := decoded.fingerprint) is not None:
            said, vectors = encode_fingerprint(fingerprint)
            header, blobs = {**header, **said}, [*blobs, *vectors]
        return header, blobs
    if isinstance(decoded, Unreadable):
        return {"status": decoded.status.value, "reason": decoded.reason, "digest": decoded.digest}, []
    return {"status": "known", "digest": decoded.digest}, []


def read_decoded(header: Mapping[str, Any], blobs: list[bytes]) -> Decoded:
    """Return what became of a file, taking its blobs from the front; raises RecordError."""
    try:
        if header["status"] != "ok":
            return Unreadable(Status(header["status"]), str(header["reason"]), str(header["digest"]))
        facts = from_plain(Facts, header["facts"])
        jpeg = blobs.pop(0)
        if not is_digest(facts.digest) or not 0 < len(jpeg) <= MAX_BYTES:
            raise RecordError("not a thumbnail")
        fingerprint = read_fingerprint(header, blobs) if "model" in header else None
        return Thumbnail(jpeg, facts, str(header["reason"]), fingerprint)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise RecordError("not a decoded file") from error


def encode_fingerprint(fingerprint: Fingerprint) -> tuple[dict[str, Any], list[bytes]]:
    """Return header and blobs of a fingerprint; numbers have half precision, as in the tables of vectors."""
    vectors = [*fingerprint.vectors.values(), fingerprint.parts]
    blobs = [vector.astype("<f2").tobytes() for vector in vectors]
    return {"model": fingerprint.model, "vectors": list(fingerprint.vectors)}, blobs


def read_fingerprint(header: Mapping[str, Any], blobs: list[bytes]) -> Fingerprint:
    """Return a fingerprint, taking its blobs from the front; raises RecordError."""
    try:
        vectors = {str(name): _read_vector(blobs.pop(0)) for name in header["vectors"]}
        parts = _read_vector(blobs.pop(0))
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise RecordError("not a fingerprint") from error
    lengths = [float(np.linalg.norm(vector)) for vector in vectors.values()]
    if header["model"] not in vectors or not all(abs(length - 1) <= _ROUNDED for length in lengths):
        raise RecordError("not a fingerprint")
    if not np.isfinite(parts).all():
        raise RecordError("not a fingerprint")
    return Fingerprint(str(header["model"]), vectors, parts)


def encode_judged(judged: Sequence[Judgement | Unjudged]) -> list[dict[str, Any]]:
    """Return the answers to the pairs of an order as JSON values."""
    return [encode_judgement(each) for each in judged]


def read_judged(judged: object, order: VerificationOrder) -> list[Judgement | Unjudged]:
    """Return the answers to the pairs of an order; raises RecordError."""
    try:
        return read_judgements({"judged": judged}, len(order.pairs))
    except DecoderDied as error:
        raise RecordError("not a judgement") from error


def encode_inspected(found: Inspection | Unreadable) -> dict[str, Any]:
    """Return what was found of a pair at full size as JSON values."""
    if isinstance(found, Unreadable):
        return {"status": found.status.value, "reason": found.reason}
    return {"status": "ok", "inspection": encode_inspection(found)}


def read_inspected(answer: Mapping[str, Any]) -> Inspection | Unreadable:
    """Return what was found of a pair at full size; raises RecordError."""
    try:
        if answer["status"] != "ok":
            return Unreadable(Status(answer["status"]), str(answer["reason"]))
        return decode_inspection(answer["inspection"])
    except (KeyError, ValueError, TypeError) as error:
        raise RecordError("not an inspection") from error


def read_paths(order: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the two paths of an order to inspect; raises ValueError."""
    first, second = order["paths"]
    return from_json(first), from_json(second)


def _read_vector(blob: bytes) -> NDArray[np.float32]:
    return np.frombuffer(blob, "<f2").astype(np.float32)
