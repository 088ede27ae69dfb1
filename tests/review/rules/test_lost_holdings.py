"""A file that holds more than the one that is kept loses something; the same bytes lose nothing."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.group import Better, Pair
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


def test_the_data_of_a_sensor_are_lost_for_anything_but_the_same_bytes() -> None:
    raw, other = (image_file(number, holds=("raw",), digest=f"{number:02d}" * 32) for number in (1, 2))
    assert weighed(raw, other, Pair(1, 2, Kind.COPY, 0.99)) is Spared.RAW
    assert weighed(raw, image_file(2), Pair(1, 2, Kind.COPY, 0.99)) is Spared.RAW
    same = image_file(2, holds=("raw",), digest="01" * 32)
    assert weighed(raw, same, Pair(1, 2, Kind.IDENTICAL, 1.0)) is None


def test_what_may_have_been_developed_does_not_go_for_the_raw_file() -> None:
    raw = image_file(2, holds=("raw",))
    pair = Pair(1, 2, Kind.COPY, 0.99, better=Better.UNTOLD, reason="raw")
    assert weighed(image_file(1), raw, pair) is Spared.DEVELOPED
    told = Pair(1, 2, Kind.COPY, 0.99, better=Better.SECOND, reason="raw")
    assert weighed(image_file(1), raw, told) is None


def test_fewer_pages_are_less() -> None:
    short, long = (image_file(number, holds=("pages",), frames=2 * number) for number in (1, 2))
    assert not loses(short, long)
    assert loses(image_file(1, holds=("pages",), frames=9), long)
    assert not loses(image_file(1, holds=("movie",), frames=9), image_file(2, holds=("movie",)))


def test_the_same_bytes_lose_nothing() -> None:
    assert not loses(image_file(1, holds=("movie",)), image_file(2, digest=f"{1:064x}"))
