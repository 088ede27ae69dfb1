"""What a run needs of a decoder: files in, thumbnails and verdicts out, in processes that may die."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.pipeline.decoding.preview_trust import PreviewTrust
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail


@dataclass(frozen=True, slots=True)
class Known:
    """The file's content has a thumbnail already; the file was only hashed, not decoded."""

    digest: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose picture cannot be decoded; ``digest`` is empty where its bytes could not be read."""

    status: Status
    reason: str
    digest: str = ""


Decoded = Thumbnail | Known | Unreadable


@dataclass(frozen=True, slots=True)
class DecodeOrder:
    """A file to decode; without ``anew`` a content that has a thumbnail is only hashed.

    With ``trust`` its embedded preview may stand for the picture. ``size`` is that of the file in bytes when
    it was found, -1 where that is not known.
    """

    path: bytes
    anew: bool = False
    trust: PreviewTrust | None = None
    size: int = -1


@dataclass(frozen=True, slots=True)
class InspectionOrder:
    """Two files to look at as a pair at full size, with the digests of their contents in this order."""

    first: bytes
    second: bytes
    digests: tuple[str, str]


@dataclass(frozen=True, slots=True)
class VerificationOrder:
    """Candidates to judge by their thumbnails in one go: each a pair of contents with its cosine."""

    pairs: tuple[tuple[DigestPair, float], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What two thumbnails say of a pair: its verdict, or None where they are not alike.

    ``apart`` is the mean difference of the thumbnails of a copy in levels, infinite where nobody measured it.
    """

    verdict: Verdict | None
    apart: float = math.inf


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a pair was not judged: thumbnails that cannot be read, by their digests, or what went wrong."""

    lost: tuple[str, ...] = ()
    reason: str = ""


class Wait(Enum):
    """What may come from a lane of orders in the place of an order."""

    LATER = "later"
    """The next order depends on answers that are under way: ask again."""


class Decoder(Protocol):
    """Decodes files below the root. One broken file costs only itself."""

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        """Yield each order with its result, in any order; stops early when cancelled."""

    def digest_pixels(self, path: bytes) -> str:
        """Return the digest of the pixels at full size, empty if they cannot be decoded."""

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        """Yield each order with what was found, or why one of the two cannot be decoded; in any order."""

    def verify(
        self, lanes: Iterable[Iterable[VerificationOrder | Wait]], count: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[VerificationOrder, list[Judgement | Unjudged]]]:
        """Yield each order with an answer for each of its pairs, up to ``count`` at a time, in any order.

        Orders of one lane are about the same pictures.
        """
