"""A story of a state: puts, checkpoints, decisions and settings, and what of it must be on the disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from dpm_tui.catalog.image_file import NO_FACTS, ImageFile, Stamp, Status
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config, Settings, load_settings, save_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState

DIMS = 4
MODEL = ("auto", "photo", "ab" * 32)
Key = tuple[str, Any]


def digest(number: int) -> str:
    return f"{number:064x}"


class Story:
    """Tells a state what a long run would; a step that fails for want of room is passed over, as runs do.

    ``told`` holds every value that a key ever had, ``safe`` the place in it of the value that no crash may
    take back.
    """

    def __init__(self, layout: Layout, calls: Callable[[], int] = lambda: 0) -> None:
        self.layout = layout
        self.told: dict[Key, list[Any]] = {}
        self.safe: dict[Key, int] = {}
        self.history: list[tuple[int, dict[Key, int]]] = []
        self.failures = 0
        self._calls = calls

    def tell(self) -> None:
        """Live through the whole story."""
        prepare_folder(self.layout)
        state = RootState(self.layout, "judge-1")
        for chapter in range(4):
            with self._step("checkpoint"):
                self._say("checkpoint", 0, chapter)
                state.save_checkpoint(Checkpoint(phase="running", files=chapter))
            numbers = range(8 * chapter + 1, 8 * chapter + 9)
            for number in (3, *numbers) if chapter else numbers:
                with self._step():
                    self._put_file(state, number, chapter)
            if chapter:
                state.files.remove(8 * chapter - 2)
                self._say("file", 8 * chapter - 2, None)
            with self._step("file", "vector", "verdict"):
                state.sync()
            with self._step(f"block {chapter}"):
                rows = np.arange(8 * chapter, 8 * chapter + 8)
                for row in rows.tolist():
                    self._say(f"block {chapter}", row, True)
                pair = NeighbourPairs(rows[:1], rows[1:2], np.ones(1, np.float32))
                state.candidates(*MODEL).add_block(rows, pair)
            with self._step("decision"):
                self._decide(state, digest(chapter + 1), digest(chapter + 2))
            with self._step("config"):
                self._say("config", 0, chapter / 10)
                save_settings(self.layout.config, Settings(Config(threshold=chapter / 10)))
            with self._step("file", "vector", "verdict"):
                state.files.fold()
                state.sync()
        with self._step("file", "vector", "verdict", "decision"):
            state.close()

    def check(self, layout: Layout, safe: dict[Key, int], *, whole: bool = False) -> None:
        """Assert that a state holds what is safe or newer, and nothing that was never told."""
        found = read_state(layout)
        for key, place in safe.items():
            assert found.get(key) in self.told[key][place:], (key, self.told[key][place:], found.get(key))
        for key, value in found.items():
            assert value in self.told[key], (key, value)
        if whole:
            assert all(found.get(key) == values[-1] for key, values in self.told.items())

    def safe_at(self, call: int) -> dict[Key, int]:
        """Return what was safe before a call."""
        return next((safe for calls, safe in reversed(self.history) if calls < call), {})

    def _put_file(self, state: RootState, number: int, version: int) -> None:
        facts = replace(NO_FACTS, digest=digest(number), format="JPEG")
        stamp = Stamp(size=version + 1, mtime_ns=1, ctime_ns=1, inode=number, device=1)
        state.files.put(ImageFile(number, b"%d.jpg" % number, stamp, Status.OK, "", facts))
        self._say("file", number, version)
        if ("vector", digest(number)) not in self.told:
            vector = np.eye(DIMS, dtype=np.float32)[number % DIMS]
            state.vectors(*MODEL, DIMS).add(digest(number), vector, fits=True)
            self._say("vector", digest(number), number % DIMS)
            state.verdicts.put((digest(number), digest(number + 1)), Verdict(Kind.COPY, number / 100))
            self._say("verdict", (digest(number), digest(number + 1)), number / 100)

    def _decide(self, state: RootState, first: str, second: str) -> None:
        """Decide on a pair; what the disk does not take is not decided, then or later."""
        self._say("decision", (first, second), "variants")
        try:
            state.decisions.decide([first, second], "variants")
        except OSError:
            self._say("decision", (first, second), None)
            raise

    def _say(self, kind: str, name: Any, value: Any) -> None:
        self.told.setdefault((kind, name), []).append(value)

    @contextlib.contextmanager
    def _step(self, *kinds: str) -> Iterator[None]:
        """Let a step fail for want of room; after one that did not, all that it wrote is safe."""
        try:
            yield
        except OSError:
            self.failures += 1
            return
        self.safe.update({key: len(values) - 1 for key, values in self.told.items() if key[0] in kinds})
        self.history.append((self._calls(), dict(self.safe)))


def read_state(layout: Layout) -> dict[Key, Any]:
    """Return what a state holds, opened by a reader and then as its writer does."""
    if os.path.isdir(layout.folder):
        RootState(layout, writable=False)
    prepare_folder(layout)
    state = RootState(layout, "judge-1")
    found: dict[Key, Any] = {("file", id_): file.stamp.size - 1 for id_, file in state.files.files.items()}
    found |= {("verdict", pair): verdict.similarity for pair, verdict in state.verdicts.alike()}
    vectors = state.vectors(*MODEL, DIMS)
    for row, name in enumerate(vectors):
        if name:
            found["vector", name] = int(vectors.read(row, row + 1)[0].argmax())
    matched = state.candidates(*MODEL).matched(100)
    found |= {(f"block {row // 8}", row): True for row in np.flatnonzero(matched).tolist()}
    found |= {
        ("decision", pair): decision.verdict
        for decision in state.decisions.standing()
        for pair in decision.pairs
    }
    if state.checkpoint.phase:
        found["checkpoint", 0] = state.checkpoint.files
    if os.path.exists(layout.config):
        found["config", 0] = load_settings(layout.config).config.threshold
    state.close()
    return found
