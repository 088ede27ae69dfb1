"""Page pictures: which pictures lie in the page, and how large, so that a browser can still open it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Collection, Iterable, Iterator

from PIL import Image

from dpm_tui.catalog.group import Group
from dpm_tui.review.library.library import Library

AS_STORED = 4000
"""Pictures up to which a page holds the thumbnails as they are, some 100 MB."""
AT_MOST = 24_000
"""Pictures that a page holds in any case; more than AS_STORED are made small, some 6 KB each."""
CHUNK = 50
"""Pictures that lie in the page together: a browser unpacks as many when it needs one of them."""
_SMALL_PX, _SMALL_QUALITY = 160, 70

Thumbnail = Callable[[str], bytes | None]


def choose_pictures(library: Library, groups: Iterable[Group], most: int | None = None) -> dict[str, int]:
    """Return digest -> place of the pictures that a page holds, in the order of its ``groups``.

    A content has one picture, however many files have it. Where there are too many, at most ``most``, groups
    that would free the most come first, and none has a part of its pictures.
    """
    most = AT_MOST if most is None else most
    digests = {group.id: _digests(library, group) for group in groups}
    chosen: set[str] = set()
    for group in sorted(library.groups, key=lambda group: -group.reclaimable_bytes):
        missing = set(digests[group.id]) - chosen
        if len(chosen) + len(missing) <= most:
            chosen |= missing
    ordered = (digest for own in digests.values() for digest in own if digest in chosen)
    return {digest: place for place, digest in enumerate(dict.fromkeys(ordered))}


def _digests(library: Library, group: Group) -> list[str]:
    digests = (library.files[id_].facts.digest for id_ in group.members)
    return [digest for digest in digests if digest]


def encode_pictures(digests: Collection[str], thumbnail: Thumbnail) -> Iterator[list[str]]:
    """Yield the pictures as base64 of JPEGs, CHUNK at a time; empty for one that cannot be read."""
    chunk: list[str] = []
    for digest in digests:
        jpeg = thumbnail(digest)
        if jpeg is not None and len(digests) > AS_STORED:
            jpeg = _shrink(jpeg)
        chunk.append(base64.b64encode(jpeg).decode("ascii") if jpeg else "")
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _shrink(jpeg: bytes) -> bytes | None:
    """Return a smaller JPEG of a thumbnail, None if it cannot be read."""
    small = io.BytesIO()
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            image.draft("RGB", (_SMALL_PX, _SMALL_PX))
            image.thumbnail((_SMALL_PX, _SMALL_PX))
            image.save(small, "JPEG", quality=_SMALL_QUALITY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return small.getvalue()
