"""The commands that hand the file under the cursor to something outside the app."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.tui import outside
from dpm_tui.tui.screens.base import DpmScreen


class FileCommands(DpmScreen):
    """Commands of the scope ``file`` for a screen with a file under the cursor."""

    @property
    def file_id(self) -> int:
        """The file that the commands are about."""
        raise NotImplementedError

    def do_open_viewer(self) -> None:
        """Show the original in a viewer outside the app."""
        command = outside.find_viewer()
        if command is None:
            self.prompt.say(translate("tui.no_viewer"))
            return
        try:
            with self.app.suspend():
                if outside.run_viewer(command, self._path()):
                    input(translate("tui.press_enter"))
        except SuspendNotSupported:
            self.prompt.say(translate("tui.no_suspend"))
        except (OSError, EOFError) as error:
            self.prompt.say(translate("tui.viewer_failed", command=command[0], reason=str(error)), "error")

    def do_open_folder(self) -> None:
        """Open the folder of the file on the desktop, or copy its path where there is none."""
        self.open_path(os.path.dirname(self._path()))

    def do_copy_path(self) -> None:
        """Copy the path of the file to the clipboard of the terminal."""
        self.copy(self._path())

    def open_path(self, path: bytes) -> None:
        """Open a folder on the desktop, or copy its path where there is none."""
        command = outside.find_file_manager()
        if command is None:
            self.copy(path)
            return
        try:
            outside.start_quietly(command, path)
            self.prompt.say(translate("tui.opened", path=display_name(path)))
        except OSError as error:
            self.prompt.say(translate("tui.viewer_failed", command=command[0], reason=str(error)), "error")

    def copy(self, path: bytes) -> None:
        """Copy a path to the clipboard of the terminal and show it."""
        self.app.copy_to_clipboard(path.decode("utf-8", "replace"))
        self.prompt.say(translate("tui.copied", path=display_name(path)))

    def _path(self) -> bytes:
        return os.path.join(self.session.root, self.session.library.files[self.file_id].path)
