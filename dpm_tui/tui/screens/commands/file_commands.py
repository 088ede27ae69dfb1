"""The commands that hand the file under the cursor to something outside the app."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from dpm_tui.locale import translate
from dpm_tui.tui.screens.commands.path_commands import PathCommands
from dpm_tui.tui.terminal import external_programs


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
