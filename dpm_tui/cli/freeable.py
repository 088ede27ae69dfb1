"""What the rule in the settings would free of what a scan found."""

from __future__ import annotations

import contextlib

from dpm_tui.cli.folder import read_results
from dpm_tui.errors import DpmError
from dpm_tui.review.election import elect_keepers
from dpm_tui.review.freeable import Freeable, find_freeable
from dpm_tui.review.library import Library
from dpm_tui.review.rules import OWN, find_rule, protect_folders
from dpm_tui.state.config import Config
from dpm_tui.state.layout import Layout


def freeable_by(found: Library, config: Config) -> Freeable:
    """Return what accepting the rule in every group would free, as in the app."""
    rule, protected = find_rule(OWN, config.presets, config.keeper), protect_folders(config.protected)
    return find_freeable(elect_keepers(found, rule, protected), rule.settled, protected)


def freeable_of(layout: Layout) -> Freeable | None:
    """Return what could be freed of what the last scan found, None where its results cannot be read."""
    with contextlib.suppress(DpmError, OSError):
        scanned = read_results(layout)
        results = scanned.results
        return freeable_by(Library(results.files, results.groups, results.index), scanned.config)
    return None
