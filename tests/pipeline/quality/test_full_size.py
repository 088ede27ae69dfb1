"""Pictures at full size: whatever way is taken to the samples, the same picture comes out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps

from dpm_tui.pipeline.quality.full_size import decode_full_size


def jpeg(mode: str = "RGB", orientation: int = 1, profile: bytes = b"", **options: object) -> bytes:
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 255, (5, 7, 3), np.uint8)).resize((70, 50)).convert(mode)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif, icc_profile=profile, **options)
    return stream.getvalue()


def shown(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_stands_upright_as_pillow_shows_it(mode: str, orientation: int) -> None:
    content = jpeg(mode, orientation, quality=90)
    stored, file = decode_full_size(content)
    picture = stored.pixels
    expected = np.asarray(shown(content))
    assert picture.shape == expected.shape
    assert np.abs(picture.astype(int) - expected).max() <= 1
    assert (file.bytes, file.lossy, file.quality) == (len(content), True, 90)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"subsampling": 1}])
def test_every_kind_of_jpeg_is_read(options: dict[str, object]) -> None:
    content = jpeg(**options)
    assert np.abs(decode_full_size(content)[0].pixels.astype(int) - np.asarray(shown(content))).max() <= 1


def test_a_profile_that_is_broken_or_srgb_changes_nothing() -> None:
    plain, broken = jpeg(), jpeg(profile=b"no profile at all")
    assert (decode_full_size(plain)[0].pixels == decode_full_size(broken)[0].pixels).all()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (decode_full_size(plain)[0].pixels == decode_full_size(jpeg(profile=srgb))[0].pixels).all()


def test_a_torn_jpeg_is_read_as_far_as_it_goes() -> None:
    whole = jpeg(quality=95)
    torn = decode_full_size(whole[: len(whole) * 3 // 4])[0].pixels
    assert torn.shape == (50, 70, 3)
    assert (torn[:8] == decode_full_size(whole)[0].pixels[:8]).all()
