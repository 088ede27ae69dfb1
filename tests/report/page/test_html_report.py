"""The HTML report: every group with pictures and reasons, and nothing that a file name could inject."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image

from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import set_language
from dpm_tui.report.page import page_pictures
from dpm_tui.report.page.group_records import Removal
from dpm_tui.report.page.html_report import write_html
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import Spared
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file
from tests.support.pictures import encode, scene

JPEG = b"\xff\xd8 not quite a picture"
NOTHING = Removal({}, {})
FILE = (
    "path", "own", "picture", "width", "height", "size", "facts", "state", "why", "kind", "alike",
    "sentences", "grid", "over", "other",
)  # fmt: skip
GROUP = ("place", "section", "freed", "beside", "weakest", "heading", "files")


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its text and the blocks of data in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        self.shared: dict[str, Any] = self._blocks("report")[0]
        self.pictures = [data for block in self._blocks("pictures") for data in block]
        self.groups = [self._named(group) for block in self._blocks("groups") for group in block]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "img", "br"):
            self._open.append((tag, dict(attrs).get("class") or tag))

    def handle_endtag(self, tag: str) -> None:
        name, _ = self._open.pop()
        assert name == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((self._open[-1][1], data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of this kind."""
        return [attributes for name, attributes in self.tags if name == tag]

    def text_of(self, name: str) -> str:
        """Return the text of the elements of a kind or class."""
        return "".join(text for kind, text in self.texts if kind == name)

    @property
    def files(self) -> list[dict[str, Any]]:
        """Every file of every group."""
        return [file for group in self.groups for file in group["files"]]

    def sentences_on(self, file: Mapping[str, Any]) -> list[str]:
        """Return the sentences on a file, each with its sign."""
        return [" ".join(self.shared["sentences"][number]) for number in file["sentences"]]

    def _blocks(self, name: str) -> list[Any]:
        return [json.loads(text) for kind, text in self.texts if kind == name]

    def _named(self, values: list[Any]) -> dict[str, Any]:
        group = dict(zip(GROUP, values, strict=True))
        group["files"] = [dict(zip(FILE, file, strict=False)) for file in group["files"]]
        return group


def library_of(files: Sequence[ImageFile], groups: Sequence[Group], pairs: Sequence[Pair] = ()) -> Library:
    return Library({file.id: file for file in files}, groups, {(pair.a, pair.b): pair for pair in pairs})


def page_text(library: Library, **values: Any) -> str:
    wanted: dict[str, Any] = {
        "root": b"/home/me/pictures",
        "library": library,
        "removal": NOTHING,
        "thumbnail": lambda digest: JPEG,
        "files": library.files,
    }
    return "".join(write_html(**(wanted | values)))


def page_of(names: Sequence[bytes], **values: Any) -> Page:
    """Return the page for one group of these files."""
    files = [image_file(id_, name) for id_, name in enumerate(names, 1)]
    pairs = [Pair(1, file.id, Kind.COPY, 0.97) for file in files[1:]]
    group = Group("g", 1, tuple(file.id for file in files), 0.97, 1000)
    return Page(page_text(library_of(files, [group], pairs), **values))


def test_every_file_is_there_with_its_picture() -> None:
    page = page_of([b"a/keeper.jpg", b"b/copy.jpg"])
    assert [file["path"] for file in page.files] == ["a/keeper.jpg", "b/copy.jpg"]
    assert [base64.b64decode(page.pictures[file["picture"]]) for file in page.files] == [JPEG, JPEG]
    assert page.files[1]["kind"] == "copy"
    assert page.files[1]["other"] == 0


def test_files_of_the_same_bytes_share_a_picture() -> None:
    files = [image_file(1, digest="ab" * 32), image_file(2, digest="ab" * 32)]
    page = Page(page_text(library_of(files, [Group("g", 1, (1, 2), 1.0, 1000)])))
    assert len(page.pictures) == 1
    assert {file["picture"] for file in page.files} == {0}


HOSTILE = [
    *HOSTILE_NAMES,
    b"<script>alert(1)</script>.jpg",
    b"</script><script>alert(1)</script>.jpg",
    b'" onerror="x.jpg',
    b"&lt;b&gt;.jpg",
    b"<!--<script>.jpg",
    b"{path}${path}$page_title.jpg",
]


def test_no_name_becomes_more_than_text() -> None:
    page = page_of(HOSTILE, root=b"/pictures<img src=x>")
    plain = page_of([b"x.jpg"] * len(HOSTILE))
    assert page.tags[4:] == plain.tags[4:]
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert len(page.files) == len(HOSTILE)
    assert "</script><script>alert(1)</script>.jpg" in [file["path"] for file in page.files]
    assert all(character.isprintable() for file in page.files for character in file["path"])
    assert page.text_of("h1") == "Duplicate pictures in /pictures<img src=x>"


def test_no_name_is_markup_anywhere() -> None:
    files = [image_file(id_, name) for id_, name in enumerate(HOSTILE, 1)]
    group = Group("g", 1, tuple(range(1, len(files) + 1)), 0.9, 1000)
    text = page_text(library_of(files, [group]))
    for block in re.findall(r'<script type="application/json"[^>]*>(.*)</script>', text):
        assert not set("<>&") & set(block)
    assert text.encode("utf-8")


def test_links_lead_to_the_very_file() -> None:
    (file,) = page_of([b"caf\xe9 #1?.jpg"]).files
    assert file["own"] == "caf%E9%20%231%3F.jpg"
    page = page_of([b"plain #1.jpg"], root=b"/home/m\xff/pictures")
    assert page.files[0]["own"] == "", "the script makes it of the path"
    assert page.shared["root"] == "file:///home/m%FF/pictures/"


def test_the_page_fetches_nothing_and_runs_its_own_script_alone() -> None:
    page = page_of([b"a.jpg", b"b.jpg"])
    (policy,) = (meta["content"] for meta in page.of("meta") if "http-equiv" in meta)
    assert policy is not None
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["img-src"] == ["data:"]
    for kind, name in (("script", "script"), ("style", "style")):
        digest = hashlib.sha256(page.text_of(name).encode()).digest()
        assert rules[f"{kind}-src"] == [f"'sha256-{base64.b64encode(digest).decode()}'"]
    named = {key for _, attributes in page.tags for key in attributes}
    assert not named & {"src", "style", "onclick", "onload", "srcset", "data"}
    assert all((link["href"] or "").startswith(("#", "file://")) for link in page.of("a"))
    assert "innerHTML" not in page.text_of("script")


def test_what_the_rule_would_free_is_counted_by_kind_and_variants_stay_apart() -> None:
    files = [image_file(id_, size=1000 * id_) for id_ in range(1, 6)]
    pairs = [Pair(1, 2, Kind.COPY, 0.98), Pair(3, 4, Kind.VARIANT, 0.9), Pair(3, 5, Kind.COPY, 0.97)]
    groups = [Group("v", 3, (3, 4, 5), 0.9, 9000), Group("c", 1, (1, 2), 0.98, 2000)]
    page = Page(page_text(library_of(files, groups, pairs), removal=Removal({2: 1, 5: 3}, {})))
    assert "the rule would free 7.0 KB of the 11 KB beside the kept files" in page.text_of("p")
    cells = [text for kind, text in page.texts if kind == "td"]
    assert cells == ["1", "1", "2.0 KB", "0 B", "1", "2", "5.0 KB", "4.0 KB"]
    assert [(group["section"], group["freed"], group["beside"]) for group in page.groups] == [
        (0, 2000, 2000),
        (1, 5000, 9000),
    ]
    assert [file["state"] for file in page.files] == [0, 1, 0, 2, 1]
    assert page.shared["sections"] == [
        "copy: 1 group, the rule would free 2.0 KB",
        "variant: 1 group, the rule would free 5.0 KB",
    ]


def test_within_a_kind_what_frees_the_most_stands_first() -> None:
    files = [image_file(id_, size=1000 * id_) for id_ in range(1, 7)]
    groups = [Group(str(id_), id_, (id_, id_ + 1), 0.9, 1000 * (id_ + 1)) for id_ in (1, 3, 5)]
    pairs = [Pair(id_, id_ + 1, Kind.COPY, 0.9) for id_ in (1, 3, 5)]
    page = Page(page_text(library_of(files, groups, pairs), removal=Removal({2: 1, 4: 3}, {})))
    assert [file["path"] for file in page.files[::2]] == ["003.jpg", "001.jpg", "005.jpg"]


@pytest.mark.parametrize(
    ("language", "reason", "place", "why"),
    [
        ("en", "- 25% of the pixels", "! differs here: upper left", "cannot tell which is better"),
        ("zh_CN", "- 像素为其 25%", "! 不同之处：左上", "按原尺寸比较后"),
    ],
)
def test_reasons_are_in_words(language: str, reason: str, place: str, why: str) -> None:
    set_language(language)
    files = [image_file(1, width=800, height=600), image_file(2)]
    pair = Pair(1, 2, Kind.COPY, 0.97, bytes([255] + [0] * 63), Better.UNTOLD)
    removal = Removal({}, {2: (1, Spared.UNTOLD)})
    page = Page(page_text(library_of(files, [Group("g", 1, (1, 2), 0.97, 1000)], [pair]), removal=removal))
    said = page.sentences_on(page.files[1])
    assert reason in said
    assert place in said
    assert page.files[1]["why"].startswith(why)
    assert [page.of("html")[0]["lang"]] == [language.replace("_", "-")]


def test_a_map_of_differences_lies_over_the_pictures_that_it_fits() -> None:
    grid = bytes([0, 255] + [0] * 62)

    def maps(kind: Kind, differs: bytes = grid, digests: tuple[str, str] = ("aa", "bb")) -> tuple[str, int]:
        files = [image_file(id_, digest=digest * 32) for id_, digest in enumerate(digests, 1)]
        library = library_of(files, [Group("g", 1, (1, 2), 0.9, 1000)], [Pair(1, 2, kind, 0.9, differs)])
        file = Page(page_text(library)).files[1]
        return file["grid"], file["over"]

    shown = base64.b64encode(grid).decode()
    assert maps(Kind.VARIANT) == (shown, 3)
    assert maps(Kind.CROP) == (shown, 2), "over the content with the smaller digest, the kept one"
    assert maps(Kind.CROP, digests=("bb", "aa")) == (shown, 1)
    assert maps(Kind.COPY, differs=bytes(64)) == ("", 0)


def test_of_too_many_pictures_those_of_the_heaviest_groups_are_in_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_pictures, "AT_MOST", 5)
    files = [image_file(id_, b"%d.jpg" % id_) for id_ in range(1, 8)]
    groups = [
        Group("a", 1, (1, 2), 1.0, 10),
        Group("b", 3, (3, 4), 1.0, 30),
        Group("c", 5, (5, 6, 7), 1.0, 20),
    ]
    page = Page(page_text(library_of(files, groups)))
    assert len(page.pictures) == 5
    shown = {file["path"] for file in page.files if file["picture"] >= 0}
    assert shown == {"3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg"}
    assert "The page holds 5 pictures" in page.text_of("p")
    assert len(page.files) == 7


def test_many_pictures_are_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"1": encode(scene(1, 256, 192)), "2": b"no picture"}

    def thumbnail(digest: str) -> bytes | None:
        return stored[digest[-1]]

    whole = page_of([b"1.jpg", b"2.jpg"], thumbnail=thumbnail)
    assert base64.b64decode(whole.pictures[0]) == stored["1"]
    monkeypatch.setattr(page_pictures, "AS_STORED", 1)
    page = page_of([b"1.jpg", b"2.jpg"], thumbnail=thumbnail)
    assert page.pictures[1] == ""
    with Image.open(io.BytesIO(base64.b64decode(page.pictures[0]))) as image:
        assert image.size == (160, 120)


def test_what_could_not_be_read_is_named_at_the_end_with_its_reason() -> None:
    files = {
        1: image_file(1, b"a.jpg"),
        2: image_file(2, b"<odd>.tif", status="unsupported", reason="a TIFF of <b>JBIG</b>"),
        3: image_file(3, b"torn.jpg", damaged=True, reason="the end is missing"),
    }
    page = Page(page_text(Library(), files=files, unreadable_folders={b"locked": "Permission denied"}))
    assert page.text_of("a") == "<odd>.tiftorn.jpglocked"
    assert not page.of("b")
    for reason in ("unsupported: a TIFF of <b>", "damaged: the end is missing", "Permission denied"):
        assert reason in page.text_of("small")
