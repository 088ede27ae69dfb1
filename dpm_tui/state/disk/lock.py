"""One writer per state folder: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import socket
from dataclasses import asdict, dataclass, field

from dpm_tui.errors import DamagedError, HeldError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_all
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.regular_file import open_regular

STARTING, SERVING, ENDING = "starting", "serving", "ending"
"""The phase of a worker that holds the lock; other holders have none."""
_BYTES = 512
"""The content has this length always: it is replaced by one write, so that no reader meets half of it."""
_UNSUPPORTED = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock.

    ``machine`` distinguishes hosts of one name; ``boot`` and ``started`` distinguish a process from a later
    one with the same number. They are empty or 0 if unknown. ``phase`` is, for example, SERVING.
    """

    host: str
    pid: int
    machine: str = field(default="", compare=False)
    boot: str = field(default="", compare=False)
    started: int = field(default=0, compare=False)
    phase: str = field(default="", compare=False)

    @classmethod
    def myself(cls, phase: str = "") -> Holder:
        """Return this process."""
        pid = os.getpid()
        return cls(socket.gethostname(), pid, _machine(), _boot(), _start(pid), phase)

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is a process of another machine."""
        return self.host != socket.gethostname() or _differ(self.machine, _machine())

    @property
    def may_live(self) -> bool:
        """Whether this may be another process that lives: one of another machine always may."""
        if self.is_elsewhere:
            return True
        if _differ(self.boot, _boot()) or not is_alive(self.pid):
            return False
        return not _differ(self.started, _start(self.pid))


class Lock:
    """Exclusive lock of a state folder, until it is released or the object is gone.

    Raises HeldError naming the holder if another process has it, DamagedError if what lies at ``path``
    is no regular file. On a file system without locks the content of the file decides: a holder on this
    machine counts only while its process lives, one on another machine always.
    """

    def __init__(self, path: Where, phase: str = "") -> None:
        self._path = os.fspath(path)
        self._descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
        try:
            self._take(path)
            os.ftruncate(self._descriptor, 0)
            self.note_phase(phase)
        except BaseException:
            os.close(self._descriptor)
            raise

    def note_phase(self, phase: str) -> None:
        """Write the phase of this process into the lock; raises OSError."""
        text = json.dumps(asdict(Holder.myself(phase))).encode("ascii")
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        write_all(self._descriptor, text.ljust(_BYTES - 1) + b"\n")

    def is_lost(self) -> bool:
        """Return whether the locked file was removed or replaced: then others can lock the folder.

        Some network file systems change inode numbers, so another number alone proves nothing.
        """
        try:
            here, held = os.lstat(self._path), os.fstat(self._descriptor)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        if (here.st_dev, here.st_ino) == (held.st_dev, held.st_ino):
            return False
        holder = read_holder(self._path)
        return holder is not None and holder != Holder.myself()

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):  # what it says of a holder who is gone counts for nothing
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def _take(self, path: Where) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = read_holder(path)
            if error.errno in _UNSUPPORTED and not (holder is not None and holder.may_live):
                return
            raise HeldError(
                "held",
                path=display_name(os.path.dirname(os.path.dirname(os.fspath(path)))),
                host=display_name(holder.host) if holder else "?",
                pid=holder.pid if holder else "?",
                phase=holder.phase if holder else STARTING,
            ) from error


def read_holder(path: Where) -> Holder | None:
    """Return who last wrote the lock file, or None."""
    try:
        with open(open_regular(path), "rb") as file:
            value = json.loads(file.read(4096))
        machine, boot, phase = (str(value.get(name, "")) for name in ("machine", "boot", "phase"))
        started = int(value.get("started", 0))
        holder = Holder(str(value["host"]), int(value["pid"]), machine, boot, started, phase)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        DamagedError,
    ):
        return None
    return holder if 0 < holder.pid < 1 << 31 else None


def is_held(path: Where) -> bool:
    """Return whether a process holds the lock, as the file system knows; raises DamagedError, OSError."""
    descriptor = open_regular(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _UNSUPPORTED
    finally:
        os.close(descriptor)
    return False


def is_alive(pid: int) -> bool:
    """Return whether another process of this machine has this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _differ(one: object, other: object) -> bool:
    """Return whether two values differ where both are known."""
    return bool(one and other and one != other)


def _machine() -> str:
    """Return a number that distinguishes this machine from others; hashed, as the true one is private."""
    number = _read("/etc/machine-id")
    return hashlib.sha256(b"dpm-tui " + number.encode()).hexdigest()[:16] if number else ""


def _boot() -> str:
    """Return the id of this boot of the system, empty if unknown."""
    return _read("/proc/sys/kernel/random/boot_id")


def _start(pid: int) -> int:
    """Return when a process started, in ticks since the machine did."""
    try:
        return int(_read(f"/proc/{pid}/stat").rpartition(")")[2].split()[19])
    except (ValueError, IndexError):
        return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
