"""Kept library: the tables that a search reads stay open for the next one, until the state is another one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.pipeline.candidates.crop_search import COUNT, PARTS
from dpm_tui.pipeline.candidates.fingerprint import part_model
from dpm_tui.pipeline.finding.near_contents import WholeVectors
from dpm_tui.pipeline.finding.searched_library import SearchedLibrary
from dpm_tui.state.config import Config
from dpm_tui.state.root_state import RootState
from dpm_tui.state.vectors.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class _Opened:
    """A library and the tables that it reads, as the state was when ``marks`` were taken."""

    library: SearchedLibrary
    tables: tuple[VectorStore, ...]
    marks: tuple[object, ...]


class KeptLibrary:
    """Opens what a scan left, or returns it again; for one thread at a time.

    ``settings`` returns those in force, ``threshold`` from which similarity on pairs count.
    """

    def __init__(
        self, state: RootState, settings: Callable[[], Config], threshold: Callable[[], float]
    ) -> None:
        self._state = state
        self._settings = settings
        self._threshold = threshold
        self._opened: _Opened | None = None

    def open(self) -> SearchedLibrary:
        """Return the library as it is now; raises DpmError if that is nothing to search in, OSError."""
        state = self._state
        if not state.checkpoint.phase:
            raise DpmError("not_scanned", path=display_name(state.layout.root))
        # What changes meanwhile makes the next search read anew.
        marks = (*state.revision, self._threshold(), self._settings().inspect)
        opened = self._opened
        if opened is not None and opened.marks == marks and all(map(VectorStore.is_current, opened.tables)):
            return opened.library
        self.free()
        self._opened = self._read(marks)
        return self._opened.library

    def free(self) -> None:
        """Close the tables and forget the library."""
        opened, self._opened = self._opened, None
        if opened is not None:
            for table in opened.tables:
                table.close()

    def _read(self, marks: tuple[object, ...]) -> _Opened:
        state, choice = self._state, self._state.checkpoint.model
        cards = load_cards()
        cards = cards if choice == "auto" else {choice: cards[choice]}
        of_parts = cards[part_model(cards)]
        tables: list[VectorStore] = []
        with ExitStack() as stack:

            def opened(model: str, identity: str, dims: int) -> VectorStore:
                table = state.stored_vectors(choice, model, identity, dims)
                stack.callback(table.close)
                tables.append(table)
                return table

            try:
                parts = opened(PARTS, of_parts.identity, of_parts.dims * (1 + COUNT))
            except FileNotFoundError as error:
                raise DpmError("not_compared_yet", path=display_name(state.layout.root)) from error
            whole: dict[str, WholeVectors] = {}
            for name, card in cards.items():
                with suppress(FileNotFoundError):
                    whole[name] = WholeVectors(opened(name, card.identity, card.dims), card.threshold)
            library = SearchedLibrary(
                files=state.files.files.snapshot(),
                verdicts=list(state.verdicts.alike()),
                inspections=state.inspections.snapshot() if self._settings().inspect else None,
                whole=whole,
                parts=parts,
                decided=state.decisions.verdict,
                threshold=self._threshold(),
            )
            stack.pop_all()
        return _Opened(library, tuple(tables), marks)
