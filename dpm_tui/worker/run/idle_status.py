"""What the status of a root is while no run is under way: what the checkpoint says of the last one."""

from __future__ import annotations

from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.worker.protocol.events import RunStatus

GUARD = "mount_guard"
"""The key of the attention that missing files want."""
_OVER = ("finished", "stopped", "failed")


def idle_status(checkpoint: Checkpoint) -> RunStatus:
    """Return the status that a checkpoint tells of; a run that was under way then was stopped."""
    phase = "stopped" if checkpoint.phase in ("running", "paused") else checkpoint.phase
    return RunStatus(
        phase=phase or "idle",
        stage=checkpoint.stage,
        files=checkpoint.files,
        pictures=checkpoint.pictures,
        unreadable=checkpoint.unreadable,
        pairs=checkpoint.pairs,
        groups=checkpoint.groups,
        model=checkpoint.model,
        threshold=checkpoint.threshold,
        gone=checkpoint.missing,
        known=checkpoint.files + checkpoint.missing if checkpoint.missing else 0,
        attention=GUARD if checkpoint.missing else "",
        ended=checkpoint.updated if checkpoint.phase in _OVER else "",
    )
