"""Quick thumbnail: made from the embedded preview of a picture, where that is known to show the same."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace

from PIL import Image

from dpm_tui.pipeline.decoding.embedded_preview import EmbeddedPreview, find_preview
from dpm_tui.pipeline.decoding.preview_proof import begins_alike, show_the_same
from dpm_tui.pipeline.decoding.preview_trust import PreviewTrust
from dpm_tui.pipeline.decoding.thumbnail import (
    MEMORY_BYTES,
    THUMBNAIL_PX,
    Thumbnail,
    decode_thumbnail,
    read_thumbnail,
)
from dpm_tui.pipeline.loading.safe_open import draft, open_picture
from dpm_tui.pipeline.loading.strict_loading import Loaded, load_picture


def decode_quickly(
    content: bytes, trust: PreviewTrust, memory: int = MEMORY_BYTES, digest: str = ""
) -> Thumbnail:
    """Return thumbnail and facts of the picture in ``content``, by its preview if that can be trusted.

    All facts are those of the main picture. They also say what became of the preview: one of a camera that
    is not trusted yet is compared with the picture. Raises UndecodableError.
    """
    digest = digest or hashlib.sha256(content).hexdigest()
    preview = shown = None
    with contextlib.suppress(Exception):  # whatever is odd about a preview, there is the picture
        preview = find_preview(content, memory)
        if preview is not None and preview.camera not in trust.refused:
            shown = _load(preview, memory)
            if shown is not None and not begins_alike(content, preview, shown):
                shown = None
    if preview is None or shown is None:
        return decode_thumbnail(content, memory, digest)
    picture = Loaded(shown)
    quick = decode_thumbnail(content, memory, digest, lambda content, image, memory: picture)
    if not trust.wants_proof(preview.camera, digest):
        return _with_preview(quick, "read", preview.camera)
    full = decode_thumbnail(content, memory, digest)
    if full.reason:  # of a damaged picture nothing can be learned
        return full
    alike = show_the_same(read_thumbnail(full.jpeg), read_thumbnail(quick.jpeg))
    return _with_preview(full, "fits" if alike else "differs", preview.camera)


def _load(preview: EmbeddedPreview, memory: int) -> Image.Image | None:
    """Return the samples of a preview, None if it is damaged."""
    with open_picture(preview.jpeg, memory) as image:
        draft(image, THUMBNAIL_PX, memory)
        loaded = load_picture(preview.jpeg, image, memory)
        return None if loaded.damage else loaded.picture


def _with_preview(thumbnail: Thumbnail, preview: str, camera: int) -> Thumbnail:
    return replace(thumbnail, facts=replace(thumbnail.facts, preview=preview, camera=camera))
