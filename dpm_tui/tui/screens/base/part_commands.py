"""The commands on what can be freed: review the groups of a kind or folder, protect a folder."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import Protocol

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.rules.reclaimable_parts import ReclaimablePart
from dpm_tui.tui.lines.reclaimable_lines import filter_of
from dpm_tui.tui.screens.base.command_host import AppHost, Handlers, SessionHost, WorkerHost
from dpm_tui.worker.protocol.messages import ConfigData, SaveConfig


class FolderHost(SessionHost, WorkerHost, Protocol):
    """A screen that can protect a folder."""


class PartHost(AppHost, FolderHost, Protocol):
    """A screen with the list of what can be freed."""

    @property
    def part(self) -> ReclaimablePart | None:
        """The kind or folder under the cursor."""


class PartCommands:
    """Commands on the kind or folder under the cursor."""

    def __init__(self, host: PartHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"review_part": self._review, "protect_folder": self._protect}

    def _review(self) -> None:
        """Open the groups of it."""
        host, part = self._host, self._host.part
        if part is None:
            host.prompt.say(translate("tui.need_part"))
            return
        host.session.filter = parse_filter(filter_of(part))
        host.session.lay_out()
        host.app.note_navigation("show_groups")
        host.app.open_screen("groups")

    async def _protect(self) -> None:
        """Protect the folder, or no longer."""
        part = self._host.part
        if part is None or part.kind is not None:
            self._host.prompt.say(translate("tui.need_folder"))
            return
        await turn_protection(self._host, part.folder, covered=part.protected)


async def turn_protection(host: FolderHost, folder: bytes, *, covered: bool) -> None:
    """Protect a folder, or no longer: rules and keys then leave its files alone.

    ``covered`` if it or a folder above it is protected. Raises DpmError if the setting cannot be saved.
    """
    session = host.session
    name, before = os.fsdecode(folder) or ".", session.config.protected
    if covered and name not in before:
        host.prompt.say(translate("tui.protected_above"))
        return
    after = tuple(each for each in before if each != name) if name in before else (*before, name)
    config = replace(session.config, protected=after)
    await asyncio.shield(host.link.ask(SaveConfig(config), ConfigData))
    session.adopt_config(config)
    host.show_session()
    said = "tui.folder_unprotected" if name in before else "tui.folder_protected"
    host.prompt.say(translate(said, folder=display_name(folder or b".")))
