"""Criteria: each is a sieve; near ties decide nothing, and the order of the files never matters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_tui.errors import UsageError
from dpm_tui.pipeline.image_file import Facts, ImageFile, Stamp
from dpm_tui.review.criteria import LIMITS, ORDERED, parse_word, parse_words, sift_of
from dpm_tui.review.presets import WORDS_OF, check_name, clean_words, expand
from dpm_tui.review.rules import RULES, choose_keeper, read_rule

_DAY_NS = 86_400 * 10**9


def make(
    id_: int = 1, path: str = "", *, width: int = 1000, height: int = 1000, size: int = 1000,
    form: str = "JPEG", quality: int = 0, exif: bool = False, taken: str = "", day: int = 100,
) -> ImageFile:  # fmt: skip
    facts = Facts(f"{id_:064x}", form, width, height, quality=quality, has_exif=exif, taken=taken)
    name = path or f"{id_}.jpg"
    return ImageFile(id_, name.encode(), Stamp(size, day * _DAY_NS, 0, 1, id_), facts=facts)


def kept(words: str, *files: ImageFile) -> int:
    """Return the position of the file that a rule of these words keeps; the hub is the first."""
    chosen = choose_keeper(
        {file.id: file for file in files}, [file.id for file in files], read_rule("x", words.split())
    )
    return [file.id for file in files].index(chosen)


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


def test_near_is_measured_from_the_best_and_not_along_a_chain() -> None:
    """Neighbours within two per cent do not pull in one that is three per cent below the best."""
    files = [make(1, width=970), make(2, width=985), make(3, width=1000)]
    assert [file.id for file in sift_of(parse_word("pixels"))(files)] == [2, 3]


def test_the_first_criterion_that_tells_two_apart_decides() -> None:
    small, large = make(1, width=500, exif=True), make(2, width=2000)
    assert kept("exif pixels", large, small) == 1
    assert kept("pixels exif", small, large) == 1


def test_an_own_order_like_the_default_keeps_what_the_default_keeps() -> None:
    files = [make(1, size=900, quality=80), make(2, quality=90), make(3, form="PNG"), make(4, exif=True)]
    for words in (["best"], list(WORDS_OF["best"])):
        assert choose_keeper({file.id: file for file in files}, [3, 1, 2, 4], read_rule("x", words)) == 3


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
    st.lists(FILE, min_size=1, max_size=6),
    st.randoms(),
)
def test_what_is_kept_does_not_depend_on_the_order_of_the_files(
    words: Sequence[str], drawn: list[ImageFile], random: object
) -> None:
    files = {id_: make_like(file, id_) for id_, file in enumerate(drawn, 1)}
    rule = read_rule("x", words)
    ids = list(files)
    first = choose_keeper(files, ids, rule)
    shuffled = ids[1:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose_keeper(files, [ids[0], *shuffled], rule) == first
    without = [id_ for id_ in ids if id_ == first or id_ == ids[0]]
    for sift in rule.order:
        assert sift([files[id_] for id_ in without])


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
    one, near, far = make(1, "a/b/1.jpg"), make(2, "a/c/2.jpg"), make(3, "d/3.jpg")
    allowed = {
        name: [LIMITS[name]("a/b" if name == "keep-in" else "d")(one, file) for file in (one, near, far)]
        for name in LIMITS
    }
    assert allowed == {
        "other-folder": [False, True, True],
        "other-top": [False, False, True],
        "same-folder": [True, False, False],
        "mark-in": [False, False, True],
        "keep-in": [True, True, True],
    }
