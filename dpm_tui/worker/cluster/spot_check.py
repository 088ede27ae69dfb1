"""Spot check: whether a node tells the truth, by doing now and then a bit of its work here as well.

A checksum tells that an answer arrived as it was sent, not that it is right: a node may have bad memory, or
see other files under the same names. Its first answers are checked, and later one every half a minute.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from dpm_tui.deferred_text import defer
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    Decoder,
    Judgement,
    Unjudged,
    VerificationOrder,
)
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.worker.cluster.cluster_task import Judged

CHECK_SECONDS = 30.0
_LEVELS = 2.0
"""Mean difference of two thumbnails of one picture, in levels: processors may round in other ways."""
_WRONG = 0.25
"""Share of the verdicts of an order that may differ, for the same reason."""


class Distrusted(Exception):
    """A node told what is not so: what it said since it was checked last has to be found anew."""

    def __init__(self, node: str, paths: set[bytes], digests: set[str]) -> None:
        super().__init__(node, len(paths), len(digests))
        self.node = node
        self.paths = paths
        self.digests = digests


@dataclass
class _Record:
    """What a node said since it was checked last, and when that was, for each kind of work."""

    checked: dict[str, float] = field(default_factory=dict)
    paths: set[bytes] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)


class SpotCheck:
    """Compares answers of nodes with what ``local`` finds.

    ``refuse`` gets the address of a node that is wrong, and a deferred sentence; ``name`` returns the name of
    one.
    """

    def __init__(
        self,
        local: Decoder,
        refuse: Callable[[str, str], None],
        name: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local, self._refuse, self._name, self._clock = local, refuse, name, clock
        self._records: dict[str, _Record] = {}

    def files(self, node: str, orders: Sequence[DecodeOrder], found: Sequence[Decoded]) -> None:
        """Note what a node says of some files; raises Distrusted if one of them is something else."""
        record = self._records.setdefault(node, _Record())
        record.paths.update(order.path for order in orders)
        told = [
            (order, each) for order, each in zip(orders, found, strict=True) if isinstance(each, Thumbnail)
        ]
        record.digests.update(each.facts.digest for _, each in told)
        if told and self._is_due(record, "files"):
            order, each = told[-1]
            if not self._is_true(order, each):
                self._distrust(node, defer("cluster.other_picture", path=display_name(order.path)))
            self._passed(record, "files")

    def verdicts(self, node: str, orders: Sequence[VerificationOrder], judged: Sequence[Judged]) -> None:
        """Note what a node says of some pairs; raises Distrusted if that is not so."""
        record = self._records.setdefault(node, _Record())
        record.digests.update(digest for order in orders for pair, _ in order.pairs for digest in pair)
        if self._is_due(record, "verdicts"):
            record.paths.clear()  # those were checked by themselves
            if not self._agrees(orders[-1], judged[-1]):
                self._distrust(node, defer("cluster.other_verdicts"))
            self._passed(record, "verdicts")

    def _is_due(self, record: _Record, work: str) -> bool:
        last = record.checked.get(work)
        return last is None or self._clock() - last >= CHECK_SECONDS

    def _passed(self, record: _Record, work: str) -> None:
        record.checked[work] = self._clock()
        record.paths.clear()
        record.digests.clear()

    def _distrust(self, node: str, reason: str) -> None:
        self._refuse(node, reason)
        record = self._records.pop(node)
        raise Distrusted(self._name(node), record.paths, record.digests)

    def _is_true(self, order: DecodeOrder, told: Thumbnail) -> bool:
        """Return whether this computer sees the same picture; one that it cannot read proves nothing."""
        alone = DecodeOrder(order.path, anew=True, trust=order.trust, size=order.size)
        for _, own in self._local.decode([alone], lambda: False):
            if isinstance(own, Thumbnail):
                same = own.facts.digest == told.facts.digest
                return same and own.facts.width == told.facts.width and _is_like(own.jpeg, told.jpeg)
        return True

    def _agrees(self, order: VerificationOrder, told: Judged) -> bool:
        """Return whether this computer judges most pairs of an order in the same way."""
        for _, own in self._local.verify([[order]], 1, lambda: False):
            differ = sum(_kind(one) != _kind(other) for one, other in zip(own, told, strict=True))
            return differ <= _WRONG * len(order.pairs)
        return True


def _kind(judgement: Judgement | Unjudged) -> str:
    """Return what a judgement amounts to."""
    if isinstance(judgement, Unjudged) or judgement.verdict is None:
        return ""
    return judgement.verdict.kind.value


def _is_like(first: bytes, second: bytes) -> bool:
    """Return whether two stored thumbnails show the same."""
    if first == second:
        return True
    try:
        one, other = (
            np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), np.int16) for each in (first, second)
        )
    except OSError:
        return False
    return one.shape == other.shape and float(np.abs(one - other).mean()) <= _LEVELS
