"""Progress: an operation works file by file, reports how far it is and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dpm_tui.recycle.refusal import Refused, refusal_of

Progress = Callable[[int, int], None]
"""Gets the number of files done and of all."""
Cancelled = Callable[[], bool]


@dataclass(slots=True)
class BatchSteps:
    """The steps of one operation over ``total`` files; a file that fails never stops the others."""

    total: int
    progress: Progress | None = None
    cancelled: Cancelled | None = None
    done: int = 0

    def take(self, step: Callable[[], object]) -> Refused | None:
        """Take one step unless the operation is cancelled; return why its file stays where it is, if so."""
        refused = None
        try:
            if self.cancelled is not None and self.cancelled():
                raise Refused("cancelled")
            step()
        except (Refused, OSError) as error:
            refused = refusal_of(error)
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)
        return refused
