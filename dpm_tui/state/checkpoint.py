"""The checkpoint: where the last run stands, a small TOML file that people can read."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat

import tomli_w

from dpm_tui.catalog.formats import EXTRAS
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.errors import DamagedError
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.state.config import CHOICES
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.regular_file import read_regular

SCHEMA = 2
"""Of the state as a whole; 1 had no shards of image files."""
_MAX_BYTES = 1 << 23
_MAX_COST = 1e6
_CHOICES: dict[str, tuple[str, ...]] = {
    "phase": ("", "running", "paused", "finished", "stopped", "failed", "idle"),
    "stage": ("", *Stage),
    "model": ("", *CHOICES["model"]),
}
_NUMBERS = (
    "files",
    "pictures",
    "unreadable",
    "pairs",
    "groups",
    "missing",
    "device",
    "inode",
    "previews",
    "refused_cameras",
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Phase and counters of the last run.

    ``phase`` is ``running``, ``finished`` or ``stopped``. ``model`` and ``threshold`` are those that
    the results are shown with. ``missing`` counts the files that the mount guard keeps. ``marker``,
    ``device`` and ``inode`` identify the root: another one under the same name is not the folder that
    was scanned; ``root`` is its path then. ``reader`` names what has read every file that could be read.
    ``folder_reasons`` say why the ``unreadable_folders`` could not be, in their order. ``previews`` counts
    the pictures of which only the preview was read, ``refused_cameras`` the cameras whose are not trusted.
    ``began`` is when the run began that finished last, ``began_before`` when the one did that finished before
    it: what came since was not compared then.
    ``costs`` are what runs have learned for the forecast of the next one, see ``worker.run.run_forecast``.
    ``lacking`` counts the pictures that nothing installed could read, by the extra that can.
    """

    schema: int = SCHEMA
    phase: str = ""
    stage: str = ""
    model: str = "auto"
    threshold: float = 0.6
    files: int = 0
    pictures: int = 0
    unreadable: int = 0
    pairs: int = 0
    groups: int = 0
    previews: int = 0
    refused_cameras: int = 0
    missing: int = 0
    marker: str = ""
    device: int = 0
    inode: int = 0
    root: bytes = b""
    updated: str = ""
    reader: str = ""
    unreadable_folders: tuple[bytes, ...] = ()
    folder_reasons: tuple[str, ...] = ()
    costs: Mapping[str, float] = field(default_factory=dict)
    lacking: Mapping[str, int] = field(default_factory=dict)
    began: str = ""
    began_before: str = ""

    def explain_folders(self) -> dict[bytes, str]:
        """Return the error of each folder that could not be read; states of older versions have none."""
        return dict(zip(self.unreadable_folders, chain(self.folder_reasons, repeat("")), strict=False))


def load_checkpoint(path: Where) -> Checkpoint:
    """Return the checkpoint; a missing one is empty.

    Raises DamagedError if it cannot be understood or a newer version wrote it, OSError.
    """
    try:
        table = tomllib.loads(read_regular(path, _MAX_BYTES).decode("utf-8"))
    except FileNotFoundError:
        return Checkpoint()
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    schema = table.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise DamagedError("schema_newer", path=display_name(os.fspath(path)), found=schema, known=SCHEMA)
    try:
        return _check(from_plain(Checkpoint, table))
    except (ValueError, TypeError) as error:
        raise _damaged(path, error) from error


def save_checkpoint(path: Where, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint; raises OSError, in which case the old one is untouched."""
    write_atomic(path, tomli_w.dumps(to_plain(checkpoint)).encode("utf-8"))


def _check(checkpoint: Checkpoint) -> Checkpoint:
    """Return ``checkpoint``; raises ValueError for a value that no run writes."""
    for name, choices in _CHOICES.items():
        if getattr(checkpoint, name) not in choices:
            raise ValueError(f"{name}: not one of {', '.join(filter(None, choices))}")
    if not 0.0 <= checkpoint.threshold <= 1.0:
        raise ValueError("threshold: out of range")
    if not all(0.0 <= cost < _MAX_COST for cost in checkpoint.costs.values()):
        raise ValueError("costs: out of range")
    if not all(extra in EXTRAS and count >= 0 for extra, count in checkpoint.lacking.items()):
        raise ValueError("lacking: no extra, or out of range")
    for name in _NUMBERS:
        if not 0 <= getattr(checkpoint, name) < 1 << 64:
            raise ValueError(f"{name}: out of range")
    return checkpoint


def _damaged(path: Where, error: Exception) -> DamagedError:
    shown = display_name(os.fspath(path))
    return DamagedError("checkpoint_damaged", path=shown, reason=display_name(str(error)))
