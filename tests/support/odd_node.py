"""A node that is not what it should be: ``dask worker --preload`` this, with ODD_NODE saying in what way."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.pipeline.decoding.decoder import Decoded
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.worker.node import node, node_tools
from dpm_tui.worker.node.node_identity import read_own_identity

OWN = read_own_identity()


def other_version() -> dict[str, str]:
    """Return the identity of a node that was not updated."""
    return {**OWN, "version": "0.0.1/1"}


def lie(header: dict[str, Any], decoded: Decoded) -> Decoded:
    """Return another picture's facts for each file."""
    if not isinstance(decoded, Thumbnail):
        return decoded
    digest = decoded.facts.digest[::-1]
    assert is_digest(digest)
    return replace(decoded, facts=replace(decoded.facts, digest=digest))


class Liar(node_tools.NodeTools):
    """Says of each file that it holds something else, after a while."""

    told = 0

    def _embed(self, found: dict[bytes, Decoded]) -> None:
        super()._embed(found)
        for path in list(found):
            found[path] = lie({}, found[path])


class Garbler(node_tools.NodeTools):
    """Sends answers that arrive in another way than they should."""

    def carry_out(
        self, header: Mapping[str, Any], blobs: Sequence[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        answer, sent = super().carry_out(header, blobs)
        return {**answer, "files": answer.get("files", [])[1:]}, sent


match os.environ.get("ODD_NODE", ""):
    case "other version":
        node.read_own_identity = other_version
    case "liar":
        node.NodeTools = Liar  # type: ignore[misc]
    case "garbler":
        node.NodeTools = Garbler  # type: ignore[misc]
