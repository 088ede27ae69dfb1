"""The state of one root: every table under ``_image_temp``, opened by its one writer or by a reader."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterable

import numpy as np

from dpm_tui.catalog.content_digest import is_digest, prefixes_in, prefixes_of
from dpm_tui.catalog.inspection import VERSION
from dpm_tui.errors import DamagedError
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.candidates.fingerprint import ModelCard
from dpm_tui.state.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.journal import ends_torn
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.files.file_store import FileStore
from dpm_tui.state.review.decision_store import DecisionStore
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.state.vectors.candidate_store import CandidateStore
from dpm_tui.state.vectors.garbage_collection import clear_table, is_due
from dpm_tui.state.vectors.vector_store import VectorStore
from dpm_tui.state.verdicts.inspection_store import InspectionStore
from dpm_tui.state.verdicts.verdict_store import VerdictStore


class RootState:
    """All tables of one root; fulfils ``pipeline.ports.Store``.

    With ``writable`` False nothing is created or changed. ``judge_version`` drops verdicts and inspections
    of another version; empty accepts all. Once ``is_lost`` says that the folder belongs to another process
    nothing is written. ``damaged`` names the tables with unreadable parts that no crash explains: a writer
    makes them again, except for decisions. Raises DamagedError for state that cannot be trusted.
    """

    def __init__(self, layout: Layout, judge_version: str = "", *, writable: bool = True) -> None:
        self.layout = layout
        self.is_lost: Callable[[], bool] = lambda: False
        for folder in (layout.thumbnails, layout.vectors):
            with contextlib.suppress(FileNotFoundError):
                folder.check()
        self.checkpoint: Checkpoint = load_checkpoint(layout.checkpoint)
        torn = {path for path in _journals(layout) if ends_torn(path)}
        self.files = FileStore(layout.files, writable=writable)
        self.thumbnails = ThumbnailStore(layout.thumbnails)
        self.verdicts = VerdictStore(layout.pairs, judge_version, writable=writable)
        self.inspections = InspectionStore(
            layout.inspections, VERSION if judge_version else "", writable=writable
        )
        self.decisions = DecisionStore(layout.decisions, layout.decisions_before, writable=writable)
        self.damaged = self._find_damage(torn)
        self._vectors: dict[str, VectorStore] = {}
        self._candidates: dict[str, CandidateStore] = {}

    @property
    def revision(self) -> tuple[object, ...]:
        """What becomes another when files, verdicts or inspections change, or the model of the results."""
        stores = (self.files.files, self.verdicts, self.inspections)
        return self.checkpoint.model, *(store.revision for store in stores)

    def vectors(self, choice: str, model: str, identity: str, dims: int) -> VectorStore:
        """Return the vectors of ``model`` under one choice of models and one set of weights."""
        key = f"{choice}-{model}-{identity[:12]}"
        if key not in self._vectors:
            self._vectors[key] = VectorStore(self._vector_path(choice, model, identity), dims)
        return self._vectors[key]

    def stored_vectors(self, choice: str, model: str, identity: str, dims: int) -> VectorStore:
        """Return the vectors that lie on the disk, to read beside whoever adds to them.

        Raises FileNotFoundError if there are none, DamagedError, OSError.
        """
        return VectorStore(self._vector_path(choice, model, identity), dims, writable=False)

    def fitting_model(self, models: Iterable[ModelCard]) -> Callable[[str], str]:
        """Return the function from content digest to the name of the model that fits it.

        Needs no writable state; a content without a fingerprint has no model.
        """
        choice = self.checkpoint.model
        if choice != "auto":
            return lambda digest: choice if digest else ""
        tables: list[tuple[str, VectorStore]] = []
        for card in models:
            with contextlib.suppress(FileNotFoundError):
                table = self.stored_vectors(choice, card.name, card.identity, card.dims)
                table.close()  # which models fit is in memory
                tables.append((card.name, table))
        return lambda digest: next((name for name, table in reversed(tables) if table.fits(digest)), "")

    def candidates(self, choice: str, model: str, identity: str) -> CandidateStore:
        """Return the candidates that were found in the way that ``identity`` names."""
        key = f"{choice}-{model}-{hashlib.blake2s(identity.encode(), digest_size=6).hexdigest()}"
        if key not in self._candidates:
            place = self.layout.vectors.place(key.encode("ascii") + b".near.jsonl")
            self._candidates[key] = CandidateStore(place)
        return self._candidates[key]

    def remove_outdated(self) -> None:
        """Remove vectors and candidates of other weights or rules than those in use: a run that ended needs
        them no more. Those of another choice of models stay, in case it is chosen again.
        """
        for place in self._outdated():
            with contextlib.suppress(OSError):
                place.unlink()

    def judge_anew(self, digests: Collection[str]) -> None:
        """Forget for good what was found of pairs with one of these contents; raises OSError."""
        (known,) = self.files.files.gather("digest")
        halves = prefixes_in(known.tobytes())
        kept = halves[np.isin(halves, prefixes_of(digests), invert=True)]
        self.verdicts.keep(kept)
        self.inspections.keep(kept)

    def clear_gone(
        self, choice: str, others: Callable[[], Iterable[str]], cancelled: Callable[[], bool]
    ) -> None:
        """Drop the data of contents that left the library, once they take much room.

        That is vectors and candidates under one choice of models, verdicts and thumbnails. ``others`` returns
        contents that may come back. To be called after a run; the next one makes lost data again. Raises
        Cancelled, OSError.
        """
        (digests,) = self.files.files.gather("digest")
        known = prefixes_in(digests.tobytes())
        tables = {key: table for key, table in self._vectors.items() if key.startswith(choice + "-")}
        if not is_due(tables.values(), known):
            return
        known = np.concatenate([known, prefixes_of(filter(is_digest, others()))])
        # Unopened journals of candidates would refer to wrong rows afterwards.
        if not is_due(tables.values(), known) or self._outdated():
            return
        candidates = {_kind(key): store for key, store in self._candidates.items()}
        try:
            cleared = [
                clear_table(table, candidates[_kind(key)], known, cancelled) for key, table in tables.items()
            ]
        except OSError:
            self._close_arrays()
            raise
        if any(cleared):
            self.verdicts.keep(known)
            self.inspections.keep(known)
            self.thumbnails.keep(known, cancelled)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint; raises DamagedError if the state folder is another one by now, OSError."""
        self.check_in_place()
        self.checkpoint = checkpoint
        if not self.is_lost():
            save_checkpoint(self.layout.checkpoint, checkpoint)

    def check_in_place(self) -> None:
        """Raise DamagedError if the state folder is not the one under its path any more.

        A lost lock is not checked here: the worker notices it and ends.
        """
        if not self.is_lost():
            self.layout.home.check_in_place()

    def sync(self) -> None:
        """Make everything put so far survive a crash; files last, as they refer to the rest.

        Raises DamagedError if the state folder is another one by now, OSError.
        """
        if self.is_lost():
            return
        self.check_in_place()
        self._sync()

    def _sync(self) -> None:
        for vectors in self._vectors.values():
            vectors.sync()
        self.verdicts.sync()
        self.inspections.sync()
        self.files.sync()

    def reset(self) -> None:
        """Forget all that can be made again; settings, decisions and the recycle bin stay."""
        self.check_in_place()
        self._close_arrays()
        self.files.clear()
        self.verdicts.clear()
        self.inspections.clear()
        self.thumbnails.clear()
        with contextlib.suppress(OSError, DamagedError):
            self.layout.vectors.empty()
        self.save_checkpoint(Checkpoint())

    def close(self) -> None:
        """Sync and close every table; a state that is lost is left as it is."""
        if self.is_lost():
            return
        self._sync()
        self._close_arrays()
        self.files.close()
        self.verdicts.close()
        self.inspections.close()
        self.decisions.close()

    def _find_damage(self, torn: set[HeldPath]) -> tuple[str, ...]:
        rejected = (
            self.files.rejected,
            self.verdicts.rejected,
            self.inspections.rejected,
            self.decisions.rejected + self.decisions.rescued,
        )
        counts = zip(_journals(self.layout), rejected, strict=True)
        return tuple(display_name(place.name) for place, count in counts if count > (place in torn))

    def _outdated(self) -> list[HeldPath]:
        """Return tables that newer ones replace, and incomplete files."""
        used = {
            **{key + ".f16": key for key in self._vectors},
            **{key + ".near.jsonl": key for key in self._candidates},
        }
        kinds = {(_kind(key), name.partition(".")[2]) for name, key in used.items()}
        outdated: list[HeldPath] = []
        with contextlib.suppress(FileNotFoundError):
            for name in map(os.fsdecode, self.layout.vectors.names()):
                key, _, ending = name.partition(".")
                if name not in used and (_kind(key), ending.removesuffix(".part")) in kinds:
                    outdated.append(self.layout.vectors.place(os.fsencode(name)))
        return outdated

    def _vector_path(self, choice: str, model: str, identity: str) -> HeldPath:
        name = f"{choice}-{model}-{identity[:12]}.f16"
        return self.layout.vectors.place(name.encode("ascii"))

    def _close_arrays(self) -> None:
        """Sync and close vectors and candidates, each of them even if another cannot be; raises OSError."""
        with contextlib.ExitStack() as stack:
            for candidates in self._candidates.values():
                stack.callback(candidates.close)
            for vectors in self._vectors.values():
                stack.callback(vectors.close)
            self._vectors.clear()
            self._candidates.clear()


def _journals(layout: Layout) -> tuple[HeldPath, ...]:
    return layout.files, layout.pairs, layout.inspections, layout.decisions


def _kind(key: str) -> str:
    """Return choice and model of a table, without the identity of its weights."""
    return key.rpartition("-")[0]
