"""Result service: computes the current groups and answers with them."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable
from functools import partial

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.protocol.library_codec import pack_library
from dpm_tui.worker.protocol.messages import GetLibrary, LibraryData
from dpm_tui.worker.run.run_results import Results, compute_results, grouped_files


class PackedLibrary:
    """Packs results once, and keeps the newest ones only."""

    def __init__(self) -> None:
        self._packed: tuple[Results, LibraryData] | None = None

    def pack(self, results: Results) -> LibraryData:
        """Return the groups of some results as columns."""
        packed = self._packed
        if packed is None or packed[0] is not results:
            self._packed = None
            packed = results, pack_library(results.files, results.groups, results.pairs)
            self._packed = packed
        return packed[1]


class ResultService:
    """Holds the newest results; if they cannot be computed, requests for them get the error.

    The next one to ask makes it try again, and a run that ends brings its own.
    """

    def __init__(self, state: RootState, inspects: Callable[[], bool] = lambda: True) -> None:
        self.results = Results()
        self._state = state
        self._inspects = inspects
        self._threshold = 0.0
        self._there = False
        self._error: Exception | None = None
        self._work: asyncio.Task[None] | None = None
        self._one_by_one = asyncio.Lock()
        self._taken = 0
        self._packed_library = PackedLibrary()

    def begin(self, threshold: float, *, settled: bool = False) -> asyncio.Task[None]:
        """Start to compute the results and return the task, which never raises."""
        self._threshold = threshold
        self._work = asyncio.create_task(self._compute(settled=settled))
        return self._work

    def take(self, results: Results) -> None:
        """Use the results of a run: those being computed are older."""
        self._taken += 1
        self._adopt(results)

    async def settle(self) -> None:
        """Wait until there are results or an error; old ones count while newer ones are computed."""
        if not self._there and self._work is not None:
            await asyncio.wait((self._work,))

    async def ready(self) -> None:
        """Wait for results; raises DpmError if they cannot be computed."""
        if self._work is not None and self._work.done() and not self._there:
            self.begin(self._threshold)
        await self.settle()
        if not self._there and self._error is not None:
            reason = display_name(str(self._error) or type(self._error).__name__)
            raise DpmError("results_failed", reason=reason) from self._error

    async def renew(self, threshold: float, *, settled: bool = False) -> bool:
        """Compute the results again, or what a run has settled of them; return whether that was possible."""
        await asyncio.wait((self.begin(threshold, settled=settled),))
        return self._there

    async def preview(self, threshold: float) -> bool:
        """Use what a run has settled so far where that puts more files into groups; return whether it does.

        Raises what keeps the groups from being computed; the old ones are used further on.
        """
        async with self._one_by_one:
            taken = self._taken
            compute = partial(compute_results, inspect=self._inspects(), settled=True)
            results = await asyncio.to_thread(compute, self._state, threshold)
            more = len(grouped_files(results)) > len(grouped_files(self.results))
            if more and taken == self._taken:
                self._adopt(results)
                return True
            return False

    async def library(self, request: GetLibrary) -> LibraryData:
        """Return the groups as columns."""
        return await asyncio.to_thread(self._packed_library.pack, self.results)

    async def _compute(self, *, settled: bool) -> None:
        async with self._one_by_one:
            taken = self._taken
            try:
                compute = partial(compute_results, inspect=self._inspects(), settled=settled)
                results = await asyncio.to_thread(compute, self._state, self._threshold)
            except Exception as error:
                traceback.print_exception(error, file=sys.stderr)
                if taken == self._taken:
                    self._there, self._error = False, error
            else:
                if taken == self._taken:
                    self._adopt(results)

    def _adopt(self, results: Results) -> None:
        self.results, self._there, self._error = results, True, None
