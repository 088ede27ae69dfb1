"""The root folder, and what lies below it, reached without a symbolic link on the way.

Others may write below the root: a folder that was listed may be a link when it is opened. So a path is
never handed to the system as a whole without saying that no part of it may be a link.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from dpm_tui.errors import reason_of
from dpm_tui.file_names import is_safe_relative
from dpm_tui.pipeline.scan.open_roots import Base, OpenRoots, reach
from dpm_tui.pipeline.scan.openat2 import Openat2Missing, openat2

READ_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags for a file that may turn out to be a pipe, which must not block."""
READ_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PASS = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LINK = "a symbolic link is on the way"


class RootFolder:
    """The folder that is scanned, and the ``others`` whose pictures are compared with its own.

    Links in their own paths are the user's choice. While it is held, whatever is opened leads to those same
    folders, even if their paths lead elsewhere by now. ``away`` tells, since it was opened last, which of the
    others could not be, and why.
    """

    def __init__(self, path: bytes, others: tuple[bytes, ...] = ()) -> None:
        self.path = path
        self.others = others
        self.away: dict[bytes, str] = {}
        self._held: OpenRoots | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folders open; raises OSError if the root itself cannot be read."""
        with contextlib.ExitStack() as stack:
            self._held = self._open(stack)
            try:
                yield
            finally:
                self._held = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[OpenRoots]:
        """Yield the open folders; raises OSError if the root itself cannot be read."""
        held = self._held
        if held is not None:
            yield held
            return
        with contextlib.ExitStack() as stack:
            yield self._open(stack)

    def _open(self, stack: contextlib.ExitStack) -> OpenRoots:
        """Open every folder, to be closed by ``stack``."""
        roots = OpenRoots(os.open(self.path, READ_FOLDER))
        stack.callback(os.close, roots.own)
        away = {}
        for path in self.others:
            try:
                roots.others[path] = os.open(path, READ_FOLDER)
            except OSError as error:
                away[path] = reason_of(error)
            else:
                stack.callback(os.close, roots.others[path])
        self.away = away
        return roots


def open_beneath(base: Base, path: bytes, flags: int) -> int:
    """Return a descriptor of ``path`` below ``base``; an empty path is the open folder itself.

    Raises OSError, with ELOOP if any part of the path is a symbolic link.
    """
    folder, path = reach(base, path)
    if path and not is_safe_relative(path):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    try:
        return openat2(folder, path or b".", flags)
    except Openat2Missing:
        return _open_by_steps(folder, path, flags)
    except OSError as error:
        raise _named(error, path) from error


def stat_beneath(base: Base, path: bytes) -> os.stat_result:
    """Return the status of what lies at ``path`` below ``base``, a link's own; raises OSError."""
    above, _, name = path.rpartition(b"/")
    descriptor = open_beneath(base, above, _PASS)
    try:
        return os.stat(name or b".", dir_fd=descriptor, follow_symlinks=False)
    finally:
        os.close(descriptor)


def _open_by_steps(folder: int, path: bytes, flags: int) -> int:
    """Return a descriptor of a path, opened part by part, none of them a link; the last with ``flags``."""
    *above, name = path.split(b"/")
    current = os.dup(folder)
    try:
        for part in above:
            following = _open_part(current, part, _PASS)
            os.close(current)
            current = following
        return _open_part(current, name or b".", flags | os.O_NOFOLLOW)
    except OSError as error:
        raise _named(error, path) from error
    finally:
        os.close(current)


def _open_part(folder: int, name: bytes, flags: int) -> int:
    try:
        return os.open(name, flags | os.O_CLOEXEC, dir_fd=folder)
    except NotADirectoryError as error:
        # Asked for a folder, systems answer in different ways where there is a link.
        if _is_link(folder, name):
            raise OSError(errno.ELOOP, _LINK, name) from error
        raise


def _is_link(folder: int, name: bytes) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return False


def _named(error: OSError, path: bytes) -> OSError:
    words = _LINK if error.errno == errno.ELOOP else os.strerror(error.errno or errno.EIO)
    return OSError(error.errno, words, path)
