"""The commands that hand the file under the cursor to something outside the app."""

from __future__ import annotations

import os
from typing import Protocol

from dpm_tui.tui.screens.base.command_host import AppHost, Handlers
from dpm_tui.tui.screens.commands.path_opener import PathOpener


class FileHost(AppHost, Protocol):
    """A screen with a file under the cursor."""

    @property
    def file_path(self) -> bytes:
        """The absolute path of that file."""


class FileCommands:
    """Commands of the scope ``file``."""

    def __init__(self, host: FileHost) -> None:
        self._host = host
        self._paths = PathOpener(host)

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "open_viewer": self._open_viewer,
            "open_folder": self._open_folder,
            "copy_path": self._copy_path,
        }

    def _open_viewer(self) -> None:
        """Show the original in a viewer outside the app."""
        self._paths.view(self._host.file_path)

    def _open_folder(self) -> None:
        """Open the folder of the file on the desktop, or copy its path where there is none."""
        self._paths.open_folder(os.path.dirname(self._host.file_path))

    def _copy_path(self) -> None:
        """Copy the path of the file to the clipboard of the terminal."""
        self._paths.copy(self._host.file_path)
