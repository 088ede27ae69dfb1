"""Where nodes see the folders of this computer."""

from __future__ import annotations

import pytest

from dpm_tui.errors import UsageError
from dpm_tui.state.path_map import PathMap


@pytest.mark.parametrize(
    ("path", "there"),
    [
        (b"/mnt/nas", b"/volume1/photos"),
        (b"/mnt/nas/2019/a.jpg", b"/volume1/photos/2019/a.jpg"),
        (b"/mnt/nas/old/b.jpg", b"/archive/b.jpg"),
        (b"/mnt/nas2/c.jpg", b"/mnt/nas2/c.jpg"),
        (b"/home/me", b"/home/me"),
    ],
)
def test_the_nearest_folder_decides(path: bytes, there: bytes) -> None:
    places = PathMap.parse(["/mnt/nas=/volume1/photos/", "/mnt/nas/old=/archive"])
    assert places.path_on_nodes(path) == there


def test_a_share_may_be_the_top_over_there() -> None:
    assert PathMap.parse(["/mnt/nas=/"]).path_on_nodes(b"/mnt/nas/a.jpg") == b"/a.jpg"


@pytest.mark.parametrize("word", ["", "/mnt/nas", "nas=/volume1", "/mnt/nas=volume1", "/=/x", "/a/../b=/c"])
def test_a_word_that_says_nothing_is_named(word: str) -> None:
    with pytest.raises(UsageError) as error:
        PathMap.parse([word])
    assert "/here=/there" in error.value.message
