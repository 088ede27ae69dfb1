"""Where everything below ``_image_temp`` lies; the only file that contains these names."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name, user_name
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath

STATE_FOLDER = b"_image_temp"
QUARANTINE = b"quarantine"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one root's state; ``base`` holds ``_image_temp``, normally the root itself.

    ``shared_bin`` says that the recycle bin may be one that is shared with a group.
    """

    root: bytes
    base: bytes
    shared_bin: bool = False
    home: HeldFolder = field(init=False, repr=False, compare=False)
    """The state folder, held open from its first use on."""

    thumbnails: HeldFolder = field(init=False, repr=False, compare=False)
    """Thumbnails by content digest."""

    vectors: HeldFolder = field(init=False, repr=False, compare=False)
    """Fingerprint vectors, one file a model."""

    def __post_init__(self) -> None:
        home = HeldFolder(self.folder)
        object.__setattr__(self, "home", home)
        object.__setattr__(self, "thumbnails", home.below(b"thumbnails"))
        object.__setattr__(self, "vectors", home.below(b"vectors"))

    @property
    def folder(self) -> bytes:
        """The path of the state folder."""
        return os.path.join(self.base, STATE_FOLDER)

    @property
    def config(self) -> HeldPath:
        """Settings, TOML."""
        return self.home.place(b"config.toml")

    @property
    def checkpoint(self) -> HeldPath:
        """Phase, counters and cursors of the last run, TOML."""
        return self.home.place(b"checkpoint.toml")

    @property
    def lock(self) -> HeldPath:
        """The lock that one worker holds."""
        return self.home.place(b"lock")

    @property
    def files(self) -> HeldPath:
        """Journal of image files; ``FilePlaces`` tells where its shards lie."""
        return self.home.place(b"files.jsonl")

    @property
    def pairs(self) -> HeldPath:
        """Journal of verified pairs."""
        return self.home.place(b"pairs.jsonl")

    @property
    def unlike_pairs(self) -> HeldPath:
        """Table of pairs that are not alike."""
        return self.home.place(b"pairs.unlike.bin")

    @property
    def inspections(self) -> HeldPath:
        """Journal of pairs that were looked at at full size."""
        return self.home.place(b"inspections.jsonl")

    @property
    def decisions(self) -> HeldPath:
        """Journal of decisions; cannot be made again, so it is only ever appended to."""
        return self.home.place(b"decisions.jsonl")

    @property
    def decisions_before(self) -> HeldPath:
        """The decisions as they were at the last start, in case the journal is damaged."""
        return self.home.place(b"decisions.prev.jsonl")

    @property
    def review(self) -> HeldPath:
        """Journal of the review: marks that were not applied yet, and how they came about."""
        return self.home.place(b"review.jsonl")

    @property
    def log(self) -> HeldPath:
        """The worker's output, and every error it met."""
        return self.home.place(b"worker.log")

    @property
    def marker(self) -> HeldPath:
        """What tells this root from an empty mount point: always on the root's side, and never held open,
        as another root may be mounted there by now."""
        return HeldFolder(self.root_side).place(b"marker")

    @property
    def root_side(self) -> bytes:
        """The path of the folder that holds marker and recycle bin: ``folder`` unless that is elsewhere."""
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


def owner_beside_root(path: bytes) -> str:
    """Return the name of the folder's owner if root works in another user's folder, else an empty text.

    Raises OSError.
    """
    owner = os.stat(path).st_uid
    return user_name(owner) if owner and os.geteuid() == 0 else ""
