"""The listing: what lies in the bin, joined with what the indexes say of it."""

from __future__ import annotations

import contextlib
import hashlib
import stat
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dpm_tui.recycle.bin_folder import BinFolder, Lying, is_batch_id, time_of, tree_of
from dpm_tui.recycle.bin_index import read_index
from dpm_tui.recycle.folders import folder_below, join, same_file, split, status
from dpm_tui.recycle.proof import check_path, is_proven
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import BinEntry, PurgeCheck
from dpm_tui.review.plan import Move, Witness


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in the bin with its id, the time of its move and, where the index fits it, its move."""

    id: str
    file: Lying
    time: str
    move: Move | None


def entry_id(batch: str, path: bytes) -> str:
    """Return the id of an entry: it depends on nothing but its batch and original path."""
    return f"{batch}/{hashlib.sha256(path).hexdigest()[:16]}"


def list_files(opened: BinFolder, batches: Iterable[str] | None = None) -> list[Listed]:
    """Return every file of the bin, or of ``batches``, newest batch first, then by original path."""
    listed: list[Listed] = []
    for batch in opened.batches() if batches is None else batches:
        index = None
        with contextlib.suppress(OSError), folder_below(opened.bin, batch.encode()) as folder:
            index = read_index(folder, batch)
        time = time_of(batch)
        moves = {} if index is None else {move.victim.path: move for move in index.moves}
        for file in sorted(opened.lying(batch), key=lambda file: file.path):
            move = moves.get(file.path)
            if move is not None and not _fits(opened, move, file):
                move = None
            listed.append(Listed(entry_id(batch, file.path), file, time, move))
    return listed


def find_files(opened: BinFolder, ids: Iterable[str]) -> tuple[list[Listed], list[str]]:
    """Return the files that ``ids`` name, each once, and the ids that name none."""
    wanted = dict.fromkeys(ids)
    batches = dict.fromkeys(id_.partition("/")[0] for id_ in wanted)
    existing = set(opened.batches())
    listed = list_files(opened, [batch for batch in batches if is_batch_id(batch) and batch in existing])
    found = {entry.id: entry for entry in listed}
    return [found[id_] for id_ in wanted if id_ in found], [id_ for id_ in wanted if id_ not in found]


def list_entries(opened: BinFolder) -> list[BinEntry]:
    """Return the entries of the bin, newest batch first, then by original path."""
    listed = list_files(opened)
    present = _present_keepers(opened, listed)
    return [_entry(entry, entry.id in present) for entry in listed]


def check_keepers(opened: BinFolder, listed: Iterable[Listed]) -> PurgeCheck:
    """Return how much purging ``listed`` would delete, and how many have no proven keeper now."""
    proven: dict[Witness, bool] = {}
    count = size = without = 0
    for entry in listed:
        count += 1
        size += entry.file.status.st_size
        if entry.move is not None and entry.move.keeper not in proven:
            keeper = entry.move.keeper
            proven[keeper] = is_proven(opened.root, keeper)
        if (
            entry.move is None
            or not proven[entry.move.keeper]
            or not _is_victim(opened, entry.move, entry.file)
            or _is_itself(opened, entry.move.keeper, entry)
        ):
            without += 1
    return PurgeCheck(count, size, without)


def _fits(opened: BinFolder, move: Move, file: Lying) -> bool:
    """Tell whether a file in the bin is the one that the index speaks of, at first by what a rename keeps."""
    stamp = move.victim.stamp
    if file.status.st_size != stamp.size:
        return False
    return file.status.st_ino == stamp.inode or _is_victim(opened, move, file)


def _is_victim(opened: BinFolder, move: Move, file: Lying) -> bool:
    """Tell whether a file in the bin has the content that was compared with the keeper."""
    if file.status.st_mtime_ns == move.victim.stamp.mtime_ns:
        return True
    place = join(tree_of(file.batch), file.path)
    return is_proven(opened.bin, replace(move.victim, path=place))


def _present_keepers(opened: BinFolder, listed: list[Listed]) -> set[str]:
    """Return the ids whose keeper is in its place; each folder is opened once for all of them."""
    by_folder: dict[bytes, list[tuple[bytes, Listed, Witness]]] = defaultdict(list)
    for entry in listed:
        if entry.move is not None:
            with contextlib.suppress(Refused):
                check_path(entry.move.keeper.path)
                folder, name = split(entry.move.keeper.path)
                by_folder[folder].append((name, entry, entry.move.keeper))
    present: set[str] = set()
    for folder, keepers in by_folder.items():
        with contextlib.suppress(OSError), folder_below(opened.root, folder) as place:
            for name, entry, keeper in keepers:
                found = status(name, place)
                if (
                    found is not None
                    and stat.S_ISREG(found.st_mode)
                    and found.st_size == keeper.stamp.size
                    and not same_file(found, entry.file.status)
                ):
                    present.add(entry.id)
    return present


def _is_itself(opened: BinFolder, keeper: Witness, entry: Listed) -> bool:
    folder, name = split(keeper.path)
    with contextlib.suppress(OSError), folder_below(opened.root, folder) as place:
        return same_file(status(name, place), entry.file.status)
    return True


def _entry(listed: Listed, keeper_present: bool) -> BinEntry:
    file, move = listed.file, listed.move
    return BinEntry(
        id=listed.id,
        batch=file.batch,
        path=file.path,
        size=file.status.st_size,
        mtime_ns=file.status.st_mtime_ns,
        recycled_at=listed.time,
        digest=move.victim.digest if move else "",
        kind=move.kind.value if move else "",
        similarity=move.similarity if move else 0.0,
        keeper=move.keeper.path if move else b"",
        rule=move.rule if move else "",
        keeper_present=keeper_present,
    )
