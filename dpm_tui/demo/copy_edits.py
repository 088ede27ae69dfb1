"""Copy edits: the ways in which a second copy of a picture arises, as functions from content to content."""

from __future__ import annotations

import io

from PIL import ExifTags, Image, ImageDraw, ImageFont, ImageOps


def copy_bytes(content: bytes) -> bytes:
    """Return the same file."""
    return content


def save_lossless(content: bytes) -> bytes:
    """Return the same pixels as PNG."""
    buffer = io.BytesIO()
    _open(content).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def send_by_chat(content: bytes) -> bytes:
    """Return a JPEG of low quality without metadata, as messengers make it."""
    return _jpeg(_open(content), 55)


def halve(content: bytes) -> bytes:
    """Return the picture at half its width and height."""
    image = _open(content)
    return _jpeg(image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS))


def save_webp(content: bytes) -> bytes:
    """Return the picture as WebP."""
    buffer = io.BytesIO()
    _open(content).save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def crop(content: bytes) -> bytes:
    """Return 70 % of the width and height, towards the right."""
    image = _open(content)
    left, top = int(image.width * 0.28), int(image.height * 0.06)
    return _jpeg(image.crop((left, top, left + int(image.width * 0.7), top + int(image.height * 0.7))))


def frame_square(content: bytes) -> bytes:
    """Return the picture on a white square."""
    return _jpeg(ImageOps.pad(_open(content), (900, 900), Image.Resampling.LANCZOS, color=(255, 255, 255)))


def add_caption(content: bytes) -> bytes:
    """Return a smaller picture over a white strip with a sentence."""
    image = _open(content)
    image = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)
    strip = image.height // 8
    page = Image.new("RGB", (image.width, image.height + strip), (255, 255, 255))
    page.paste(image, (0, 0))
    font = ImageFont.load_default(strip * 0.5)
    draw = ImageDraw.Draw(page)
    draw.text((strip // 4, image.height + strip // 5), "when the map said left", (0, 0, 0), font)
    return _jpeg(page)


def take_screenshot(content: bytes) -> bytes:
    """Return the picture as a phone shows it, with its bars, as PNG."""
    image = _open(content)
    width, height = 720, 960
    screen = Image.new("RGB", (width, height), (20, 20, 24))
    shown = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    screen.paste(shown, (0, (height - shown.height) // 2))
    draw = ImageDraw.Draw(screen)
    font = ImageFont.load_default(28)
    draw.text((28, 14), "19:32", (235, 235, 240), font)
    draw.rounded_rectangle((630, 20, 690, 44), 6, outline=(235, 235, 240), width=2)
    draw.rectangle((634, 24, 670, 40), fill=(235, 235, 240))
    draw.text((28, 84), "< Photos", (110, 170, 250), font)
    for column in range(4):
        centre = 108 + column * 168
        draw.rounded_rectangle((centre - 22, 880, centre + 22, 924), 12, outline=(150, 150, 160), width=3)
    buffer = io.BytesIO()
    screen.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def turn(content: bytes) -> bytes:
    """Return the pixels turned by a quarter."""
    return _jpeg(_open(content).transpose(Image.Transpose.ROTATE_90))


def mirror(content: bytes) -> bytes:
    """Return the picture with left and right swapped."""
    return _jpeg(ImageOps.mirror(_open(content)))


def tag_orientation(content: bytes) -> bytes:
    """Return turned pixels with the EXIF tag that turns them back: it looks the same."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    buffer = io.BytesIO()
    _open(content).transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=85, exif=exif)
    return buffer.getvalue()


def drain_colour(content: bytes) -> bytes:
    """Return the picture in black and white."""
    return _jpeg(ImageOps.autocontrast(ImageOps.grayscale(_open(content))).convert("RGB"))


def add_watermark(content: bytes) -> bytes:
    """Return the picture with a name written across it."""
    image = _open(content)
    layer = Image.new("L", image.size)
    font = ImageFont.load_default(image.height * 0.16)
    middle = (image.width // 2, image.height // 2)
    ImageDraw.Draw(layer).text(middle, "ANNA PHOTO", 225, font, anchor="mm", stroke_width=3)
    image.paste((255, 255, 255), (0, 0), layer)
    return _jpeg(image)


def cut_short(content: bytes) -> bytes:
    """Return the first part of the file, as a broken transfer leaves it."""
    return content[: len(content) * 2 // 5]


def _open(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int = 85) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
