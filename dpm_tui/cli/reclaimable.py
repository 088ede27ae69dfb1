"""The space that the rule in the settings would free."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from dpm_tui.cli.folder import Scanned, read_results
from dpm_tui.errors import DpmError
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace, find_reclaimable
from dpm_tui.review.rules.rule import DEFAULT_KINDS, OWN, find_rule, protect_folders
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout

if TYPE_CHECKING:
    from dpm_tui.review.rules.weighing import Weighing


def freeable_by(found: Library, config: Config) -> ReclaimableSpace:
    """Return what accepting the rule in every group would free, as in the app."""
    rule, protected = find_rule(OWN, config.presets, config.keeper), protect_folders(config.protected)
    return find_reclaimable(select_keepers(found, rule, protected), rule.settled, protected)


def weigh_by_rule(scanned: Scanned) -> tuple[Library, Weighing]:
    """Return the library with the keepers of the rule in the settings, and what that would mark."""
    from dpm_tui.review.rules.weighing import weigh

    config, results = scanned.config, scanned.results
    rule, protected = find_rule(OWN, config.presets, config.keeper), protect_folders(config.protected)
    library = select_keepers(Library(results.files, results.groups, results.index), rule, protected)
    return library, weigh(library, range(len(library.groups)), rule.settled, DEFAULT_KINDS, protected)


def freeable_of(layout: Layout) -> ReclaimableSpace | None:
    """Return what could be freed of what the last scan found, None where its results cannot be read."""
    with contextlib.suppress(DpmError, OSError):
        scanned = read_results(layout)
        results = scanned.results
        return freeable_by(Library(results.files, results.groups, results.index), scanned.config)
    return None
