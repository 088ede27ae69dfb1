"""The record of a run: what the checkpoint holds besides the status."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from dpm_tui.catalog.image_file import FAILED, Status
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.root_identity import RootIdentity, known_identity
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.protocol.events import RunStatus
from dpm_tui.worker.run.idle_status import GUARD
from dpm_tui.worker.run.run_forecast import RunForecast
from dpm_tui.worker.run.run_results import Results

_MAX_FOLDERS = 1000


class RunRecord:
    """Remembers between runs which root it was, what could not be read by whom, and what steps take."""

    def __init__(self, state: RootState) -> None:
        checkpoint = state.checkpoint
        self.identity: RootIdentity = known_identity(checkpoint)
        self.reader = checkpoint.reader
        self._forecast = RunForecast(checkpoint.costs)
        self.quick = checkpoint.previews + checkpoint.refused_cameras > 0
        self._state = state
        self._folders = checkpoint.explain_folders()
        self._missing = checkpoint.missing
        self._began, self._began_before = checkpoint.began, checkpoint.began_before
        self._begun = ""

    def begin(self) -> RunForecast:
        """Return the forecast of a run that begins now; what it learns will be remembered."""
        self._begun = now()
        self._forecast = RunForecast(self._forecast.learned)
        return self._forecast

    def finish(self, reader: str) -> None:
        """Remember that the run has finished, and who has read every file."""
        self.reader = reader
        self._began_before, self._began = self._began, self._begun

    def note_folders(self, unreadable: Mapping[bytes, str]) -> None:
        """Remember the folders that could not be read, a thousand at most, with what the system said."""
        self._folders = dict(islice(unreadable.items(), _MAX_FOLDERS))

    def count(self, status: RunStatus, results: Results | None) -> RunStatus:
        """Return the status with the numbers of the results, as it is if there are none."""
        if results is None:
            return status
        readable, self._missing = results.count(Status.OK), results.count(Status.MISSING)
        guarded = status.attention == GUARD
        return replace(
            status,
            attention="" if guarded and not self._missing else status.attention,
            pictures=readable,
            unreadable=len(results.files) - readable - self._missing + len(self._folders),
            pairs=len(results.pairs),
            groups=len(results.groups),
            previews=results.previews,
            refused_cameras=results.refused_cameras if self.quick else 0,
            broken=self._broken(results),
        )

    def save(self, status: RunStatus) -> None:
        """Write the checkpoint; raises OSError."""
        self._state.save_checkpoint(
            Checkpoint(
                phase=status.phase,
                stage=status.stage,
                model=status.model,
                threshold=status.threshold,
                files=status.files,
                pictures=status.pictures,
                unreadable=status.unreadable,
                pairs=status.pairs,
                groups=status.groups,
                previews=status.previews,
                refused_cameras=status.refused_cameras,
                missing=self._missing,
                marker=self.identity.marker,
                device=self.identity.device,
                inode=self.identity.inode,
                root=self._state.layout.root,
                updated=status.ended or now(),
                unreadable_folders=tuple(self._folders),
                folder_reasons=tuple(self._folders.values()),
                reader=self.reader,
                costs=self._forecast.learned,
                lacking=status.lacking,
                began=self._began,
                began_before=self._began_before,
            )
        )

    def _broken(self, results: Results) -> dict[str, int]:
        """Return how many files could not be read by their status, and how many folders."""
        counts = {status.value: results.count(status) for status in sorted(FAILED)}
        counts["folder"] = len(self._folders)
        return {reason: count for reason, count in counts.items() if count}


def now() -> str:
    """Return the time in ISO 8601, UTC, as checkpoints carry it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
