"""The command that looks for pictures from anywhere in the library."""

from __future__ import annotations

import os
from functools import partial
from typing import Protocol

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.command_host import Handlers, OpenerHost, WorkerHost
from dpm_tui.tui.session.folder_completion import complete_picture
from dpm_tui.worker.protocol.messages import ListPictures, PictureList


class SearchHost(OpenerHost, WorkerHost, Protocol):
    """A screen of the library."""


class SearchCommands:
    """Asks for a path and shows what is found."""

    def __init__(self, host: SearchHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the command with what carries it out."""
        return {"find_picture": self._find_picture}

    async def _find_picture(self) -> None:
        """Ask for a picture or a folder and look for it."""
        host, recent = self._host, self._host.session.recent
        text = await host.prompt.read(
            translate("tui.ask_find_picture"),
            history=recent.searches,
            complete=partial(complete_picture, host.session.config.extensions),
        )
        if not text or not (text := text.strip()):
            return
        recent.note_search(text)
        path = os.path.abspath(os.fsencode(os.path.expanduser(text)))
        listed = await host.link.ask(ListPictures(path), PictureList)
        if listed.names:
            host.push_named("found", path, listed)
        else:
            host.prompt.say(translate("tui.found_no_pictures", path=display_name(path)))
