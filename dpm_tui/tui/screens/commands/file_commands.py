"""The commands that hand the file under the cursor to something outside the app."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.terminal import external_programs


class PathCommands(DpmScreen):
    """For a screen that shows where files are."""

    def open_path(self, path: bytes) -> None:
        """Open a folder on the desktop, or copy its path where there is none."""
        command = external_programs.find_file_manager()
        if command is None:
            self.copy(path)
            return
        try:
            external_programs.start_quietly(command, path)
            self.prompt.say(translate("tui.opened", path=display_name(path)))
        except OSError as error:
            self.say_failed(command, error)

    def copy(self, path: bytes) -> None:
        """Copy a path to the clipboard of the terminal and show it."""
        self.app.copy_to_clipboard(path.decode("utf-8", "replace"))
        self.prompt.say(translate("tui.copied", path=display_name(path)))

    def say_failed(self, command: list[str], error: Exception) -> None:
        """Say that a program outside the app did not work."""
        self.prompt.say(translate("tui.viewer_failed", command=command[0], reason=str(error)), "error")


class FileCommands(PathCommands):
    """Commands of the scope ``file`` for a screen with a file under the cursor."""

    @property
    def file_id(self) -> int:
        """The file that the commands are about."""
        raise NotImplementedError

    @property
    def file_path(self) -> bytes:
        """The absolute path of that file."""
        return os.path.join(self.session.root, self.session.library.files[self.file_id].path)

    def do_open_viewer(self) -> None:
        """Show the original in a viewer outside the app."""
        command = external_programs.find_viewer()
        if command is None:
            self.prompt.say(translate("tui.no_viewer"))
            return
        try:
            with self.app.suspend():
                if external_programs.run_viewer(command, self.file_path):
                    input(translate("tui.press_enter"))
        except SuspendNotSupported:
            self.prompt.say(translate("tui.no_suspend"))
        except (OSError, EOFError) as error:
            self.say_failed(command, error)

    def do_open_folder(self) -> None:
        """Open the folder of the file on the desktop, or copy its path where there is none."""
        self.open_path(os.path.dirname(self.file_path))

    def do_copy_path(self) -> None:
        """Copy the path of the file to the clipboard of the terminal."""
        self.copy(self.file_path)
