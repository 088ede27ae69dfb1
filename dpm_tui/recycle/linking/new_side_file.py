"""New side files: what only a copy knew is written beside the kept picture as the copy goes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dpm_tui.recycle.bin.bin_folder import LINK_PART
from dpm_tui.recycle.filesystem.file_metadata import copy_metadata
from dpm_tui.recycle.filesystem.nofollow import create_file
from dpm_tui.recycle.linking.waiting_file import WaitingFile, making_part, waiting_file
from dpm_tui.recycle.proof import OpenFile
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.marks.plan import Move, SideFile

_ANYBODY = 0o666


@dataclass(frozen=True, slots=True)
class SideFiles:
    """Moves with the side files that their keepers get, the ``contents`` of those by their SHA-256, and
    side files to which nothing can be added, with the reasons."""

    moves: list[Move]
    contents: Mapping[str, bytes] = field(default_factory=dict)
    skipped: Sequence[Skipped] = ()


SideFileMaker = Callable[[list[Move]], SideFiles]
"""Works out the side files for moves that rest on judged pairs; what they say of them is not believed."""


def no_side_files(moves: list[Move]) -> SideFiles:
    """Return moves that write no side file."""
    return SideFiles([replace(move, side=None) for move in moves])


@contextlib.contextmanager
def make_side_file(
    batch: int, local: bytes, side: SideFile, content: bytes, like: OpenFile
) -> Iterator[WaitingFile]:
    """Write ``content`` in the open folder of a batch; ``local`` is the path of the side file there.

    It gets owner, permissions and attributes of the file ``like``, and may be written to by its owner. If it
    has not taken its name in the end, it is gone. Raises Refused and OSError.
    """
    if hashlib.sha256(content).hexdigest() != side.new.digest:
        raise Refused("side_file_lost")
    with making_part(batch):
        descriptor = create_file(LINK_PART, batch)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(content)
            copy_metadata(like.descriptor, descriptor)
            os.fchmod(descriptor, (like.status.st_mode & _ANYBODY) | 0o600)
            os.utime(descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with waiting_file(batch, local) as waiting:
            yield waiting
