"""Which cameras are trusted, by what is known of the files of a library."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, strategies as st

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import PREVIEWS, Facts
from dpm_tui.pipeline.decoding.preview_trust import EVERY, PROOFS, CameraProofs, PreviewTrust
from tests.support.image_files import image_file

Seen = list[tuple[str, int]]


def facts(number: int, preview: str, camera: int) -> Facts:
    made = image_file(1, digest=f"{number:064x}").facts
    return replace(made, preview=preview, camera=camera)


def known(seen: Seen) -> FileColumns:
    """Return a library in which each content has such a preview."""
    files = [image_file(number, b"%d" % number) for number in range(1, len(seen) + 1)]
    return FileColumns.of(
        replace(file, facts=facts(number, *each))
        for number, (file, each) in enumerate(zip(files, seen, strict=True), 1)
    )


def test_a_camera_is_trusted_once_enough_of_its_pictures_fit() -> None:
    fitting = [("fits", 7)] * (PROOFS - 1)
    assert CameraProofs(known([*fitting, ("read", 7), ("fits", 8)])).trust == PreviewTrust()
    assert CameraProofs(known([*fitting, ("fits", 7)])).trust.trusted == (7,)


def test_one_picture_that_differs_is_enough_to_refuse_it() -> None:
    proofs = CameraProofs(known([("fits", 7)] * 100))
    proofs.note(facts(999, "differs", 7))
    assert (proofs.trust.trusted, proofs.trust.refused) == ((), (7,))
    proofs.note(facts(1000, "fits", 7))
    assert proofs.trust.refused == (7,)


def test_files_of_the_same_bytes_prove_a_camera_once() -> None:
    same = [replace(image_file(id_, b"%d" % id_), facts=facts(1, "fits", 7)) for id_ in range(1, PROOFS + 1)]
    assert CameraProofs(FileColumns.of(same)).trust == PreviewTrust()


@given(st.lists(st.tuples(st.sampled_from(PREVIEWS), st.integers(1, 3)), max_size=30), st.integers(0, 30))
def test_what_was_learned_is_what_the_files_tell_later(seen: Seen, before: int) -> None:
    """A run that is killed anywhere trusts the same cameras when it goes on."""
    proofs = CameraProofs(known(seen[:before]))
    for number, each in enumerate(seen[before:], before + 1):
        proofs.note(facts(number, *each))
    assert proofs.trust == CameraProofs(known(seen)).trust


def test_an_order_names_a_limited_number_of_cameras_and_the_others_are_decoded() -> None:
    proofs = CameraProofs(known([("differs", camera) for camera in range(1, 3001)]))
    assert len(proofs.refused) == 3000
    assert len(proofs.trust.refused) == 1000
    assert all(proofs.trust.wants_proof(camera, "f" * 64) for camera in range(1, 3001))


def test_the_lot_falls_on_one_picture_in_so_many_and_on_all_of_an_unknown_camera() -> None:
    trust = PreviewTrust((7,))
    digests = [f"{number:08x}".ljust(64, "0") for number in range(100 * EVERY)]
    assert sum(trust.wants_proof(7, digest) for digest in digests) == 100
    assert all(trust.wants_proof(8, digest) for digest in digests)
