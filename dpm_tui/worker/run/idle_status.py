"""The status of a root while no run is under way: that of the last run, from the checkpoint."""

from __future__ import annotations

from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.worker.protocol.events import RunStatus

GUARD = "mount_guard"
"""The key of the warning about missing files."""
_OVER = ("finished", "stopped", "failed")


def idle_status(checkpoint: Checkpoint) -> RunStatus:
    """Return the status from a checkpoint; a run that was under way counts as stopped."""
    phase = "stopped" if checkpoint.phase in ("running", "paused") else checkpoint.phase
    return RunStatus(
        phase=phase or "idle",
        stage=checkpoint.stage,
        files=checkpoint.files,
        pictures=checkpoint.pictures,
        unreadable=checkpoint.unreadable,
        pairs=checkpoint.pairs,
        groups=checkpoint.groups,
        previews=checkpoint.previews,
        refused_cameras=checkpoint.refused_cameras,
        lacking=checkpoint.lacking,
        model=checkpoint.model,
        threshold=checkpoint.threshold,
        gone=checkpoint.missing,
        known=checkpoint.files + checkpoint.missing if checkpoint.missing else 0,
        attention=GUARD if checkpoint.missing else "",
        ended=checkpoint.updated if checkpoint.phase in _OVER else "",
    )
