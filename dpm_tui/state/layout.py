"""Where everything under ``_image_temp`` lies; the only place that spells these names."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.names import display_name

STATE_FOLDER = b"_image_temp"
QUARANTINE = b"quarantine"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one root's state; ``base`` holds ``_image_temp``, normally the root itself."""

    root: bytes
    base: bytes

    @property
    def folder(self) -> bytes:
        """The state folder itself."""
        return os.path.join(self.base, STATE_FOLDER)

    @property
    def config(self) -> bytes:
        """Settings, TOML."""
        return os.path.join(self.folder, b"config.toml")

    @property
    def checkpoint(self) -> bytes:
        """Phase, counters and cursors of the last run, TOML."""
        return os.path.join(self.folder, b"checkpoint.toml")

    @property
    def lock(self) -> bytes:
        """The lock that one worker holds."""
        return os.path.join(self.folder, b"lock")

    @property
    def files(self) -> bytes:
        """Journal of image files; ``FilePlaces`` tells where its shards lie."""
        return os.path.join(self.folder, b"files.jsonl")

    @property
    def pairs(self) -> bytes:
        """Journal of verified pairs."""
        return os.path.join(self.folder, b"pairs.jsonl")

    @property
    def inspections(self) -> bytes:
        """Journal of pairs that were looked at at full size."""
        return os.path.join(self.folder, b"inspections.jsonl")

    @property
    def decisions(self) -> bytes:
        """Journal of decisions; cannot be made again, so it is only ever appended to."""
        return os.path.join(self.folder, b"decisions.jsonl")

    @property
    def decisions_before(self) -> bytes:
        """The decisions as they were at the last start, for the day on which the journal is damaged."""
        return os.path.join(self.folder, b"decisions.prev.jsonl")

    @property
    def review(self) -> bytes:
        """Journal of the review: marks that were not applied yet, and how they came about."""
        return os.path.join(self.folder, b"review.jsonl")

    @property
    def thumbnails(self) -> bytes:
        """Thumbnails by content digest."""
        return os.path.join(self.folder, b"thumbnails")

    @property
    def vectors(self) -> bytes:
        """Fingerprint vectors, one file a model."""
        return os.path.join(self.folder, b"vectors")

    @property
    def log(self) -> bytes:
        """What the worker printed and every error it met."""
        return os.path.join(self.folder, b"worker.log")

    @property
    def marker(self) -> bytes:
        """What tells this root from an empty mount point: always on the root's side."""
        return os.path.join(self.root, STATE_FOLDER, b"marker")

    @property
    def root_side(self) -> bytes:
        """The folder that holds marker and recycle bin, the state folder itself unless that is elsewhere."""
        return os.path.join(self.root, STATE_FOLDER)

    @property
    def recycle_bin(self) -> bytes:
        """The recycle bin: always on the root's side, so that a move is a rename."""
        return os.path.join(self.root, STATE_FOLDER, b"recycle_bin")


def check_root(root: bytes) -> None:
    """Raise DpmError if ``root`` is not a folder that can be read."""
    shown = display_name(root)
    try:
        status = os.stat(root)
    except OSError as error:
        key = "root_missing" if isinstance(error, FileNotFoundError) else "root_unreadable"
        raise DpmError(key, path=shown, reason=reason_of(error)) from error
    if not stat.S_ISDIR(status.st_mode):
        raise DpmError("root_not_folder", path=shown)
    try:
        os.scandir(root).close()
    except OSError as error:
        raise DpmError("root_unreadable", path=shown, reason=reason_of(error)) from error
