"""The recycle bin as the app shows it: entries under their batches, a cursor and a selection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from dpm_tui.recycle.results import BinEntry
from dpm_tui.worker.protocol.messages import BinData


@dataclass(frozen=True, slots=True)
class BatchLine:
    """The heading of a batch in the list."""

    batch: str
    recycled_at: str
    rule: str
    files: int
    size: int


class BinList:
    """Lines of the recycle bin, newest batch first."""

    def __init__(self, data: BinData | None = None) -> None:
        self.lines: list[BatchLine | BinEntry] = []
        self.cursor = 0
        self.selected: set[str] = set()
        self.can_undo = self.can_redo = False
        self.known = data is not None
        if data is not None:
            self.can_undo, self.can_redo = data.can_undo, data.can_redo
            self.lines.extend(_lay_out(data.entries))
        self._companions: dict[tuple[str, bytes], list[BinEntry]] = {}
        for entry in self.entries:
            if entry.companion_of:
                self._companions.setdefault((entry.batch, entry.companion_of), []).append(entry)
        self.move_to(0)

    @property
    def entries(self) -> list[BinEntry]:
        """Every entry."""
        return [line for line in self.lines if isinstance(line, BinEntry)]

    @property
    def current(self) -> BinEntry | None:
        """The entry under the cursor."""
        line = self.lines[self.cursor] if self.lines else None
        return line if isinstance(line, BinEntry) else None

    @property
    def chosen(self) -> list[BinEntry]:
        """The selected entries, or the one under the cursor where none is selected."""
        chosen = [entry for entry in self.entries if entry.id in self.selected]
        return chosen or (self.family(self.current) if self.current else [])

    def family(self, entry: BinEntry) -> list[BinEntry]:
        """Return an entry with the companions that went with it."""
        return [entry, *self._companions.get((entry.batch, entry.path), [])]

    def count_companions(self, paths: Iterable[bytes]) -> int:
        """Return how many of these original paths are those of companions."""
        companions = {entry.path for entry in self.entries if entry.companion_of}
        return sum(path in companions for path in paths)

    def renew(self, data: BinData) -> BinList:
        """Return the list for newer data with cursor and selection kept."""
        fresh = BinList(data)
        fresh.selected = self.selected & {entry.id for entry in fresh.entries}
        fresh.move_to(self.cursor)
        return fresh

    def move_to(self, line: int, direction: int = 1) -> None:
        """Put the cursor on a line, or on the next entry in ``direction`` where it is a heading."""
        self.cursor = min(max(line, 0), max(len(self.lines) - 1, 0))
        if self.lines and self.current is None:
            onwards = self.cursor + direction
            self.cursor = onwards if 0 <= onwards < len(self.lines) else min(1, len(self.lines) - 1)

    def move(self, lines: int) -> None:
        """Move the cursor by so many lines, over headings."""
        self.move_to(self.cursor + lines, 1 if lines > 0 else -1)

    def toggle(self) -> None:
        """Select the entry under the cursor and its companions, or take them out, and go on behind them."""
        if self.current:
            family = self.family(self.current)
            ids = {entry.id for entry in family}
            self.selected = self.selected - ids if self.current.id in self.selected else self.selected | ids
            self.move(len(family))

    def select(self, fits: Callable[[BinEntry], bool]) -> None:
        """Select exactly the entries that fit; companions go by the picture that they lie under."""
        heads = {(entry.batch, entry.path) for entry in self.entries}
        pictures = (entry for entry in self.entries if (entry.batch, entry.companion_of) not in heads)
        chosen = (entry for entry in pictures if fits(entry))
        self.selected = {member.id for entry in chosen for member in self.family(entry)}

    def toggle_batch(self) -> None:
        """Select every entry of the cursor's batch, or none of them if all were selected."""
        if self.current:
            ids = {entry.id for entry in self.entries if entry.batch == self.current.batch}
            self.selected = self.selected - ids if ids <= self.selected else self.selected | ids


def _lay_out(entries: Iterable[BinEntry]) -> Iterable[BatchLine | BinEntry]:
    """Yield each batch under its heading, every companion right below its picture."""
    for batch, members in groupby(entries, key=lambda entry: entry.batch):
        own = list(members)
        rule = next((entry.rule for entry in own if entry.rule), "")
        yield BatchLine(batch, own[0].recycled_at, rule, len(own), sum(entry.size for entry in own))
        place = {entry.path: number for number, entry in enumerate(own)}
        yield from sorted(
            own, key=lambda entry: (place.get(entry.companion_of or entry.path, len(own)), entry.companion_of)
        )
