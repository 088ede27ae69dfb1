"""What a screen does with a path: opens a folder on the desktop, copies a path to the clipboard."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.tui import outside
from dpm_tui.tui.screens.base import DpmScreen


class PathCommands(DpmScreen):
    """For a screen that shows where files are."""

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
            self.say_failed(command, error)

    def copy(self, path: bytes) -> None:
        """Copy a path to the clipboard of the terminal and show it."""
        self.app.copy_to_clipboard(path.decode("utf-8", "replace"))
        self.prompt.say(translate("tui.copied", path=display_name(path)))

    def say_failed(self, command: list[str], error: Exception) -> None:
        """Say that a program outside the app did not work."""
        self.prompt.say(translate("tui.viewer_failed", command=command[0], reason=str(error)), "error")
