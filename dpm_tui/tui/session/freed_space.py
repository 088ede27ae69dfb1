"""Freed space: what a review could free, worked out once for each library, rule and set of folders."""

from __future__ import annotations

from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.reclaimable_parts import ReclaimablePart, find_parts
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace, find_reclaimable
from dpm_tui.review_session.review import Review


class FreedSpace:
    """Keeps the newest answers."""

    def __init__(self) -> None:
        self._space: tuple[Library, object, ReclaimableSpace] | None = None
        self._parts: tuple[Library, object, tuple[ReclaimablePart, ...]] | None = None

    def by_rule(self, review: Review) -> ReclaimableSpace:
        """Return what the rule in force would free in all groups."""
        config, library = review.config, review.library
        key = (config.keeper, config.presets, config.protected)
        if self._space is None or self._space[0] is not library or self._space[1] != key:
            self._space = library, key, find_reclaimable(library, review.rule, review.protected)
        return self._space[2]

    def parts(self, review: Review) -> tuple[ReclaimablePart, ...]:
        """Return what lies beside the keepers, by kind and by folder."""
        library, key = review.library, review.config.protected
        if self._parts is None or self._parts[0] is not library or self._parts[1] != key:
            self._parts = library, key, find_parts(library, review.protected)
        return self._parts[2]
