"""Node tools: the decoder children and the models of one thread of a node, and how they carry out a job."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.image_file import Status
from dpm_tui.dataclass_json import from_plain
from dpm_tui.deferred_text import defer
from dpm_tui.errors import reason_of
from dpm_tui.file_names import from_json
from dpm_tui.pipeline.candidates.fingerprint import Embedder, embed_stored
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Unreadable,
    VerificationOrder,
)
from dpm_tui.pipeline.decoding.preview_trust import PreviewTrust
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, read_if_stored
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.scan.root_folder import stat_beneath
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.memory_budget import MIN_CHILD, computer_memory
from dpm_tui.worker.node.job import (
    Share,
    encode_decoded,
    encode_fingerprint,
    encode_inspected,
    encode_judged,
    read_paths,
)
from dpm_tui.worker.node.node_shards import NodeShards

_KEPT, _DROPPED = 4096, 512
"""Thumbnails of others that a node keeps, some 40 MB, and how many go at a time."""
_EMBEDDED_AT_ONCE = 32

_embedders: dict[str, Embedder] = {}
_loading = threading.Lock()

SHARDS = NodeShards()
"""Those of this process, whatever its thread."""

Result = tuple[dict[str, Any], list[bytes]]


def _never() -> bool:
    return False


class NodeTools:
    """Carries out the jobs of one thread; ``folder`` is for thumbnails, ``threads`` share the memory."""

    def __init__(self, share: Share, choice: str, folder: bytes, threads: int) -> None:
        self._choice, self._folder = choice, os.fsdecode(folder)
        memory = (share.memory << 20 or computer_memory() // 2) // max(threads, 1)
        thumbnails = os.path.join(folder, b"thumbnails")
        os.makedirs(thumbnails, mode=0o700, exist_ok=True)
        self.pool = DecoderPool(
            share.root, thumbnails, 1, max(memory, 3 * MIN_CHILD), share.others, lasting=True
        )
        self._thumbnails = ThumbnailStore(thumbnails)
        self._held: OrderedDict[str, None] = OrderedDict()
        self._work: dict[str, Callable[[Mapping[str, Any], Sequence[bytes]], Result]] = {
            "decode": self._decode,
            "fingerprint": self._fingerprint,
            "verify": self._verify,
            "inspect": self._inspect,
            "pixels": self._digest_pixels,
            "load": self._load,
            "search": self._search,
        }

    def carry_out(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        """Return header and blobs of the answer to a job; raises OSError if the share cannot be seen."""
        os.stat(self.pool.root.path)
        return self._work[header["work"]](header, blobs)

    def load_embedder(self) -> Embedder:
        """Return the models, loaded once a process."""
        with _loading:
            if self._choice not in _embedders:
                from dpm_tui.neural.embedder import NeuralEmbedder  # loads torch

                _embedders[self._choice] = NeuralEmbedder(self._choice)
            return _embedders[self._choice]

    def close(self) -> None:
        """End the decoders."""
        self.pool.close()

    def _decode(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        orders = [_read_order(each) for each in header["orders"]]
        found: dict[bytes, Decoded] = {}
        with self.pool.root.opened() as base:
            for order in orders:
                try:
                    size = stat_beneath(base, order.path).st_size
                except OSError as error:
                    found[order.path] = Unreadable(Status.UNREADABLE, reason_of(error))
                    continue
                if order.size not in (-1, size):
                    found[order.path] = Unreadable(Status.UNREADABLE, defer("decode.changed"))
        wanted = [order for order in orders if order.path not in found]
        found.update((order.path, decoded) for order, decoded in self.pool.decode(wanted, _never))
        self._embed(found)
        files, sent = [], []
        for order in orders:
            said, parts = encode_decoded(found[order.path])
            files.append(said)
            sent += parts
        return {"files": files}, sent

    def _embed(self, found: dict[bytes, Decoded]) -> None:
        """Add fingerprints to what was decoded."""
        decoded = [(path, each) for path, each in found.items() if isinstance(each, Thumbnail)]
        prints = self._embed_jpegs([each.jpeg for _, each in decoded])
        for (path, each), fingerprint in zip(decoded, prints, strict=True):
            found[path] = replace(each, fingerprint=fingerprint)

    def _fingerprint(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        said: list[dict[str, Any] | None] = []
        sent: list[bytes] = []
        for fingerprint in self._embed_jpegs(blobs):
            words, vectors = ({}, []) if fingerprint is None else encode_fingerprint(fingerprint)
            said.append(words or None)
            sent += vectors
        return {"prints": said}, sent

    def _embed_jpegs(self, jpegs: Sequence[bytes]) -> list[Fingerprint | None]:
        """Return the fingerprint of each stored thumbnail, None for one that cannot be read."""
        prints: list[Fingerprint | None] = []
        for at in range(0, len(jpegs), _EMBEDDED_AT_ONCE):
            stored = [read_if_stored(jpeg) for jpeg in jpegs[at : at + _EMBEDDED_AT_ONCE]]
            whole = [picture for picture in stored if picture is not None]
            made = iter(embed_stored(self.load_embedder(), whole) if whole else ())
            prints += [None if picture is None else next(made) for picture in stored]
        return prints

    def _verify(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        for digest, jpeg in zip(header["digests"], blobs, strict=True):
            self._hold(str(digest), jpeg)
        orders = [
            VerificationOrder(tuple(((str(one), str(other)), float(near)) for one, other, near in pairs))
            for pairs in header["orders"]
        ]
        judged = dict(self.pool.verify([orders], 1, _never))
        return {"judged": [encode_judged(judged[order]) for order in orders]}, []

    def _hold(self, digest: str, jpeg: bytes) -> None:
        """Keep a thumbnail where the child that judges reads it."""
        if digest not in self._held:
            self._thumbnails.put(digest, jpeg)
        self._held[digest] = None
        self._held.move_to_end(digest)
        if len(self._held) > _KEPT:
            for _ in range(_DROPPED):
                self._thumbnails.discard(self._held.popitem(last=False)[0])

    def _inspect(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        orders = []
        for each in header["orders"]:
            one, two = each["digests"]
            orders.append(InspectionOrder(*read_paths(each), (str(one), str(two))))
        found = dict(self.pool.inspect(orders, _never))
        return {"found": [encode_inspected(found[order]) for order in orders]}, []

    def _digest_pixels(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        return {"pixels": [self.pool.digest_pixels(from_json(path)) for path in header["paths"]]}, []

    def _load(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        space, *parts = blobs
        SHARDS.load(str(header["shard"]), space, parts, self._folder, last=bool(header["last"]))
        return {}, []

    def _search(self, header: Mapping[str, Any], blobs: Sequence[bytes]) -> Result:
        (question,) = blobs
        answer = SHARDS.answer(str(header["shard"]), question)
        return ({"lacking": True}, []) if answer is None else ({}, [answer])


def _read_order(each: Mapping[str, Any]) -> DecodeOrder:
    trust = None if each["trust"] is None else from_plain(PreviewTrust, each["trust"])
    return DecodeOrder(from_json(each["path"]), anew=True, trust=trust, size=int(each["size"]))
