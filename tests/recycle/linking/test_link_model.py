"""The model of the library with hard links in place of identical files: no content is ever lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings, strategies as st
from hypothesis.stateful import initialize, invariant, rule

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move
from tests.recycle.library import contents_below
from tests.recycle.test_model import LibraryMachine


class LinkMachine(LibraryMachine):
    """Names come and go with links, so contents are not counted: none may vanish while a name is due."""

    @initialize()
    def begin_with_links(self) -> None:
        self.link = Link.NONE

    @rule(link=st.sampled_from([Link.NONE, Link.HARD, Link.HARD]))
    def choose(self, link: Link) -> None:
        self.link = link

    def move_of(self, victim: bytes, keeper: bytes) -> Move:
        move = super().move_of(victim, keeper)
        return replace(move, link=self.link) if move.kind is Kind.IDENTICAL else move

    @invariant()
    def contents_are_conserved(self) -> None:
        if hasattr(self, "library"):
            census = self.library.census()
            due = {content for content, count in self.expected.items() if count > 0}
            assert due <= census.keys(), (due - census.keys(), self.library.pictures())

    @invariant()
    def nothing_half_done_is_left(self) -> None:
        if hasattr(self, "library"):
            left = contents_below(self.library.root)
            assert not [path for path in left if b"/links/" in path or path.endswith(b"/link.part")]


LinkMachine.TestCase.settings = settings(LibraryMachine.TestCase.settings, max_examples=40)
TestLinks = LinkMachine.TestCase
