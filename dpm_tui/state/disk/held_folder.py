"""Folders that are held open, and files in them: every operation acts on the same folder.

Whoever may write in the scanned folder can put a link, or another folder, in place of one of ours at any
moment. So a path is followed once, when a folder is opened, and from then on only its descriptor counts.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import weakref
from dataclasses import dataclass

from dpm_tui.errors import DamagedError
from dpm_tui.file_names import display_name

_SYNC_UNSUPPORTED = {errno.EINVAL, errno.ENOTSUP}
"""What network file systems answer to syncing a folder; anything else is a real error."""
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class HeldFolder:
    """The folder at ``path``, opened when it is first needed and then held for as long as this object lives.

    ``path`` is for messages. With ``above`` it is the folder of that name in it. Links are never followed,
    unless ``follow`` says that the path is the user's own choice. Methods that need it open raise
    DamagedError for a link or anything but a folder, and OSError (FileNotFoundError among them).
    """

    def __init__(self, path: bytes, above: HeldFolder | None = None, *, follow: bool = False) -> None:
        self.path = path
        self.above = above
        self._follow = follow
        self._descriptor = -1
        self._closing: weakref.finalize[[int], HeldFolder] | None = None

    @classmethod
    def over(cls, descriptor: int, path: bytes) -> HeldFolder:
        """Return the folder that is open at ``descriptor``, which stays the caller's."""
        folder = cls(path)
        folder._hold(os.dup(descriptor))
        return folder

    def __fspath__(self) -> bytes:
        return self.path

    @property
    def name(self) -> bytes:
        """The name of the folder in the one above."""
        return os.path.basename(self.path)

    @property
    def descriptor(self) -> int:
        """The descriptor. It is open as long as this object lives: keep the object while you use it."""
        if self._descriptor < 0:
            self._hold(self._open())
        return self._descriptor

    def place(self, name: bytes) -> HeldPath:
        """Return the place of a file in this folder."""
        return HeldPath(self, name)

    def below(self, name: bytes) -> HeldFolder:
        """Return the folder ``name`` in this one."""
        return HeldFolder(os.path.join(self.path, name), self)

    def close(self) -> None:
        """Close it now; the next use opens it again."""
        self._descriptor = -1
        if self._closing is not None:
            self._closing()

    def make(self) -> HeldFolder:
        """Make the folder, private to the user, where it is missing; return it."""
        with contextlib.suppress(FileExistsError):
            if self.above is None:
                os.mkdir(self.path, 0o700)
            else:
                os.mkdir(self.name, 0o700, dir_fd=self.above.descriptor)
        if self._descriptor >= 0 and not os.fstat(self._descriptor).st_nlink:
            self._hold(self._open())  # the folder that was held has been removed
        return self

    def check(self) -> None:
        """Raise DamagedError where a link or no folder lies at the path, OSError where nothing does."""
        os.fstat(self.descriptor)

    def check_in_place(self) -> None:
        """Raise DamagedError if the folder is not the one under its path any more."""
        mine = os.fstat(self.descriptor)
        try:
            found = os.lstat(self.path)
        except OSError:
            found = None
        if found is None or not os.path.samestat(found, mine):
            raise DamagedError("state_replaced", path=display_name(self.path))

    def open(self, name: bytes, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor of the file ``name``, never through a link; raises OSError."""
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=self.descriptor)

    def status(self, name: bytes) -> os.stat_result:
        """Return the status of what lies at ``name``, a link's own; raises OSError."""
        return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)

    def has(self, name: bytes) -> bool:
        """Return whether anything lies at ``name``, be it a link to nowhere."""
        try:
            self.status(name)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def names(self) -> list[bytes]:
        """Return the names in the folder, sorted; raises OSError."""
        # One descriptor has one position for all threads: a listing needs its own.
        listing = os.open(b".", _FLAGS, dir_fd=self.descriptor)
        try:
            return sorted(map(os.fsencode, os.listdir(listing)))
        finally:
            os.close(listing)

    def unlink(self, name: bytes) -> None:
        """Remove a name; raises OSError."""
        os.unlink(name, dir_fd=self.descriptor)

    def rename(self, name: bytes, other: bytes, to: HeldFolder | None = None) -> None:
        """Rename a file or folder of this folder, into ``to`` if that is given; raises OSError."""
        target = self if to is None else to
        os.rename(name, other, src_dir_fd=self.descriptor, dst_dir_fd=target.descriptor)

    def replace(self, name: bytes, other: bytes) -> None:
        """Put the file ``name`` in the place of another one; raises OSError."""
        os.replace(name, other, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def empty(self) -> None:
        """Remove all that lies in the folder; what cannot be removed stays."""
        for name in self.names():
            if stat.S_ISDIR(self.status(name).st_mode):
                shutil.rmtree(name, ignore_errors=True, dir_fd=self.descriptor)
            else:
                with contextlib.suppress(OSError):
                    self.unlink(name)

    def sync(self) -> None:
        """Make new and removed names survive a power cut; raises OSError."""
        sync_names(self.descriptor)

    def _open(self) -> int:
        flags = _FLAGS if self._follow else _FLAGS | os.O_NOFOLLOW
        try:
            if self.above is None:
                return os.open(self.path or b".", flags)
            return os.open(self.name, flags, dir_fd=self.above.descriptor)
        except OSError as error:
            if self._follow or error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
            raise DamagedError(self._oddity(), path=display_name(self.path)) from error

    def _oddity(self) -> str:
        """Return the error for what lies in place of the folder."""
        with contextlib.suppress(OSError):
            found = os.lstat(self.path) if self.above is None else self.above.status(self.name)
            return "state_is_link" if stat.S_ISLNK(found.st_mode) else "state_not_folder"
        return "state_not_folder"

    def _hold(self, descriptor: int) -> None:
        # Another thread may still use the descriptor of before: it is closed with this object.
        self._descriptor = descriptor
        self._closing = weakref.finalize(self, os.close, descriptor)
        self._closing.atexit = False


@dataclass(frozen=True, slots=True)
class HeldPath:
    """Where a file lies, or may come to lie: a folder and a name in it."""

    folder: HeldFolder
    name: bytes

    def __fspath__(self) -> bytes:
        return self.path

    @property
    def path(self) -> bytes:
        """The path, for messages."""
        return os.path.join(self.folder.path, self.name)

    @property
    def part(self) -> HeldPath:
        """Where the file is written before it takes its place."""
        return HeldPath(self.folder, self.name + b".part")

    def open(self, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor of the file, never through a link; raises OSError."""
        return self.folder.open(self.name, flags, mode)

    def exists(self) -> bool:
        """Return whether anything lies there, be it a link to nowhere."""
        return self.folder.has(self.name)

    def unlink(self) -> None:
        """Remove what lies there; raises OSError."""
        self.folder.unlink(self.name)

    def rename(self, to: HeldPath) -> None:
        """Let the file be at another place; raises OSError."""
        self.folder.rename(self.name, to.name, to.folder)


def sync_names(descriptor: int) -> None:
    """Make new and removed names in an open folder survive a power cut; raises OSError (EIO)."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _SYNC_UNSUPPORTED:
            raise


Where = bytes | HeldPath
"""A place, or the path of a file that the user named; its folder is opened for one operation."""


def place_of(where: Where) -> HeldPath:
    """Return the place that ``where`` is."""
    if isinstance(where, HeldPath):
        return where
    folder, name = os.path.split(where)
    return HeldPath(HeldFolder(folder, follow=True), name)


def folder_of(where: bytes | HeldFolder) -> HeldFolder:
    """Return the folder that ``where`` is."""
    return where if isinstance(where, HeldFolder) else HeldFolder(where)
