"""Inherited roots: how the open folders of pictures reach a decoder child as one word of its command line."""

from __future__ import annotations

import json

from dpm_tui.file_names import from_json, to_json
from dpm_tui.pipeline.scan.open_roots import OpenRoots


def encode_roots(roots: OpenRoots) -> str:
    """Return the word for the root and the others; their descriptors are to be inherited."""
    return json.dumps([roots.own, *([to_json(path), other] for path, other in roots.others.items())])


def decode_roots(word: str) -> OpenRoots:
    """Return the roots that ``encode_roots`` wrote."""
    own, *others = json.loads(word)
    return OpenRoots(own, {from_json(path): other for path, other in others})


def descriptors_of(roots: OpenRoots) -> tuple[int, ...]:
    """Return the descriptors of the root and the others."""
    return roots.own, *roots.others.values()
