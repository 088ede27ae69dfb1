"""What can be freed by kind and by folder: the sums fit the groups, and protected files do not count."""

from __future__ import annotations

from hypothesis import given

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.reclaimable_parts import find_parts
from dpm_tui.review.rules.rule import protect_folders
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.review.libraries import libraries
from tests.tui.samples.library import Sample

NOBODY = protect_folders(())


def library() -> Library:
    sample = Sample()
    sample.add(
        ("a/one.jpg", 100, 100, 500),
        ("a/old/one.jpg", 100, 100, 400, Kind.IDENTICAL, 1.0),
        ("b/one.jpg", 50, 50, 300, Kind.COPY, 0.99),
    )
    sample.add(("b/two.jpg", 100, 100, 90), ("two.jpg", 100, 100, 80, Kind.IDENTICAL, 1.0))
    return unpack_library(sample.pack())


def test_kinds_come_first_and_count_what_lies_beside_the_keepers() -> None:
    kinds = [part for part in find_parts(library(), NOBODY) if part.kind is not None]
    assert [(part.kind, part.files, part.bytes) for part in kinds] == [
        (Kind.IDENTICAL, 2, 480),
        (Kind.COPY, 1, 300),
    ]


def test_a_folder_holds_what_lies_below_it_and_the_heaviest_comes_first() -> None:
    folders = [part for part in find_parts(library(), NOBODY) if part.kind is None]
    assert [(part.folder, part.files, part.bytes) for part in folders] == [
        (b"", 3, 780),
        (b"a/old", 1, 400),
        (b"b", 1, 300),
    ]


def test_protected_files_free_nothing() -> None:
    parts = find_parts(library(), protect_folders(["b"]))
    assert [part.kind for part in parts if part.kind] == [Kind.IDENTICAL]
    (protected,) = (part for part in parts if part.protected)
    assert protected.folder == b"b"


def test_nothing_is_found_in_an_empty_library() -> None:
    assert find_parts(Library(), NOBODY) == ()


@given(libraries())
def test_kinds_add_up_to_what_the_groups_could_free(found: Library) -> None:
    kinds = [part for part in find_parts(found, NOBODY) if part.kind is not None]
    assert sum(part.bytes for part in kinds) == sum(group.reclaimable_bytes for group in found.groups)
