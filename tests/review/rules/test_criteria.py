"""Criteria: each is a sieve; near ties decide nothing, and the order of the files never matters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Better, Group, Pair, pair_key
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import UsageError
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.criteria import LIMITS, ORDERED, parse_word, parse_words
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.presets import WORDS_OF, check_name, clean_words, expand
from dpm_tui.review.rules.rule import RULES, protect_folders, read_rule
from tests.review.oracle.keeper_ranking import RANKS

_DAY_NS = 86_400 * 10**9


def make(
    id_: int = 1, path: str = "", *, width: int = 1000, height: int = 1000, size: int = 1000,
    form: str = "JPEG", quality: int = 0, exif: bool = False, taken: str = "", day: int = 100,
) -> ImageFile:  # fmt: skip
    facts = Facts(f"{id_:064x}", form, width, height, quality=quality, has_exif=exif, taken=taken)
    name = path or f"{id_}.jpg"
    return ImageFile(id_, name.encode(), Stamp(size, day * _DAY_NS, 0, 1, id_), facts=facts)


def kept(words: str, *files: ImageFile) -> int:
    """Return the position of the file that a rule of these words keeps; the first is the best one."""
    pairs = [Pair(*pair_key(a.id, b.id), Kind.COPY, 0.9) for a, b in combinations(files, 2)]
    ids = tuple(file.id for file in files)
    index = {(pair.a, pair.b): pair for pair in pairs}
    library = Library({file.id: file for file in files}, (Group("g", ids[0], ids, 0.9, 0),), index)
    led = select_keepers(library, read_rule("x", words.split()), protect_folders(()))
    return ids.index(led.groups[0].keeper)


@pytest.mark.parametrize(
    ("words", "loser", "winner"),
    [
        ("pixels", make(1), make(2, width=1100)),
        ("-pixels", make(1), make(2, width=900)),
        ("lossless", make(1), make(2, form="PNG")),
        ("-lossless", make(1, form="PNG"), make(2)),
        ("quality", make(1, quality=80), make(2, quality=83)),
        ("exif", make(1), make(2, exif=True)),
        ("name", make(1, "a (1).jpg"), make(2, "a.jpg")),
        ("bytes", make(1, size=1000), make(2, size=1100)),
        ("-bytes", make(1, size=1100), make(2, size=1000)),
        ("encoding", make(1, size=1000), make(2, size=1100)),
        ("encoding", make(1, size=1100, form="PNG"), make(2, size=1000, form="BMP")),
        ("date", make(1, day=50), make(2, day=49)),
        ("-date", make(1, day=49), make(2, day=50)),
        ("date", make(1, day=50), make(2, day=90, taken="1970-01-20 10:00:00")),
        ("folder:Camera", make(1, "a.jpg"), make(2, "Camera/2024/b.jpg")),
        ("-folder:Downloads", make(1, "Downloads/a.jpg"), make(2, "b.jpg")),
        ("folder:caf\u00e9", make(1, "a.jpg"), make(2, "cafe\u0301/b.jpg")),
        ("format:heic", make(1), make(2, form="HEIF")),
        ("-format:heic", make(1, form="HEIF"), make(2)),
        ("format:heic format:jpg", make(1, form="PNG"), make(2)),
        ("newest", make(1, day=49), make(2, day=50)),
        ("folder:Camera largest", make(1, width=900), make(2)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_criterion_keeps_the_better_file(words: str, loser: ImageFile, winner: ImageFile) -> None:
    assert kept(words, loser, winner) == 1
    assert kept(words, winner, loser) == 0


@pytest.mark.parametrize(
    ("words", "one", "other"),
    [
        ("pixels", make(1, width=1000), make(2, width=1019)),
        ("bytes", make(1, size=1000), make(2, size=1040)),
        ("quality", make(1, quality=92), make(2, quality=94)),
        ("quality", make(1, quality=92), make(2, form="WEBP")),
        ("encoding", make(1, size=10), make(2, size=1000, form="PNG")),
        ("date", make(1, day=50), make(2, day=50)),
        ("folder:Camera", make(1, "Camera2/a.jpg"), make(2, "b.jpg")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_near_tie_is_left_to_the_next_criterion(words: str, one: ImageFile, other: ImageFile) -> None:
    assert (kept(words, one, other), kept(words, other, one)) == (0, 0)
    assert kept(f"{words} name", make(9, "copy of it.jpg"), other) == 1


def test_a_crop_that_one_of_two_copies_was_compared_with_says_nothing_of_their_detail() -> None:
    best, copy, framed = make(1, "a.jpg"), make(2, "Camera/a.jpg"), make(3, "b.jpg")
    pairs = {
        (1, 2): Pair(1, 2, Kind.COPY, 0.98),
        (1, 3): Pair(1, 3, Kind.CROP, 0.9, better=Better.FIRST, reason="frame", amount=0.8),
    }
    files = {file.id: file for file in (best, copy, framed)}
    library = Library(files, (Group("g", 1, (1, 2, 3), 0.9, 0),), pairs)
    rule = read_rule("x", ["detail", "folder:Camera"])
    assert select_keepers(library, rule, protect_folders(())).groups[0].keeper == copy.id


def test_near_is_measured_from_the_best_and_not_along_a_chain() -> None:
    """Neighbours within two per cent do not pull in one that is three per cent below the best."""
    files = [make(1, width=970), make(2, width=985), make(3, width=1000)]
    assert kept("pixels", *files) == 1
    assert kept("pixels bytes", *files[:2], make(3, width=1000, size=2000)) == 2
    assert kept("pixels bytes", make(1, width=970, size=9000), *files[1:]) == 1


def test_the_first_criterion_that_tells_two_apart_decides() -> None:
    small, large = make(1, width=500, exif=True), make(2, width=2000)
    assert kept("exif pixels", large, small) == 1
    assert kept("pixels exif", small, large) == 1


@pytest.mark.parametrize("words", ["best largest", " ".join(WORDS_OF["best"])])
def test_an_own_order_like_the_default_keeps_what_the_default_keeps(words: str) -> None:
    files = [make(3, form="PNG"), make(1, size=900, quality=80), make(2, quality=90), make(4, exif=True)]
    assert [kept(words, *files[turn:], *files[:turn]) for turn in range(4)] == [0, 3, 2, 1]


@given(st.lists(st.integers(0, 3), min_size=3, max_size=12))
def test_the_fixed_rules_are_the_same_in_columns(numbers: list[int]) -> None:
    """What an election by a fixed rule keeps, its rank keeps as well."""
    files = [
        make(id_, size=1000 + a, width=1000 + 100 * b, day=1 + c, form=("JPEG", "PNG")[a % 2], quality=90 + b)
        for id_, (a, b, c) in enumerate(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False), 1)
    ]
    for name in RANKS:
        chosen = files[kept(f"{name} name", *files)]
        assert RANKS[name](chosen) == min(map(RANKS[name], files))


WORD = st.sampled_from(
    [*ORDERED, *(f"-{word}" for word in ORDERED), "folder:a", "-folder:b", "format:png", "newest"]
)
FILE = st.builds(
    make, width=st.sampled_from([970, 985, 1000, 2000]), size=st.sampled_from([0, 1000, 1040, 1090, 5000]),
    form=st.sampled_from(["JPEG", "PNG", "WEBP"]), quality=st.sampled_from([0, 90, 92, 94]),
    exif=st.booleans(),
    taken=st.sampled_from(["", "2020-01-01 00:00:00", "never", "0000-99-99 00:00:00"]), day=st.integers(1, 4),
    path=st.sampled_from(["a/x.jpg", "b/x copy.jpg", "c.jpg"]),
)  # fmt: skip


@given(
    st.lists(WORD, min_size=1, max_size=6, unique_by=lambda word: word.lstrip("-")),
    st.lists(FILE, min_size=2, max_size=6),
)
def test_any_rule_keeps_one_of_any_files(words: Sequence[str], drawn: list[ImageFile]) -> None:
    """Whatever is unknown of them; the numbers of the files do not matter."""
    files = [make_like(file, place) for place, file in enumerate(drawn, 1)]
    again = [make_like(file, place + 90) for place, file in enumerate(drawn, 1)]
    assert kept(" ".join(words), *files) == kept(" ".join(words), *again)


def make_like(file: ImageFile, id_: int) -> ImageFile:
    """Return a file with an id and a path of its own."""
    path = file.path.decode().replace(".", f"{id_}.")
    return ImageFile(id_, path.encode(), file.stamp, facts=file.facts)


@pytest.mark.parametrize(
    "text",
    ["", "pixel", "-", "-best", "-other-folder", "pixels:3", "folder", "folder:", "folder:/", "folder:../x",
     "format:jpgg", "format", "mark-in:", "esc\x1b[2J"],
)  # fmt: skip
def test_a_word_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError) as failure:
        parse_word(text)
    assert "\x1b" not in failure.value.message
    assert text.strip("\x1b[2J") in failure.value.message


def test_words_are_cleaned() -> None:
    assert clean_words([" Pixels ", "folder:/Camera//2024/", "format:.JPG"]) == (
        "pixels", "folder:Camera/2024", "format:jpg",
    )  # fmt: skip


@pytest.mark.parametrize("texts", [[], ["pixels", "-pixels"], ["folder:a", "folder:a/"]])
def test_a_rule_has_each_word_once(texts: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_words(texts)


@pytest.mark.parametrize(
    "name", ["", " x", "best", "keeper", "hand", "x" * 25, "a\x1bb", "-x", "a\nb"], ids=ascii
)
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


def test_fixed_rules_spread_into_words_that_can_be_arranged() -> None:
    for name in RULES:
        assert all(word.lstrip("-") in ORDERED for word in expand((name,)))
    assert expand(("-pixels", "largest")) == ("-pixels", "bytes")


def test_every_limit_has_a_meaning() -> None:
    allowed = {
        name: [
            LIMITS[name]("a/b" if name == "keep-in" else "d")(b"a/b", file) for file in (b"a/b", b"a/c", b"d")
        ]
        for name in LIMITS
    }
    assert allowed == {
        "other-folder": [False, True, True],
        "other-top": [False, False, True],
        "same-folder": [True, False, False],
        "mark-in": [False, False, True],
        "keep-in": [True, True, True],
    }
