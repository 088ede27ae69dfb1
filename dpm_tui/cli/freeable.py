"""What the rule in the settings would free of what a scan found."""

from __future__ import annotations

from dpm_tui.review.election import elect_keepers
from dpm_tui.review.freeable import Freeable, find_freeable
from dpm_tui.review.library import Library
from dpm_tui.review.rules import OWN, find_rule, protect_folders
from dpm_tui.state.config import Config


def freeable_by(found: Library, config: Config) -> Freeable:
    """Return what accepting the rule in every group would free, as in the app."""
    rule, protected = find_rule(OWN, config.presets, config.keeper), protect_folders(config.protected)
    return find_freeable(elect_keepers(found, rule, protected), rule.settled, protected)
