"""The HTML report: every file of every group with its picture, and nothing that a file name could inject."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.report import html_report
from dpm_tui.report.html_report import write_html
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file

JPEG = b"\xff\xd8 not quite a picture"


FREE = ReclaimableSpace(2, 2000, 5000)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and the text of the links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[str] = []
        self._in_link = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_link = tag == "a"
        if self._in_link:
            self.links.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_link = self._in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._in_link:
            self.links[-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of this kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(names: Sequence[bytes], root: bytes = b"/home/me/pictures") -> Page:
    """Return the page for one group of these files."""
    files = {id_: image_file(id_, name) for id_, name in enumerate(names, 1)}
    pairs = {(1, id_): Pair(1, id_, Kind.COPY, 0.97) for id_ in list(files)[1:]}
    group = Group("g", 1, tuple(files), 0.97, 1000)
    text = "".join(
        write_html(
            root=root, files=files, groups=[group], pairs=pairs, freeable=FREE, thumbnail=lambda digest: JPEG
        )
    )
    return Page(text)


def test_every_file_is_there_with_its_picture() -> None:
    page = page_of([b"a/keeper.jpg", b"b/copy.jpg"])
    assert page.links == ["a/keeper.jpg", "b/copy.jpg"]
    source = page.of("img")[0]["src"] or ""
    assert base64.b64decode(source.partition(",")[2]) == JPEG
    assert [figure.get("class") for figure in page.of("figure")] == ["kept", None]


def test_no_name_becomes_more_than_text() -> None:
    names = [*HOSTILE_NAMES, b"<script>alert(1)</script>.jpg", b'" onerror="x.jpg', b"&lt;b&gt;.jpg"]
    page = page_of(names, root=b"/pictures<img src=x>")
    plain = page_of([b"x.jpg"] * len(names))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert not page.of("script")
    assert len(page.links) == len(names)
    assert "<script>alert(1)</script>.jpg" in page.links
    assert all(set(attributes) <= {"href"} for attributes in page.of("a"))
    assert all(character.isprintable() for link in page.links for character in link)


def test_links_lead_to_the_very_file() -> None:
    (link,) = (a["href"] for a in page_of([b"caf\xe9 #1?.jpg"]).of("a"))
    assert link == "file:///home/me/pictures/caf%E9%20%231%3F.jpg"


def test_the_page_fetches_and_runs_nothing() -> None:
    page = page_of([b"a.jpg", b"b.jpg"])
    (policy,) = (meta["content"] for meta in page.of("meta") if "http-equiv" in meta)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in page.of("img"))


def test_a_page_that_would_be_too_large_goes_on_without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_report, "MAX_PICTURES", 3)
    files = {id_: image_file(id_, b"%d.jpg" % id_) for id_ in range(1, 7)}
    groups = [Group(str(i), i, (i, i + 1), 1.0, 10) for i in (1, 3, 5)]
    pieces = write_html(
        root=b"/r", files=files, groups=groups, pairs={}, freeable=FREE, thumbnail=lambda digest: JPEG
    )
    text = "".join(pieces)
    assert "the rule would free 2.0 KB of the 5.0 KB beside the kept files" in text
    page = Page(text)
    assert len(page.of("img")) == 2
    assert len(page.links) == 6
    assert text.count("<p>") == 2


def test_what_could_not_be_read_is_named_at_the_end_with_its_reason() -> None:
    files = {
        1: image_file(1, b"a.jpg"),
        2: image_file(2, b"<odd>.tif", status="unsupported", reason="a TIFF of <b>JBIG</b>"),
        3: image_file(3, b"torn.jpg", damaged=True, reason="the end is missing"),
    }
    folders = {b"locked": "Permission denied"}
    pieces = write_html(
        root=b"/r",
        files=files,
        groups=[],
        pairs={},
        freeable=FREE,
        thumbnail=lambda digest: None,
        unreadable_folders=folders,
    )
    text = "".join(pieces)
    page = Page(text)
    assert page.links == ["<odd>.tif", "torn.jpg", "locked"]
    assert not page.of("b")
    for reason in ("unsupported: a TIFF of", "damaged: the end is missing", "Permission denied"):
        assert reason in text
