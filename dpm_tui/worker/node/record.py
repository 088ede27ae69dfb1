"""Records: what travels between the worker and the nodes of a cluster, with a checksum and without pickles.

A record is a header of JSON values and some blobs of bytes. Whoever reads one trusts nothing of it but that
it arrived as it was sent.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

MAGIC = b"dpm1"
_DIGEST_BYTES = 16
_LENGTH = struct.Struct(">I")
_START = len(MAGIC) + _DIGEST_BYTES
_SIZES = "blobs"


class RecordError(Exception):
    """What arrived is not what was sent, or says what cannot be."""


def pack_record(header: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """Return the record of a header of JSON values and some blobs."""
    plain = {**header, _SIZES: [len(blob) for blob in blobs]}
    words = json.dumps(plain, separators=(",", ":")).encode("ascii")
    body = b"".join([_LENGTH.pack(len(words)), words, *blobs])
    return MAGIC + _checksum(body) + body


def unpack_record(record: object) -> tuple[dict[str, Any], list[bytes]]:
    """Return header and blobs of a record; raises RecordError."""
    if not isinstance(record, bytes) or not record.startswith(MAGIC):
        raise RecordError("not a record")
    body = record[_START:]
    if record[len(MAGIC) : _START] != _checksum(body):
        raise RecordError("wrong checksum")
    try:
        (size,) = _LENGTH.unpack_from(body)
        at = _LENGTH.size + size
        header = json.loads(body[_LENGTH.size : at])
        sizes = header.pop(_SIZES)
        blobs = []
        for each in sizes:
            blobs.append(body[at : at + each])
            at += each
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError("not a record") from error
    if at != len(body):
        raise RecordError("not a record")
    return header, blobs


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
