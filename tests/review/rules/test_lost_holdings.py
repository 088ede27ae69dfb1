"""A file that holds more than the one that is kept loses something; the same bytes lose nothing."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.rules.rule import Spared
from tests.review.rules.test_spared_copies import weighed
from tests.support.image_files import image_file


def loses(file: ImageFile, kept: ImageFile) -> bool:
    return weighed(file, kept, Pair(1, 2, Kind.PIXELS, 1.0)) is Spared.HOLDINGS


@pytest.mark.parametrize(
    ("mine", "theirs", "lost"),
    [
        ((), (), False),
        ((), ("movie",), False),
        (("movie",), (), True),
        (("movie",), ("movie",), False),
        (("movie", "gain_map", "edits"), ("gain_map",), True),
        (("depth_map",), ("gain_map",), True),
        (("unheard of",), ("movie",), True),
        (("movie",), ("unheard of",), True),
    ],
)
def test_what_the_kept_file_lacks_is_lost(mine: tuple[str, ...], theirs: tuple[str, ...], lost: bool) -> None:
    assert loses(image_file(1, holds=mine), image_file(2, holds=theirs)) == lost


def test_fewer_pages_are_less() -> None:
    short, long = (image_file(number, holds=("pages",), frames=2 * number) for number in (1, 2))
    assert not loses(short, long)
    assert loses(image_file(1, holds=("pages",), frames=9), long)
    assert not loses(image_file(1, holds=("movie",), frames=9), image_file(2, holds=("movie",)))


def test_the_same_bytes_lose_nothing() -> None:
    assert not loses(image_file(1, holds=("movie",)), image_file(2, digest=f"{1:064x}"))
