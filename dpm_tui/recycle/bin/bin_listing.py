"""The listing: what lies in the bins, joined with what the indexes say of it."""

from __future__ import annotations

import contextlib
import hashlib
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dpm_tui.recycle.bin.bin_folder import BinFile, is_batch_id, time_of
from dpm_tui.recycle.bin.bin_index import BinIndex, read_index
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.filesystem.nofollow import folder_below, same_file, split, status
from dpm_tui.recycle.proof import check_path, is_proven
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import BinEntry, PurgeCheck
from dpm_tui.review.marks.plan import Companion, Move, SideFile, Witness


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file in the bin with its id, the time of its move and, where the index fits it, its move.

    For a companion ``move`` is that of its picture.
    """

    id: str
    file: BinFile
    time: str
    move: Move | None = None
    companion: Companion | None = None

    @property
    def witness(self) -> Witness | None:
        """What the file was when it was moved, None where that is not known."""
        if self.companion is not None:
            return self.companion.file
        return None if self.move is None else self.move.victim

    @property
    def side(self) -> SideFile | None:
        """The side file that the move wrote, for the picture, and for the one that it replaced."""
        return None if self.move is None else self.move.side

    @property
    def is_side_file(self) -> bool:
        """Whether it is the side file of the kept picture, as it was before the move wrote to it."""
        return self.side is not None and self.side.new.path == self.file.path

    @property
    def keeper(self) -> Witness | None:
        """The file that was kept instead: for a companion its twin, or None."""
        if self.is_side_file and self.side is not None:
            return self.side.new
        if self.companion is not None:
            return self.companion.twin
        return None if self.move is None else self.move.keeper

    @property
    def picture(self) -> bytes:
        """The original path of the picture that a companion went with, empty for a picture."""
        return self.move.victim.path if self.companion is not None and self.move is not None else b""


def entry_id(batch: str, path: bytes) -> str:
    """Return the id of an entry, which depends on its batch and original path alone."""
    return f"{batch}/{hashlib.sha256(path).hexdigest()[:16]}"


def list_files(bins: BinSet, batches: Iterable[str] | None = None) -> list[ListedFile]:
    """Return every file of the bins, or of ``batches``, newest batch first, then by original path."""
    listed: list[ListedFile] = []
    for batch in bins.batches() if batches is None else batches:
        time = time_of(batch)
        known = _known_files(indexes_of(bins, batch).values())
        for file in sorted(bins.lying(batch), key=lambda file: file.path):
            id_ = entry_id(batch, file.path)
            entry = ListedFile(id_, file, time, *known.get(file.path, (None, None)))
            listed.append(entry if _fits(entry) else ListedFile(id_, file, time))
    return listed


def find_files(bins: BinSet, ids: Iterable[str]) -> tuple[list[ListedFile], list[str]]:
    """Return the files that ``ids`` name, each once and each picture with its companions, and the
    ids that name none."""
    wanted = dict.fromkeys(ids)
    batches = dict.fromkeys(id_.partition("/")[0] for id_ in wanted)
    existing = set(bins.batches())
    listed = list_files(bins, [batch for batch in batches if is_batch_id(batch) and batch in existing])
    found = {entry.id: entry for entry in listed}
    companions: dict[str, list[str]] = defaultdict(list)
    for entry in listed:
        if entry.picture:
            companions[entry_id(entry.file.batch, entry.picture)].append(entry.id)
    chosen = dict.fromkeys(each for id_ in wanted for each in (id_, *companions.get(id_, ())))
    return [found[id_] for id_ in chosen if id_ in found], [id_ for id_ in wanted if id_ not in found]


def indexes_of(bins: BinSet, batch: str) -> Mapping[bytes, BinIndex]:
    """Return the indexes of ``batch`` that can be trusted, by the folder where their file system begins."""
    indexes: dict[bytes, BinIndex] = {}
    for home in bins.folders:
        with contextlib.suppress(OSError), folder_below(home.bin, batch.encode()) as folder:
            index = read_index(folder, batch)
            if index is not None:
                indexes[home.top] = index.seen_from(home.top)
    return indexes


def list_entries(bins: BinSet) -> list[BinEntry]:
    """Return the entries of the bins, newest batch first, then by original path."""
    listed = list_files(bins)
    present = _present_keepers(bins, listed)
    return [_entry(entry, entry.id in present) for entry in listed]


def check_keepers(bins: BinSet, listed: Iterable[ListedFile]) -> PurgeCheck:
    """Return how much purging ``listed`` would delete, and how many have no proven keeper now."""
    proven: dict[Witness, bool] = {}
    count = size = 0
    without: list[ListedFile] = []
    for entry in listed:
        count += 1
        size += entry.file.status.st_size
        keeper = entry.keeper
        if keeper is not None and keeper not in proven:
            proven[keeper] = is_proven(bins.root, keeper)
        if (
            keeper is None
            or not proven[keeper]
            or not _is_witnessed(entry)
            or _is_itself(bins, keeper, entry)
        ):
            without.append(entry)
    known = [entry.keeper for entry in without if entry.keeper is not None]
    gone = sum(not _is_there(bins, keeper) for keeper in known)
    return PurgeCheck(count, size, len(without), gone, len(known) - gone)


def _known_files(indexes: Iterable[BinIndex]) -> dict[bytes, tuple[Move, Companion | None]]:
    known: dict[bytes, tuple[Move, Companion | None]] = {}
    for index in indexes:
        for move in index.moves:
            known[move.victim.path] = (move, None)
            for companion in move.companions:
                known[companion.file.path] = (move, companion)
            if move.side is not None and move.side.old is not None:
                known[move.side.old.path] = (move, Companion(move.side.old))
    return known


def _fits(entry: ListedFile) -> bool:
    """Return whether a file in the bin is the one that the index names, first by what a rename keeps."""
    witness = entry.witness
    if witness is None:
        return True
    if entry.file.status.st_size != witness.stamp.size:
        return False
    return entry.file.status.st_ino == witness.stamp.inode or _is_witnessed(entry)


def _is_witnessed(entry: ListedFile) -> bool:
    """Return whether a file in the bin has the content that was compared with the keeper."""
    witness, file = entry.witness, entry.file
    if witness is None:
        return False
    if file.status.st_mtime_ns == witness.stamp.mtime_ns:
        return True
    return is_proven(file.home.bin, replace(witness, path=file.place))


def _present_keepers(bins: BinSet, listed: list[ListedFile]) -> set[str]:
    """Return the ids whose keeper is in its place; each folder is opened once for all of them."""
    by_folder: dict[bytes, list[tuple[bytes, ListedFile, Witness]]] = defaultdict(list)
    for entry in listed:
        keeper = entry.keeper
        if keeper is not None:
            with contextlib.suppress(Refused):
                check_path(keeper.path)
                folder, name = split(keeper.path)
                by_folder[folder].append((name, entry, keeper))
    present: set[str] = set()
    for folder, keepers in by_folder.items():
        with contextlib.suppress(OSError), folder_below(bins.root, folder) as place:
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


def _is_there(bins: BinSet, keeper: Witness) -> bool:
    """Return whether there is a file in the place of a keeper, whatever is in it."""
    with contextlib.suppress(OSError, Refused):
        check_path(keeper.path)
        folder, name = split(keeper.path)
        with folder_below(bins.root, folder) as place:
            found = status(name, place)
            return found is not None and stat.S_ISREG(found.st_mode)
    return False


def _is_itself(bins: BinSet, keeper: Witness, entry: ListedFile) -> bool:
    folder, name = split(keeper.path)
    with contextlib.suppress(OSError), folder_below(bins.root, folder) as place:
        return same_file(status(name, place), entry.file.status)
    return True


def _entry(listed: ListedFile, keeper_present: bool) -> BinEntry:
    file, move, witness, keeper = listed.file, listed.move, listed.witness, listed.keeper
    is_picture = move is not None and listed.companion is None
    return BinEntry(
        id=listed.id,
        batch=file.batch,
        path=file.path,
        size=file.status.st_size,
        mtime_ns=file.status.st_mtime_ns,
        recycled_at=listed.time,
        digest=witness.digest if witness else "",
        kind=move.kind.value if move and is_picture else "",
        similarity=move.similarity if move and is_picture else 0.0,
        keeper=keeper.path if keeper else b"",
        rule=move.rule if move else "",
        keeper_present=keeper_present,
        companion_of=listed.picture,
        link=move.link.value if move and is_picture else "",
    )
