"""Contents stand in the order of the files that hold them, as if each were ranked by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.pipeline.file_pairs import index_contents
from dpm_tui.pipeline.keeper_order import order_contents
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from tests.review.libraries import libraries
from tests.review.oracle.keeper_ranking import rank_best
from tests.support.image_files import image_file

ONE = "aa" * 32


@given(libraries())
def test_contents_are_ordered_as_one_by_one(library: Library) -> None:
    by_digest = {str(id_): [file] for id_, file in library.files.items()}
    places = order_contents(by_digest, by_digest, rank_best_rows)
    ranked = sorted(library.files.values(), key=lambda file: (rank_best(file), file.path))
    assert places == {str(file.id): place for place, file in enumerate(ranked)}


def test_of_no_contents_there_is_no_order() -> None:
    assert order_contents([], {}, rank_best_rows) == {}


def held(library: Library) -> FileColumns:
    """Return the files, every two of them with a content of their own."""
    files = enumerate(library.files.values())
    return FileColumns.of(
        [replace(file, facts=replace(file.facts, digest=f"{number // 2:064x}")) for number, file in files]
    )


@given(libraries())
def test_an_index_of_columns_tells_the_same_as_objects(library: Library) -> None:
    index = index_contents(held(library))
    digests = list(index)
    assert order_contents(digests, index, rank_best_rows) == order_contents(
        digests, dict(index), rank_best_rows
    )


def test_the_next_file_stands_in_for_a_first_one_that_left() -> None:
    files = FileColumns.of([image_file(1, digest=ONE), image_file(2, digest=ONE)])
    index = index_contents(files)
    files.remove(1)
    assert order_contents([ONE], index, rank_best_rows) == {ONE: 0}


def test_a_content_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        order_contents([ONE], index_contents(FileColumns.of([])), rank_best_rows)
