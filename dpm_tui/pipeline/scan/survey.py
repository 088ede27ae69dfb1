"""Survey: what a walk found, how that differs from what is known, and what is missed but not forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.pipeline.scan.change_detection import Changes
from dpm_tui.pipeline.scan.inventory import Inventory
from dpm_tui.pipeline.scan.mount_guard import Alarm, find_elsewhere, notice_missing


@dataclass(frozen=True, slots=True)
class Survey:
    """What the inventory said; with an alarm nothing is forgotten, as a mount may be missing.

    ``away`` are the files that lie in other roots which cannot be reached now.
    """

    inventory: Inventory
    changes: Changes
    alarm: Alarm | None
    away: frozenset[int] = frozenset()

    @property
    def missing(self) -> frozenset[int]:
        """The files that are gone but not forgotten."""
        return self.away | (self.alarm.missing if self.alarm else frozenset())


def survey_changes(
    inventory: Inventory,
    changes: Changes,
    known: Mapping[int, ImageFile],
    others: Sequence[bytes],
    *,
    accept_missing: bool,
    moved: bool,
    root_devices: Collection[int],
) -> Survey:
    """Return the survey of a root and the ``others``, with an alarm where a missing mount is likely.

    What lies in a root that is away is never forgotten, even where missing files are accepted: who has no
    more use for that root can stop comparing it. ``moved`` and ``root_devices`` are as in ``notice_missing``.
    """
    away, left = find_elsewhere(changes.gone, known, others, inventory.away)
    if accept_missing:
        return Survey(inventory, changes, None, away)
    here = replace(changes, gone=tuple(id_ for id_ in changes.gone if id_ not in away | left))
    alarm = notice_missing(inventory, here, known, moved=moved, root_devices=root_devices, others=others)
    return Survey(inventory, changes, alarm, away)
