"""The found screen: where pictures from anywhere are in the library, as it is found out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.text_format import put_into_words, similarity
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.narrowed_list import NarrowedListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.commands.path_opener import PathOpener
from dpm_tui.tui.terminal.cell_text import Part, cut_start, pad, pad_left, parts_width, wrap
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size
from dpm_tui.worker.finding.picture_search import search_pictures
from dpm_tui.worker.protocol.messages import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    PictureList,
    PictureMatch,
)

_DETAIL_LINES = 4


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A picture that was asked for, by its absolute path, or one of its matches below it."""

    path: bytes
    picture: FoundPicture
    match: PictureMatch | None = None


class FoundScreen(NarrowedListScreen[FoundLine]):
    """Lies over the groups; ``path`` is what was asked for, ``listed`` the pictures that it stands for."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.FOUND, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    LIST: ClassVar = "found"
    ONCE: ClassVar = True
    OPENS: ClassVar = "go_to_match"
    TITLE_KEY: ClassVar = "tui.scope_found"
    DETAIL_LINES: ClassVar = _DETAIL_LINES

    def __init__(self, path: bytes, listed: PictureList) -> None:
        super().__init__()
        self.paths = PathOpener(self)
        self._path = path
        self._listed = listed
        self._looked_for = self._found = 0

    def handlers(self) -> Handlers:
        """Return the commands of what was found."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "go_to_match": self._go_to_match,
            "open_match": self._open_match,
            "copy_match": self._copy_match,
            "narrow_found": self.find,
            "back": self._back,
        }

    async def fetch(self) -> Sequence[FoundLine]:
        """Look for the pictures and return the lines, which are shown as they come."""

        async def ask(request: FindPictures) -> FoundPictures:
            return await self.link.ask(request, FoundPictures)

        async for answer in search_pictures(ask, self._listed):
            lines = list(self.all)
            for picture in answer.pictures:
                lines += self._lines_of(picture)
                self._looked_for += 1
                self._found += is_found(picture)
            self.all = lines
            self._narrow(self.words)
        return self.all

    def says(self, item: FoundLine, words: list[str]) -> bool:
        """Return whether the paths or the kind of a line have all of the words."""
        texts = [display_name(item.path), status_of(item.picture)]
        if item.match is not None:
            texts += [display_name(item.match.path), kind_of(item.match), item.match.kind]
        text = "\n".join(texts).casefold()
        return all(word in text for word in words)

    def draw_item(self, item: FoundLine, width: int) -> list[Part]:
        """Return the line of a picture or of a match."""
        return found_line(item, width, self.app.look)

    def details_of(self, item: FoundLine, width: int) -> list[list[Part]]:
        """Return what is known of a match, or of a picture without one."""
        return found_details(item, width, self.app.look)

    def counts(self) -> Sequence[tuple[str, str]]:
        """Return how many pictures were looked for and how many of them were found."""
        total = len(self._listed.names)
        going = self._looked_for < total
        key = "tui.found_going" if going else "tui.found_count"
        words = translate(key, done=self._looked_for, count=total, found=self._found)
        return ((f" {words}", "notice" if going else "strong"),)

    def _lines_of(self, picture: FoundPicture) -> Iterator[FoundLine]:
        folder = os.path.realpath(self._path) == self._listed.folder
        path = os.path.join(self._path, picture.name) if folder else self._path
        yield FoundLine(path, picture)
        for match in picture.matches:
            yield FoundLine(path, picture, match)

    def _go_to_match(self) -> None:
        """Show the match in its group, of a picture the first one that is in a group."""
        item = self.current
        if item is None:
            return
        matches = item.picture.matches if item.match is None else (item.match,)
        files = [*(match.file for match in matches), *([item.picture.itself] if item.match is None else [])]
        for file in files:
            if self.session.go_to_file(file):
                self.dismiss()
                return
        hidden = any(file in self.session.library.files for file in files)
        self.prompt.say(translate("tui.plan_hidden" if hidden else "tui.found_in_no_group"))

    def _open_match(self) -> None:
        """Show the match, or the picture itself, in a viewer outside the app."""
        if self.current is not None:
            self.paths.view(self._place(self.current))

    def _copy_match(self) -> None:
        """Copy the path of the match, or of the picture, to the clipboard of the terminal."""
        if self.current is not None:
            self.paths.copy(self._place(self.current))

    def _place(self, item: FoundLine) -> bytes:
        return item.path if item.match is None else os.path.join(self.session.root, item.match.path)

    def _back(self) -> None:
        """Take the words away, or go back to the groups."""
        if not self.widen():
            self.go_back()


def is_found(picture: FoundPicture) -> bool:
    """Return whether a picture is in the library; a variant is another one."""
    return any(match.kind != Kind.VARIANT for match in picture.matches)


def kind_of(match: PictureMatch) -> str:
    """Return the kind of a match in a word."""
    return translate(f"tui.kind_{Kind(match.kind).value}")


def status_of(picture: FoundPicture) -> str:
    """Return in a few words what became of a picture."""
    if not picture.read and not picture.matches:
        return translate("tui.found_unreadable")
    if picture.itself:
        return translate("tui.found_itself")
    return translate("tui.found_yes" if is_found(picture) else "tui.found_no")


def found_line(item: FoundLine, width: int, look: Look) -> list[Part]:
    """Return the line of a picture, or below it that of a match: kind, similarity, path, size."""
    if item.match is None:
        status = status_of(item.picture)
        room = width - cell_len(status) - 3
        name = pad(cut_start(display_name(item.path), room), room)
        role = "good" if is_found(item.picture) else "doubt"
        return [(f" {name} ", look["strong"]), (f"{status} ", look[role])]
    kinds = max(cell_len(translate(f"tui.kind_{kind.value}")) for kind in Kind)
    left: list[Part] = [
        (f"   {pad(kind_of(item.match), kinds)} ", look[item.match.kind]),
        (f"{similarity(item.match.similarity)}  ", look["text"]),
    ]
    right: list[Part] = [(f" {pad_left(short_size(item.match.size), 5)} ", look["text"])]
    room = width - parts_width(left) - parts_width(right)
    return [*left, (pad(cut_start(display_name(item.match.path), room), room), look["text"]), *right]


def found_details(item: FoundLine, width: int, look: Look) -> list[list[Part]]:
    """Return the lines on a match: paths, what is known of it, which of the two is better."""
    room = width - 2
    lines: list[list[Part]] = [[(f" {cut_start(display_name(item.path), room)}", look["strong"])]]
    if item.match is None:
        reason = put_into_words(item.picture.reason)
        lines += [[(f" {line}", look["doubt"])] for line in wrap(reason, room)]
        if item.picture.gone:
            lines.append([(f" {translate('tui.found_gone', count=item.picture.gone)}", look["doubt"])])
        return lines[:_DETAIL_LINES]
    match = item.match
    shape = f"{match.width}x{match.height} {match.format}" if match.width else ""
    facts = [kind_of(match), similarity(match.similarity), shape, long_size(match.size)]
    lines.append([(f" {cut_start(display_name(match.path), room)}", look["text"])])
    lines.append([(f" {'  '.join(filter(None, facts))}", look["text"])])
    if match.better:
        lines.append([(f" {translate(f'tui.found_better_{match.better}')}", look["dim"])])
    return lines
