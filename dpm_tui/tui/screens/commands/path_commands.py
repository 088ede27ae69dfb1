"""What a screen does with a path: opens a folder on the desktop, copies a path to the clipboard."""

from __future__ import annotations

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
