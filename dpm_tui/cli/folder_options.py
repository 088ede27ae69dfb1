"""Options that name further folders: what is compared with the folder of a verb, and what is protected.

The worker remembers them in the settings, so that every later verb speaks of the same folders.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable
from dataclasses import replace

from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.state.config import Config, check_config
from dpm_tui.state.disk.layout import Layout


def add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--with``, ``--without`` and ``--protect``."""
    for option, name in (("--with", "added"), ("--without", "dropped"), ("--protect", "protected")):
        text = translate(f"cli.{option[2:]}_help")
        parser.add_argument(option, dest=name, action="append", metavar="DIR", default=[], help=text)


def remember_folders(options: argparse.Namespace, layout: Layout) -> None:
    """Have the worker remember the folders that the options name; raises DpmError for one that cannot be."""
    if options.added or options.dropped or options.protected:
        asyncio.run(_remember(options, layout))


async def _remember(options: argparse.Namespace, layout: Layout) -> None:
    # The client is heavy, and most calls name no further folder.
    from dpm_tui.worker.client import WorkerClient
    from dpm_tui.worker.protocol.messages import SaveConfig

    client = await WorkerClient.connect(layout, "scan", stays=False)
    try:
        before = client.welcome.config
        config = _name_folders(options, layout.root, before)
        if config != before:
            await client.request(SaveConfig(config))
            for folder in config.other_roots:
                print(translate("cli.compared_with", path=display_name(folder)), file=sys.stderr)
    finally:
        await client.close()


def _name_folders(options: argparse.Namespace, root: bytes, config: Config) -> Config:
    """Return the settings with the folders that the options name."""
    dropped = {*map(os.path.abspath, options.dropped)}
    if unknown := dropped.difference(config.other_roots):
        raise UsageError("without_unknown", path=display_name(min(unknown)))
    wanted = dict.fromkeys((*config.other_roots, *map(os.path.abspath, options.added)))
    others = tuple(folder for folder in wanted if folder not in dropped)
    named = (_name_protected(folder, root, others) for folder in options.protected)
    protected = tuple(dict.fromkeys((*config.protected, *named)))
    return check_config(replace(config, other_roots=others, protected=protected))


def _name_protected(folder: str, root: bytes, others: Iterable[str]) -> str:
    """Return how the settings name a folder that is given from where the user is, or below the root.

    Raises UsageError for one that is not there, or lies below none of the roots.
    """
    top = os.fsdecode(root)
    for place in (os.path.abspath(folder), os.path.join(top, folder)):
        if os.path.isdir(place):
            for base in (top, *others):
                inside = os.path.relpath(os.path.realpath(place), os.path.realpath(base))
                if inside.split("/")[0] != "..":
                    return inside if base == top else os.path.normpath(os.path.join(base, inside))
    raise UsageError("protect_outside", path=display_name(folder))
