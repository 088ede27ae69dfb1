"""Hands the paths of files and folders to something outside the app."""

from __future__ import annotations

from textual.app import SuspendNotSupported

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.command_host import AppHost
from dpm_tui.tui.terminal import external_programs


class PathOpener:
    """Opens files and folders and copies paths, and says so."""

    def __init__(self, host: AppHost) -> None:
        self._host = host

    def view(self, path: bytes) -> None:
        """Show the original of a picture in a viewer outside the app."""
        prompt = self._host.prompt
        command = external_programs.find_viewer()
        if command is None:
            prompt.say(translate("tui.no_viewer"))
            return
        try:
            with self._host.app.suspend():
                if external_programs.run_viewer(command, path):
                    input(translate("tui.press_enter"))
        except SuspendNotSupported:
            prompt.say(translate("tui.no_suspend"))
        except (OSError, EOFError) as error:
            self._say_failed(command, error)

    def open_folder(self, path: bytes) -> None:
        """Open a folder on the desktop, or copy its path where there is none."""
        command = external_programs.find_file_manager()
        if command is None:
            self.copy(path)
            return
        try:
            external_programs.start_quietly(command, path)
            self._host.prompt.say(translate("tui.opened", path=display_name(path)))
        except OSError as error:
            self._say_failed(command, error)

    def copy(self, path: bytes) -> None:
        """Copy a path to the clipboard of the terminal and show it."""
        self._host.app.copy_to_clipboard(path.decode("utf-8", "replace"))
        self._host.prompt.say(translate("tui.copied", path=display_name(path)))

    def _say_failed(self, command: list[str], error: Exception) -> None:
        """Say that a program outside the app did not work."""
        words = translate("tui.viewer_failed", command=command[0], reason=str(error))
        self._host.prompt.say(words, "error")
