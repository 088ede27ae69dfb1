"""Note service: works out what the copies that go know of a picture and the kept file lacks."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.metadata.picture_notes import NOTE_WORDS
from dpm_tui.recycle.companions.companions import find_xmp
from dpm_tui.recycle.linking.new_side_file import SideFiles, no_side_files
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.marks.plan import Move, Plan, SideFile, Witness
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.decoder_process import DecoderDied, DecoderProcess

_MAX_BYTES = 1 << 23
_SECONDS = 60.0


class NoteService:
    """Reads pictures and side files in a decoder of its own, which ends with the work.

    Nothing is written beside a file in a ``protected`` folder, and nothing is to be kept of a file whose name
    a link takes. ``extensions`` are those of pictures.
    """

    def __init__(
        self,
        bin_: RecycleBin,
        pool: DecoderPool,
        protected: Callable[[], Callable[[bytes], bool]],
        extensions: Callable[[], Iterable[str]],
    ) -> None:
        self._bin = bin_
        self._pool = pool
        self._protected = protected
        self._extensions = extensions

    def foresee(self, plan: Plan) -> Plan:
        """Return ``plan`` with what each keeper's side file would get; raises BinError."""
        moves = [replace(move, adds=(), side=None) for move in plan.moves]
        first = {move.keeper.path: number for number, move in reversed(list(enumerate(moves)))}
        with self._decoder() as decoder:
            for copies, answer, _ in self._ask(decoder, moves):
                number = first[copies[0].keeper.path]
                said = answer.get("adds")
                words = map(str, said if isinstance(said, list) else ())
                adds = tuple(word for word in words if word in NOTE_WORDS)
                moves[number] = replace(moves[number], adds=adds)
        return Plan(tuple(moves))

    def make(self, moves: list[Move]) -> SideFiles:
        """Return ``moves`` with the side files that their keepers get, where something is to be added.

        Where nobody can tell any more what that is, the copies stay.
        """
        wanted = {move.keeper.path for move in moves if move.adds}
        if not wanted:
            return no_side_files(moves)
        sides: dict[bytes, SideFile] = {}
        contents: dict[str, bytes] = {}
        skipped: list[Skipped] = []
        lost: set[bytes] = set()
        with self._decoder() as decoder:
            for copies, answer, old in self._ask(decoder, [m for m in moves if m.keeper.path in wanted]):
                keeper = copies[0].keeper.path
                path = keeper + b".xmp" if old is None else old.path
                match answer.get("status"), answer.get("adds"):
                    case "unread", _:
                        skipped.append(Skipped(path, "side_file_unreadable"))
                    case "ok", [_, *_] if content := _content(answer):
                        digest = hashlib.sha256(content).hexdigest()
                        contents[digest] = content
                        new = Witness(path, Stamp(len(content), 0, 0, 0, 0), digest)
                        sides[keeper] = SideFile(new, old and replace(old, digest=str(answer.get("old", ""))))
                    case "ok", []:
                        pass
                    case _:
                        lost.add(keeper)
        return SideFiles(_with_sides(moves, sides, lost, skipped), contents, skipped)

    def _ask(
        self, decoder: DecoderProcess, moves: Sequence[Move]
    ) -> Iterator[tuple[list[Move], dict[str, Any], Witness | None]]:
        """Yield the moves of each keeper with the answer of the decoder and the side file that is there."""
        protected = self._protected()
        by_keeper: dict[bytes, list[Move]] = defaultdict(list)
        for move in moves:
            if not (move.link or protected(move.keeper.path)):
                by_keeper[move.keeper.path].append(move)
        pictures = [*by_keeper, *(move.victim.path for copies in by_keeper.values() for move in copies)]
        with self._bin.open() as bins:
            found = find_xmp(bins.root, pictures, self._extensions())
        for keeper, copies in by_keeper.items():
            old = next(iter(found[keeper]), None)
            order = {
                "do": "notes",
                "kept": _file(copies[0].keeper),
                "side": None if old is None else to_json(old.path),
                "copies": [
                    {
                        **_file(move.victim),
                        "sides": [to_json(side.path) for side in found[move.victim.path]],
                    }
                    for move in copies
                ],
            }
            try:
                answer = decoder.ask(order, _SECONDS)
            except DecoderDied:
                answer = {"status": "crashed"}
            yield copies, answer, old

    @contextmanager
    def _decoder(self) -> Iterator[DecoderProcess]:
        decoder = self._pool.note_reader()
        try:
            yield decoder
        finally:
            decoder.kill()


def _with_sides(
    moves: Iterable[Move], sides: dict[bytes, SideFile], lost: set[bytes], skipped: list[Skipped]
) -> list[Move]:
    """Return the moves, the first of each keeper with its side file; without those whose keepers are lost."""
    written = {side.new.path for side in sides.values()}
    kept: list[Move] = []
    for move in moves:
        if move.keeper.path in lost:
            skipped.append(Skipped(move.victim.path, "side_file_lost"))
            continue
        # The side file of the kept picture is another one by then.
        companions = tuple(
            replace(each, twin=None) if each.twin and each.twin.path in written else each
            for each in move.companions
        )
        kept.append(replace(move, companions=companions, side=sides.pop(move.keeper.path, None)))
    return kept


def _file(witness: Witness) -> dict[str, Any]:
    path, mtime_ns = to_json(witness.path), witness.stamp.mtime_ns
    return {"path": path, "digest": witness.digest, "mtime_ns": mtime_ns}


def _content(answer: dict[str, Any]) -> bytes:
    """Return the text of a side file, empty for what is none: a hostile picture may say anything."""
    try:
        content = base64.b64decode(str(answer.get("text", "")), validate=True)
    except ValueError:
        return b""
    return content if content.startswith(b"<") and len(content) <= _MAX_BYTES else b""
