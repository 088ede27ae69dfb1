"""The command on other roots: compare the pictures of a folder elsewhere, too."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.state.config import check_config
from dpm_tui.state.other_roots import check_roots
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.part_commands import FolderHost
from dpm_tui.tui.session.folder_completion import complete_path
from dpm_tui.tui.session.typed_folders import full_path
from dpm_tui.worker.protocol.messages import ConfigData, SaveConfig


class RootCommands:
    """Commands that choose which folders are compared."""

    def __init__(self, host: FolderHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the command with what carries it out."""
        return {"add_root": self._add}

    async def _add(self) -> None:
        """Ask for a folder elsewhere; the next scan compares it. Raises DpmError for one that cannot be."""
        host, session = self._host, self._host.session
        typed = await host.prompt.read(translate("tui.ask_other_root"), complete=complete_path)
        if not typed or not typed.strip():
            return
        folder, before = full_path(typed.strip()), session.config
        config = check_config(replace(before, other_roots=(*before.other_roots, folder)))
        check_roots(session.root, config.other_folders, before.other_folders)
        await asyncio.shield(host.link.ask(SaveConfig(config), ConfigData))
        session.adopt_config(config)
        host.show_session()
        host.prompt.say(translate("tui.other_root_added", folder=display_name(folder)))
