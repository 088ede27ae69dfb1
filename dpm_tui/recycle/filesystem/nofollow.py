"""Folders and files below the root, reached through descriptors so that no symbolic link is ever followed."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator

from dpm_tui.pipeline.scan.open_roots import Base, reach
from dpm_tui.state.disk.held_folder import sync_names

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def open_folder(name: bytes, base: int | None = None) -> int:
    """Return a descriptor of the folder ``name`` in ``base``; without a base, links in ``name`` are followed.

    Raises OSError (ELOOP or ENOTDIR for a symbolic link in ``base``).
    """
    return os.open(name, _FLAGS if base is None else _FLAGS | os.O_NOFOLLOW, dir_fd=base)


def open_file(name: bytes, folder: int) -> int:
    """Return a descriptor to read ``name`` in the open ``folder``; never waits for a pipe. Raises OSError."""
    return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)


def create_file(name: bytes, folder: int | None = None, access: int = os.O_WRONLY) -> int:
    """Return a descriptor of the new private file ``name`` in ``folder``; raises OSError if it exists."""
    flags = access | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, 0o600, dir_fd=folder)


def split(path: bytes) -> tuple[bytes, bytes]:
    """Return folder and name of a relative path; the folder of a bare name is empty."""
    folder, _, name = path.rpartition(b"/")
    return folder, name


def join(*parts: bytes) -> bytes:
    """Return the relative paths joined; empty ones are left out."""
    return b"/".join(part for part in parts if part)


@contextlib.contextmanager
def folder_below(
    base: Base, path: bytes, *, make: int | None = None, touched: set[bytes] | None = None
) -> Iterator[int]:
    """Yield a descriptor of the folder at ``path`` below ``base``, opened component by component.

    With ``make`` missing folders are made with that mode and the path of the folder that holds each joins
    ``touched``, to be synced. Raises OSError.
    """
    root, relative = reach(base, path)
    current = os.dup(root)
    done = path[: len(path) - len(relative)].rstrip(b"/")
    try:
        for part in relative.split(b"/") if relative else ():
            if make is not None:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, make, dir_fd=current)
                    if touched is not None:
                        touched.add(done)
            following = open_folder(part, current)
            os.close(current)
            current = following
            done = join(done, part)
        yield current
    finally:
        os.close(current)


def walk(base: int) -> Iterator[tuple[bytes, list[tuple[bytes, os.stat_result]]]]:
    """Yield every folder below ``base`` (itself as ``b""``) with the regular files that lie in it.

    Parents come before their children. Links and special files are passed over. Folders that
    cannot be read are passed over too. One descriptor is held at a time, however deep it goes.
    """
    pending = [b""]
    while pending:
        relative = pending.pop()
        try:
            with folder_below(base, relative) as folder:
                below, files = files_in(folder)
        except OSError:
            continue
        pending.extend(join(relative, name) for name in below)
        yield relative, files


def files_in(folder: int) -> tuple[list[bytes], list[tuple[bytes, os.stat_result]]]:
    """Return the names of the folders and the regular files in an open folder; raises OSError."""
    folders: list[bytes] = []
    files: list[tuple[bytes, os.stat_result]] = []
    with os.scandir(folder) as listing:
        for item in listing:
            name = os.fsencode(item.name)
            if item.is_dir(follow_symlinks=False):
                folders.append(name)
            elif item.is_file(follow_symlinks=False):
                files.append((name, item.stat(follow_symlinks=False)))
    return folders, files


def status(name: bytes, folder: int) -> os.stat_result | None:
    """Return the status of what lies at ``name`` in ``folder``, a link's own; None if nothing does."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def same_file(first: os.stat_result | None, second: os.stat_result | None) -> bool:
    """Return whether both are one inode."""
    return first is not None and second is not None and os.path.samestat(first, second)


def sync_below(base: Base, folders: Iterable[bytes]) -> list[tuple[bytes, OSError]]:
    """Sync each of ``folders`` below ``base`` that still exists; return those that failed."""
    failed: list[tuple[bytes, OSError]] = []
    for relative in sorted(folders):
        try:
            with folder_below(base, relative) as folder:
                sync_names(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append((relative, error))
    return failed


def remove_empty(base: int, name: bytes) -> bool:
    """Remove the folder ``name`` in ``base`` if it holds nothing but folders; return whether it is gone.

    Never removes a file: whatever is not empty stays.
    """
    try:
        with folder_below(base, name) as top:
            for relative in reversed([relative for relative, _ in walk(top)][1:]):
                folder, last = split(relative)
                with contextlib.suppress(OSError), folder_below(top, folder) as parent:
                    os.rmdir(last, dir_fd=parent)
        os.rmdir(name, dir_fd=base)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def digest_of(descriptor: int) -> str:
    """Return the SHA-256 of an open file from its start; raises OSError."""
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()
