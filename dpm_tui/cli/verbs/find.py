"""``dpm-tui find PICTURE... --in DIR``: whether pictures are in a library already; nothing is changed."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.folder import find_layout
from dpm_tui.cli.output import write
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.report.json_report import describe_path
from dpm_tui.review.rules.rule import parse_kinds
from dpm_tui.shell_commands import with_place
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import check_folder
from dpm_tui.text_format import put_into_words
from dpm_tui.units import long_size
from dpm_tui.worker.client import WorkerClient, WorkerFailed
from dpm_tui.worker.finding.picture_search import search_pictures
from dpm_tui.worker.protocol.messages import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    ListPictures,
    PictureList,
    PictureMatch,
)

SCHEMA = "dpm-tui/find/1"
_SAME = frozenset(Kind) - {Kind.VARIANT}
"""Kinds that count as found: a variant is another picture."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the pictures, the library and how to print."""
    parser.add_argument(
        "pictures", metavar="PICTURE_OR_DIR", nargs="+", help=translate("cli.find_pictures_help")
    )
    parser.add_argument(
        "--in", dest="folder", metavar="DIR", required=True, help=translate("cli.find_in_help")
    )
    parser.add_argument("--kinds", default="", metavar="LIST", help=translate("cli.find_kinds_help"))
    parser.add_argument("--json", action="store_true", help=translate("cli.find_json_help"))


def run(options: argparse.Namespace) -> int:
    """Print what is found of each picture; return the exit code: done if every one was found."""
    layout = find_layout(options)
    kinds = parse_kinds(options.kinds) if options.kinds else frozenset(Kind)
    if os.path.lexists(layout.folder):
        check_folder(layout)
    if not load_checkpoint(layout.checkpoint).phase:
        raise DpmError("not_scanned", path=display_name(layout.root))
    told = _Teller(kinds, kinds if options.kinds else _SAME, json_lines=options.json)
    asyncio.run(_find(layout, options.pictures, told))
    return told.conclude()


async def _find(layout: Layout, pictures: Sequence[str], told: _Teller) -> None:
    client = await WorkerClient.connect(layout, "find")
    try:
        for named in pictures:
            path = os.path.abspath(os.fsencode(named))
            try:
                listed = await client.request(ListPictures(path))
                assert isinstance(listed, PictureList)
                async for answer in search_pictures(partial(_ask, client), listed):
                    told.tell_all(_shown_as(path, listed, answer))
            except WorkerFailed as error:
                if error.key != "asked_unreadable":
                    raise
                told.tell_failed(path, str(error.values["reason"]))
                continue
            for folder in listed.unreadable:
                told.tell_failed(os.path.join(path, folder.path), folder.reason)
            if not listed.names and not listed.unreadable:
                told.tell_failed(path, translate("cli.find_no_pictures"))
    finally:
        await client.close()


async def _ask(client: WorkerClient, request: FindPictures) -> FoundPictures:
    answer = await client.request(request)
    assert isinstance(answer, FoundPictures)
    return answer


def _shown_as(path: bytes, listed: PictureList, answer: FoundPictures) -> FoundPictures:
    """Return an answer with the paths that were asked for, through whatever links, as names."""
    folder = os.path.realpath(path) == listed.folder
    named = tuple(
        replace(each, name=os.path.join(path, each.name) if folder else path) for each in answer.pictures
    )
    return replace(answer, pictures=named)


@dataclass
class _Teller:
    """Prints as it is found: only matches of some ``kinds``, of which those in ``counted`` are enough."""

    kinds: Collection[Kind]
    counted: Collection[Kind]
    json_lines: bool
    asked: int = 0
    found: int = 0
    gone: int = 0
    pending: int = 0
    _failed: list[bytes] = field(default_factory=list)

    def tell_all(self, answer: FoundPictures) -> None:
        """Print what was found of some pictures, whose names are absolute paths."""
        self.pending = answer.pending
        for picture in answer.pictures:
            self._tell(picture)

    def tell_failed(self, path: bytes, reason: str) -> None:
        """Say why there is nothing to look for."""
        self._failed.append(path)
        self._say_failure(path, reason)
        if self.json_lines:
            self._print_json({**_picture(path), "found": False, "matches": [], "error": reason})

    def conclude(self) -> ExitCode:
        """Say how many were found, and what else is to be known; return the exit code."""
        if self.gone:
            self._say(with_place(translate("cli.find_gone", count=self.gone)))
        if self.pending:
            self._say(with_place(translate("cli.find_pending", count=self.pending)))
        if self.asked > 1:
            self._say(translate("cli.find_found", found=self.found, count=self.asked))
        return ExitCode.DONE if self.found == self.asked and not self._failed else ExitCode.FAILED

    def _tell(self, picture: FoundPicture) -> None:
        matches = [match for match in picture.matches if Kind(match.kind) in self.kinds]
        found = any(Kind(match.kind) in self.counted for match in matches)
        self.asked += 1
        self.found += found
        self.gone += picture.gone
        reason = put_into_words(picture.reason)
        if reason:
            self._say_failure(picture.name, reason)
        if self.json_lines:
            self._print_json(
                _picture(picture.name)
                | {"found": found, "matches": [_match(match) for match in matches]}
                | ({"itself": True} if picture.itself else {})
                | ({"error": reason} if reason else {})
            )
            return
        if picture.read or matches:
            lines = [display_name(picture.name), *_lines(picture, matches)]
            write("\n".join(lines) + "\n", sys.stdout)

    def _say_failure(self, path: bytes, reason: str) -> None:
        self._say(translate("cli.find_failed", path=display_name(path), reason=reason))

    @staticmethod
    def _say(text: str) -> None:
        write(text + "\n", sys.stderr)

    @staticmethod
    def _print_json(values: dict[str, Any]) -> None:
        write(json.dumps({"schema": SCHEMA, **values}) + "\n", sys.stdout)


def _lines(picture: FoundPicture, matches: Sequence[PictureMatch]) -> list[str]:
    """Return what is said below the name of a picture."""
    own = [translate("cli.find_itself")] if picture.itself else []
    if not matches:
        nothing = translate("cli.find_nothing_else" if picture.itself else "cli.find_nothing")
        return [f"  {line}" for line in (*own, nothing)]
    kinds = [str(match.kind) for match in matches]
    paths = [display_name(match.path) for match in matches]
    across, wide = max(map(len, kinds)), max(map(len, paths))
    rows = []
    for match, kind, path in zip(matches, kinds, paths, strict=True):
        better = translate(f"cli.find_better_{match.better}") if match.better else ""
        row = f"{kind:{across}}  {match.similarity:.4f}  {path:{wide}}  {long_size(match.size)}  {better}"
        rows.append(row.rstrip())
    return [f"  {line}" for line in (*own, *rows)]


def _picture(path: bytes) -> dict[str, Any]:
    described = describe_path(path)
    return {"picture" + key.removeprefix("path"): value for key, value in described.items()}


def _match(match: PictureMatch) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": match.kind,
        "similarity": match.similarity,
        **describe_path(match.path),
        "bytes": match.size,
        "width": match.width,
        "height": match.height,
        "format": match.format,
    }
    return facts | ({"better": match.better} if match.better else {})
