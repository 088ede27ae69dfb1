"""A file that holds more than the one that is kept loses something; the same bytes lose nothing."""

from __future__ import annotations

import pytest

from dpm_tui.review.rules.lost_holdings import lost_holdings
from tests.support.image_files import image_file


@pytest.mark.parametrize(
    ("mine", "theirs", "lost"),
    [
        ((), (), ()),
        ((), ("movie",), ()),
        (("movie",), (), ("movie",)),
        (("movie",), ("movie",), ()),
        (("movie", "gain_map", "edits"), ("gain_map",), ("movie", "edits")),
        (("depth_map",), ("gain_map",), ("depth_map",)),
    ],
)
def test_what_the_kept_file_lacks_is_lost(
    mine: tuple[str, ...], theirs: tuple[str, ...], lost: tuple[str, ...]
) -> None:
    assert lost_holdings(image_file(1, holds=mine), image_file(2, holds=theirs)) == lost


def test_fewer_pages_are_less() -> None:
    long, short = (image_file(frames, holds=("pages",), frames=frames) for frames in (5, 2))
    assert lost_holdings(long, short) == ("pages",)
    assert lost_holdings(short, long) == ()


def test_the_same_bytes_lose_nothing() -> None:
    assert lost_holdings(image_file(1, holds=("movie",)), image_file(2, digest=f"{1:064x}")) == ()
