"""Syscall filter: system calls that a decoder has no use for, refused by the kernel (seccomp) for good."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from dataclasses import dataclass

_SET_FILTER, _ALL_THREADS, _NO_SLOWER = 1, 1, 4
"""Of the call seccomp; the last flag keeps old kernels from slowing the process down for it."""
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where the kernel has them for a filter to load."""
_FOREIGN_NUMBERS = 0x40000000
"""From here on the numbers of another x86 interface."""
_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_EVERYWHERE = (
    *range(424, 427 + 1),  # pidfd_send_signal, io_uring
    *range(428, 434 + 1),  # mounts, pidfd_open
    438, 442, 452, 463, 466, 469,  # pidfd_getfd, mount_setattr, modes and attributes
)  # fmt: skip
_UNKNOWN_EVERYWHERE = (435, 437)
"""clone3 and openat2, whose arguments no filter can see: programs go on with clone and openat."""


@dataclass(frozen=True, slots=True)
class _Architecture:
    """The numbers of one: ``refused`` ones, and those that depend on an argument."""

    name: int
    seccomp: int
    refused: tuple[int, ...]
    clone: int
    opening: tuple[tuple[int, int], ...]
    """Calls with the place of their flags."""
    to_oneself: tuple[int, ...]
    """Calls that a process may only aim at itself: signals."""
    limits: int
    """The call that reads and sets limits, for a process itself also by 0."""


_ARCHITECTURES = {
    "x86_64": _Architecture(
        0xC000003E, 317,
        (
            57, 58, 59, 322,  # fork, vfork, execve, execveat
            41, 42, 43, 49, 50, 53, 288,  # socket, connect, accept, bind, listen, socketpair, accept4
            76, 77, 82, 83, 84, 85, 86, 87, 88,  # truncate, rename, mkdir, rmdir, creat, links, unlink
            90, 91, 92, 93, 94, 132, 133, 235,  # chmod, chown, utime, mknod, utimes
            258, 259, 260, 261, 263, 264, 265, 266, 268, 280, 316,  # the same by descriptors
            188, 189, 190, 197, 198, 199,  # extended attributes
            101, 129, 200, 297, 310, 311,  # ptrace, signals to others, memory of others
            155, 161, 165, 166, 272, 308, 304,  # pivot_root, chroot, mount, unshare, setns, handles
            163, 164, 167, 168, 169, 175, 176, 227, 246, 313, 320,  # the machine itself
            248, 249, 250, 298, 321, 323,  # keys, perf, bpf, userfaultfd
        ),
        clone=56, opening=((2, 1), (257, 2)), to_oneself=(62, 234), limits=302,
    ),
    "aarch64": _Architecture(
        0xC00000B7, 277,
        (
            221, 281,
            198, 199, 200, 201, 202, 203, 242,
            33, 34, 35, 36, 37, 38, 45, 46, 276,
            52, 53, 54, 55, 88,
            5, 6, 7, 14, 15, 16,
            117, 130, 138, 240, 270, 271,
            39, 40, 41, 51, 97, 265, 268,
            89, 104, 105, 106, 112, 142, 170, 224, 225, 273, 294,
            217, 218, 219, 241, 280, 282,
        ),
        clone=220, opening=((56, 2),), to_oneself=(129, 131), limits=261,
    ),
}  # fmt: skip


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def filter_calls() -> bool:
    """Refuse calls that start programs, connect, change files or reach other processes; return success.

    Threads may be started. It works on Linux on x86-64 and arm64, where the kernel has filters. Privileges
    must have been given up before.
    """
    architecture = _ARCHITECTURES.get(os.uname().machine)
    if sys.platform != "linux" or architecture is None or sys.maxsize < 1 << 32:
        return False
    instructions = [_Instruction(*each) for each in _instructions(architecture, os.getpid())]
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    call = ctypes.CDLL(None, use_errno=True).syscall
    return any(
        call(architecture.seccomp, _SET_FILTER, flags, ctypes.byref(program)) == 0
        for flags in (_ALL_THREADS | _NO_SLOWER, _ALL_THREADS)
    )


def _instructions(architecture: _Architecture, pid: int) -> list[tuple[int, int, int, int]]:
    """Return the program: code, how many steps to skip if true and if false, and value."""
    refuse, allow = (_RETURN, 0, 0, _REFUSE | errno.EPERM), (_RETURN, 0, 0, _ALLOW)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture.name), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _FOREIGN_NUMBERS), refuse,
    ]  # fmt: skip
    for number in (*architecture.refused, *_EVERYWHERE):
        program += [(_EQUAL, 0, 1, number), refuse]
    for number in _UNKNOWN_EVERYWHERE:
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS)]
    own = (_LOAD, 0, 0, _ARGUMENTS)
    program += [(_EQUAL, 0, 4, architecture.clone), own, (_ANY_BIT, 0, 1, _THREAD), allow, refuse]
    for number, place in architecture.opening:
        flags = _ARGUMENTS + 8 * place
        program += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, flags), (_ANY_BIT, 0, 1, _WRITING), refuse, allow]
    for number in architecture.to_oneself:
        program += [(_EQUAL, 0, 4, number), own, (_EQUAL, 0, 1, pid), allow, refuse]
    program += [
        (_EQUAL, 0, 5, architecture.limits),
        own,
        (_EQUAL, 1, 0, pid),
        (_EQUAL, 0, 1, 0),
        allow,
        refuse,
    ]
    return [*program, allow]
