"""The settings of a root while a worker runs: the user may edit their file at the same time."""

from __future__ import annotations

import contextlib
import os
from dataclasses import fields, replace

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.config import Config, check_config, load_settings, save_settings
from dpm_tui.state.disk.held_folder import Where


class LiveSettings:
    """The settings as they were read last. Raises UsageError for a value that is not allowed."""

    def __init__(self, path: Where) -> None:
        self._path = path
        self._settings = load_settings(path)

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._settings.config

    def refresh(self) -> None:
        """Read the file again; an unusable file changes nothing."""
        with contextlib.suppress(DpmError, OSError):
            self._settings = load_settings(self._path)

    def protected(self) -> tuple[str, ...]:
        """Return the folders that are protected by the settings in force or by the file as it is now."""
        folders = self.config.protected
        with contextlib.suppress(DpmError, OSError):
            folders += load_settings(self._path).config.protected
        return folders

    def save(self, config: Config) -> None:
        """Save what ``config`` changes; other changes to the file meanwhile stay.

        Raises UsageError for a file with a value that is not allowed: it is not replaced, the user must
        correct it. Raises DpmError if it cannot be written.
        """
        wanted, before = check_config(config), self.config
        changes = {
            field.name: getattr(wanted, field.name)
            for field in fields(Config)
            if getattr(wanted, field.name) != getattr(before, field.name)
        }
        found = load_settings(self._path)
        merged = replace(found, config=check_config(replace(found.config, **changes)))
        try:
            save_settings(self._path, merged)
        except OSError as error:
            path = display_name(os.fspath(self._path))
            raise DpmError("cannot_write", path=path, reason=reason_of(error)) from error
        self._settings = merged
