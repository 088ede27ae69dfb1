"""One recycle bin's folder: opened without following links, its batches and what lies in them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dpm_tui.recycle.bin.bin_ownership import check_trust
from dpm_tui.recycle.filesystem.nofollow import (
    folder_below,
    join,
    open_folder,
    remove_empty,
    split,
    status,
    sync_below,
    walk,
)
from dpm_tui.recycle.refusal import BinError, bin_error_of
from dpm_tui.state.disk.held_folder import HeldFolder, sync_names
from dpm_tui.state.disk.layout import STATE_FOLDER

BIN = join(STATE_FOLDER, b"recycle_bin")
TREE = b"tree"
LINKS = b"links"
"""Below it links lie for a moment, under the paths of the files whose names they take or took."""
LINK_PART = b"link.part"
"""A link that is not whole yet."""
INDEX = b"index.json"
PARTIAL_INDEX = b"index.json.part"
_BATCH = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class BinFolder:
    """The open recycle bin of one file system and the open folder ``base`` that it lies below.

    ``top`` is the path of ``base`` relative to the root: empty for the root itself, else the folder
    where another file system begins. Without a ``descriptor`` there is no bin yet.
    """

    top: bytes
    base: int
    descriptor: int | None

    @property
    def bin(self) -> int:
        """Descriptor of the recycle bin; callers make sure that there is one."""
        assert self.descriptor is not None
        return self.descriptor

    def held(self, root: bytes) -> HeldFolder:
        """Return the bin as a folder that stays open; ``root`` is the path of the root."""
        return HeldFolder.over(self.bin, os.path.join(root, self.top, BIN))

    def local(self, path: bytes) -> bytes:
        """Return ``path``, which is relative to the root and lies below ``top``, relative to ``top``."""
        return path[len(self.top) + 1 :] if self.top else path

    def batches(self) -> list[str]:
        """Return the ids of the batches whose folders exist; raises BinError."""
        if self.descriptor is None:
            return []
        kept = []
        try:
            for name in filter(is_batch_id, os.listdir(self.descriptor)):
                found = status(name.encode(), self.descriptor)
                if found is not None and stat.S_ISDIR(found.st_mode):
                    kept.append(name)
        except OSError as error:
            raise bin_error_of(error, join(self.top, BIN)) from error
        return kept

    def lying(self, batch: str) -> Iterator[BinFile]:
        """Yield every regular file of ``batch``; an unreadable batch holds none."""
        return self._files(batch, TREE)

    def links(self, batch: str) -> Iterator[BinFile]:
        """Yield every link of ``batch`` that was on its way when something was cut short."""
        return self._files(batch, LINKS)

    def _files(self, batch: str, kept: bytes) -> Iterator[BinFile]:
        if self.descriptor is None or not is_batch_id(batch):
            return
        below = join(batch.encode(), kept)
        with contextlib.suppress(OSError), folder_below(self.descriptor, below) as tree:
            for folder, files in walk(tree):
                for name, found in files:
                    yield BinFile(batch, join(self.top, folder, name), found, self, kept)

    def remove_if_empty(self, batch: str) -> bool:
        """Remove the folder of ``batch``, index included, if no file lies in it; return whether it is gone.

        The index goes only after the tree is gone, so a crash never parts a file from its index.
        """
        name = batch.encode()
        try:
            with folder_below(self.bin, name) as folder:
                if not (remove_empty(folder, TREE) and remove_empty(folder, LINKS)):
                    return False
                for leftover in (LINK_PART, PARTIAL_INDEX, INDEX):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(leftover, dir_fd=folder)
            os.rmdir(name, dir_fd=self.bin)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def tidy(self, batch: str, left: Collection[bytes]) -> None:
        """Remove what became empty when the files ``left``, relative to the root, went from ``batch``.

        What remains is synced. A folder that could not be synced may show its files again after a power
        cut; recovery handles that.
        """
        folders = {split(self.local(path))[0] for path in left}
        with contextlib.suppress(OSError), folder_below(self.bin, tree_of(batch)) as tree:
            for folder in sorted(folders, reverse=True):
                _remove_upwards(tree, folder)
        touched = {b""}
        if not self.remove_if_empty(batch):
            with contextlib.suppress(OSError), folder_below(self.bin, batch.encode()) as whole:
                remove_empty(whole, LINKS)
            touched |= {batch.encode(), *(join(tree_of(batch), folder) for folder in folders)}
        sync_below(self.bin, touched)


@dataclass(frozen=True, slots=True)
class BinFile:
    """A regular file that lies in a batch; ``path`` is where it came from, relative to the root.

    ``kept`` is the folder of the batch below which it lies.
    """

    batch: str
    path: bytes
    status: os.stat_result
    home: BinFolder
    kept: bytes = TREE

    @property
    def place(self) -> bytes:
        """Where it lies, relative to the bin of its ``home``."""
        return join(self.batch.encode(), self.kept, self.home.local(self.path))


def new_batch_id() -> str:
    """Return a batch id: the time in UTC, to the microsecond, and a random part so that ids never meet."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}-{now.microsecond:05x}{secrets.randbelow(1 << 12):03x}"


def is_batch_id(text: str) -> bool:
    """Return whether ``text`` has the form of a batch id; anything else is never joined to a path."""
    return _BATCH.fullmatch(text) is not None


def time_of(batch: str) -> str:
    """Return the ISO 8601 UTC time that a batch id carries, empty for an impossible one."""
    try:
        return f"{datetime.strptime(batch[:15], '%Y%m%dT%H%M%S').isoformat()}Z"
    except ValueError:
        return ""


def tree_of(batch: str) -> bytes:
    """Return the folder, relative to the bin, below which the files of ``batch`` lie."""
    return join(batch.encode(), TREE)


def open_below(base: int, *, make: bool, shared: bool = False) -> int | None:
    """Return the recycle bin below the open folder ``base``, None where there is none.

    With ``make`` it is created, private to the user. Raises BinError if ``_image_temp`` or the bin
    is a link, not a folder, cannot be used, or is not the user's own (see ``bin_trust``).
    """
    current, done = os.dup(base), b""
    for part in BIN.split(b"/"):
        done = join(done, part)
        try:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=current)
                    sync_names(current)
            following = open_folder(part, current)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise bin_error_of(error, done) from error
        finally:
            os.close(current)
        current = following
        try:
            check_trust(current, base, done, shared=shared)
        except (BinError, OSError) as error:
            os.close(current)
            raise (bin_error_of(error, done) if isinstance(error, OSError) else error) from None
    return current


def _remove_upwards(tree: int, folder: bytes) -> None:
    while folder:
        parent, name = split(folder)
        try:
            with folder_below(tree, parent) as above:
                os.rmdir(name, dir_fd=above)
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = parent
