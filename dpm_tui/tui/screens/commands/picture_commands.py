"""The commands that choose which pictures of a group are shown, and how."""

from __future__ import annotations

from typing import Protocol

from dpm_tui.locale import translate
from dpm_tui.review.library.group_links import weakest_link
from dpm_tui.review.library.list_layout import ListPosition
from dpm_tui.tui.screens.base.command_host import Handlers, OpenerHost, SessionHost
from dpm_tui.tui.screens.base.pair_pictures import PairHost


class PictureHost(PairHost, SessionHost, OpenerHost, Protocol):
    """A screen with previews and reasons."""

    def show_title(self) -> None:
        """Show the title as it is now."""

    def show_cursor(self, before: ListPosition) -> None:
        """Show the file under the cursor, which was elsewhere ``before``."""

    def show_pictures(self) -> None:
        """Show the pictures and reasons for the cursor."""


class PictureCommands:
    """Commands of the scope ``picture``."""

    def __init__(self, host: PictureHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "flip": self._flip,
            "side_by_side": self._side_by_side,
            "difference": self._difference,
            "full_view": self._full_view,
            "gallery": self._gallery,
            "next_pair": self._next_pair,
            "previous_pair": self._previous_pair,
            "weakest_pair": self._weakest_pair,
        }

    def title_state(self) -> list[tuple[str, str]]:
        """Return for the title that differences are shown instead of the pictures as they are."""
        shows = self._host.comparison.difference
        return [(f"  {translate('tui.shows_difference')}", "notice")] if shows else []

    def _flip(self) -> None:
        """Go to the counterpart, shown in the same place; with several pictures, swap them."""
        before = self._host.session.cursor
        self._host.comparison.flip()
        self._host.show_cursor(before)

    def _side_by_side(self) -> None:
        """Show one picture, or several side by side."""
        comparison = self._host.comparison
        comparison.toggled = not comparison.toggled
        self._host.show_pictures()

    def _difference(self) -> None:
        """Show where the picture differs from its counterpart."""
        comparison = self._host.comparison
        comparison.difference = not comparison.difference
        state = comparison.difference_seen if comparison.difference else "hidden"
        self._host.prompt.say(translate(f"tui.difference_{state}"))
        self._host.show_title()
        self._host.show_pictures()

    def _gallery(self) -> None:
        """Open the whole group on the whole screen."""
        self._full_view(gallery=True)

    def _full_view(self, *, gallery: bool = False) -> None:
        """Open the pair, or the whole group, on the whole screen."""
        # There a mark is about the picture that is seen, and nobody sees a range.
        self._host.session.anchor = 0
        self._host.push_named("view", self._host.comparison, gallery=gallery)

    def _next_pair(self) -> None:
        """Hold the file against the next member of its group."""
        self._step(1)

    def _previous_pair(self) -> None:
        """Hold the file against the member before."""
        self._step(-1)

    def _step(self, pairs: int) -> None:
        before = self._host.session.cursor
        self._host.comparison.step(pairs)
        self._host.show_cursor(before)

    def _weakest_pair(self) -> None:
        """Go to the member that is least like the keeper, and hold it against that."""
        session, comparison = self._host.session, self._host.comparison
        group = comparison.group
        assert group is not None
        weakest = weakest_link(session.library, group)
        if weakest is not None:
            session.go_to_file(weakest.b if weakest.a == group.keeper else weakest.a)
            comparison.choose(group.keeper)
            self._host.show_session()
