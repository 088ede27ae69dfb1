"""Picture files that hold more than their picture, put together by hand as cameras do it."""

from __future__ import annotations

import io
import struct

from PIL import Image

from tests.support.pictures import encode, scene, with_segment

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CAMERA = "http://ns.google.com/photos/1.0/camera/"
GAIN_MAP = "http://ns.adobe.com/hdr-gain-map/1.0/"
RAW_SETTINGS = "http://ns.adobe.com/camera-raw-settings/1.0/"


def xmp(prefix: str, namespace: str, body: str = "", **properties: str) -> bytes:
    """Return an XMP packet of some properties of one namespace."""
    own = " ".join(f'{prefix}:{name}="{value}"' for name, value in properties.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f'<rdf:Description xmlns:{prefix}="{namespace}" {own}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def with_xmp(jpeg: bytes, packet: bytes) -> bytes:
    """Return a JPEG with an XMP packet."""
    return with_segment(jpeg, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def movie(brand: bytes = b"mp42", size: int = 4000) -> bytes:
    """Return what begins as an MP4 file does."""
    return box(b"ftyp", brand + bytes(4) + b"isommp42") + box(b"mdat", bytes(range(256)) * (size // 256))


def box(kind: bytes, body: bytes) -> bytes:
    """Return a box of the ISO media format."""
    return struct.pack(">I", len(body) + 8) + kind + body


def motion_photo(jpeg: bytes) -> bytes:
    """Return a Motion Photo as Pixel phones make them."""
    return with_xmp(jpeg, xmp("GCamera", CAMERA, MotionPhoto="1")) + movie()


def samsung_motion_photo(jpeg: bytes) -> bytes:
    """Return a JPEG with a movie in Samsung's trailer."""
    table = b"SEFH" + struct.pack("<III", 106, 1, 0x0A30) + bytes(8)
    name = b"MotionPhoto_Data"
    return jpeg + b"\0\0\x30\x0a" + struct.pack("<I", len(name)) + name + movie() + table + b"\x18\0\0\0SEFT"


def ultra_hdr(jpeg: bytes, gain_map: bytes | None = None) -> bytes:
    """Return a JPEG with a gain map behind it."""
    packet = xmp("hdrgm", GAIN_MAP, Version="1.0")
    return with_xmp(jpeg, packet) + (encode(scene(9, 96, 72).convert("L")) if gain_map is None else gain_map)


def stereo(*pictures: Image.Image) -> bytes:
    """Return an MPO file."""
    target = io.BytesIO()
    pictures[0].save(target, "MPO", save_all=True, append_images=list(pictures[1:]))
    return target.getvalue()


def album(*pictures: Image.Image, primary: int) -> bytes:
    """Return a HEIF file of several pictures, each as it is."""
    import pillow_heif  # here, so that only tests that write HEIC files load the encoder

    heif = pillow_heif.HeifFile()
    for picture in pictures:
        heif.add_from_pillow(picture)
    target = io.BytesIO()
    heif.save(target, primary_index=primary, quality=-1, chroma=444, matrix_coefficients=0)
    return target.getvalue()
