"""What a cluster digested ahead is not digested again, and proves what one file after the other would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dpm_tui.catalog.image_file import NO_FACTS, ImageFile, Stamp
from dpm_tui.pipeline.verification.pixel_equality import PixelProof

ONE, OTHER, THIRD = ("1" * 64, "2" * 64, "3" * 64)


def file_of(number: int, digest: str, **facts: object) -> ImageFile:
    """Return a JPEG file of a content."""
    known = replace(NO_FACTS, digest=digest, format="JPEG", width=40, height=30, **facts)  # type: ignore[arg-type]
    return ImageFile(number, b"%d.jpg" % number, Stamp(9, 1, 1, 1, number), facts=known)


def test_files_are_digested_together_and_once() -> None:
    files = {digest: [file_of(number, digest)] for number, digest in enumerate((ONE, OTHER, THIRD), 1)}
    asked: list[Sequence[bytes]] = []

    def digest_many(paths: Sequence[bytes]) -> dict[bytes, str]:
        asked.append(paths)
        return {path: "" if path == b"3.jpg" else "a" * 64 for path in paths}

    def digest_one(path: bytes) -> str:
        raise AssertionError("was digested before")

    kept: list[ImageFile] = []
    proof = PixelProof(files, digest_one, kept.append, digest_many)
    proof.foresee([((ONE, OTHER), 0.1), ((ONE, THIRD), 0.2), ((OTHER, THIRD), 9.0)])
    proof.foresee([((ONE, OTHER), 0.1), ((ONE, THIRD), 0.2)])
    assert asked == [[b"1.jpg", b"2.jpg", b"3.jpg"]]
    assert proof.holds(ONE, OTHER, 0.1)
    assert not proof.holds(ONE, THIRD, 0.2)
    assert not proof.holds(OTHER, THIRD, 9.0)
    assert {file.facts.pixels for file in kept} == {"a" * 64}


def test_what_cannot_be_equal_is_not_looked_at() -> None:
    files = {ONE: [file_of(1, ONE)], OTHER: [file_of(2, OTHER, holds=("movie",))]}
    proof = PixelProof(
        files, lambda path: "a" * 64, lambda file: None, lambda paths: dict.fromkeys(paths, "a")
    )
    proof.foresee([((ONE, OTHER), 0.0)])
    assert not proof.holds(ONE, OTHER, 0.0)
