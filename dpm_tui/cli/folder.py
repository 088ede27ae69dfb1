"""The folder that a verb works on, and the results that lie in its state."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.locale import set_language, translate
from dpm_tui.shell_commands import with_place
from dpm_tui.state.config import Config, Settings, load_settings
from dpm_tui.state.disk.layout import Layout, check_root, owner_beside_root
from dpm_tui.state.disk.private_folder import check_folder

if TYPE_CHECKING:
    from dpm_tui.recycle.recycle_bin import RecycleBin
    from dpm_tui.state.root_state import RootState
    from dpm_tui.worker.run.run_results import Results


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a finished or interrupted scan left: its state (read only), settings and results."""

    state: RootState
    config: Config
    results: Results


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the argument DIR."""
    parser.add_argument("folder", metavar="DIR", help=translate("cli.folder_help"))


def find_layout(options: argparse.Namespace) -> Layout:
    """Return where root and state of the folder lie, and speak the language of its settings.

    Raises DpmError if the folder cannot be read. Settings that cannot be read are reported later, by the
    code that needs them.
    """
    root = os.path.abspath(os.fsencode(options.folder))
    check_root(root)
    base = os.path.abspath(os.fsencode(options.state)) if options.state else root
    layout = Layout(root, base, options.shared_bin)
    if os.path.lexists(layout.folder):
        with contextlib.suppress(DpmError, OSError):
            check_folder(layout)
            settings = load_settings(layout.config)
            if not options.language:
                set_language(settings.config.language)
            _note_unknown(settings, layout)
    if owner := owner_beside_root(root):
        print(translate("worker.as_root", path=display_name(root), owner=owner), file=sys.stderr)
    return layout


def find_bin(layout: Layout) -> RecycleBin:
    """Return the recycle bin of a folder and of its other roots."""
    from dpm_tui.recycle.recycle_bin import RecycleBin

    return RecycleBin(layout.root, shared=layout.shared_bin, others=lambda: find_others(layout))


def find_others(layout: Layout) -> tuple[bytes, ...]:
    """Return the other roots; settings that cannot be read name none."""
    with contextlib.suppress(DpmError, OSError):
        return load_settings(layout.config).config.other_folders
    return ()


def _note_unknown(settings: Settings, layout: Layout) -> None:
    """Warn of unknown keys in the settings: most likely one is misspelt."""
    known = [item.name for item in fields(Config)]
    for key in settings.unknown:
        near = next(iter(difflib.get_close_matches(key, known, 1)), "")
        values = {"path": display_name(layout.config.path), "key": display_name(key), "near": near}
        text = translate("cli.unknown_key_near" if near else "cli.unknown_key", **values)
        print(text, file=sys.stderr)


def read_results(layout: Layout, *, again: bool = False) -> Scanned:
    """Return what the last scan found; raises DpmError if there was none.

    Says where that is not complete, unless it is read ``again``.
    """
    # Imports numpy, which the app's first paint should not wait for.
    from dpm_tui.state.root_identity import check_same_root
    from dpm_tui.state.root_state import RootState
    from dpm_tui.worker.run.run_results import compute_results

    if not os.path.lexists(layout.folder):
        raise DpmError("not_scanned", path=display_name(layout.root))
    check_folder(layout)
    config = load_settings(layout.config).config
    state = RootState(layout, writable=False)
    check_same_root(layout, state.checkpoint)
    if not state.checkpoint.phase:
        raise DpmError("not_scanned", path=display_name(layout.root))
    if state.checkpoint.phase != "finished" and not again:
        print(with_place(translate("cli.partial_results")), file=sys.stderr)
    return Scanned(state, config, compute_results(state, state.checkpoint.threshold, inspect=config.inspect))
