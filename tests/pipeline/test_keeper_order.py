"""Contents stand in the order of the files that hold them, as if each were ranked by itself."""

from __future__ import annotations

from hypothesis import given

from dpm_tui.pipeline.keeper_order import order_contents
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from tests.review.libraries import libraries
from tests.review.oracle.keeper_ranking import rank_best


@given(libraries())
def test_contents_are_ordered_as_one_by_one(library: Library) -> None:
    by_digest = {str(id_): [file] for id_, file in library.files.items()}
    places = order_contents(by_digest, by_digest, rank_best_rows)
    ranked = sorted(library.files.values(), key=lambda file: (rank_best(file), file.path))
    assert places == {str(file.id): place for place, file in enumerate(ranked)}


def test_of_no_contents_there_is_no_order() -> None:
    assert order_contents([], {}, rank_best_rows) == {}
