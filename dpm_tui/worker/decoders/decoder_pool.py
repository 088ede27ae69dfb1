"""Decoders at work: several child processes fed by threads; fulfils ``pipeline.decoding.decoder.Decoder``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.formats import name_readers
from dpm_tui.catalog.image_file import SAME_BYTES, Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.dataclass_json import to_plain
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Judgement,
    Unjudged,
    Unreadable,
    VerificationOrder,
    Wait,
)
from dpm_tui.pipeline.decoding.thumbnail import READER
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.state.disk.held_folder import HeldFolder, folder_of
from dpm_tui.worker.decoders.decoder_answer import read_answer, read_inspection, read_judgements
from dpm_tui.worker.decoders.decoder_process import (
    ANSWER_SECONDS,
    DecoderDied,
    DecoderProcess,
    open_fork_server,
)
from dpm_tui.worker.decoders.forked_process import ForkServer
from dpm_tui.worker.decoders.memory_budget import DecoderBudget
from dpm_tui.worker.decoders.order_sharing import Order, Result, share_out
from dpm_tui.worker.decoders.spare_decoder import SpareDecoder

_INSPECT_SECONDS = 60.0
_VERIFY_SECONDS = 60.0
_ALONE_SECONDS = 90.0
"""Time limit of the spare decoder: 200 megapixels take long."""
_TRIES = 2


class DecoderPool:
    """At most ``count`` decoder processes that take at most ``memory`` bytes, 0 for half of the RAM.

    They read pictures below ``root`` and its ``others``. A file on which one dies, or for which it has too
    little memory, is tried once more in a spare one that has more and does nothing else meanwhile.
    ``lasting`` decoders stay for the next orders until ``close``. One ``server`` forks all, where it can.
    """

    def __init__(
        self,
        root: bytes,
        thumbnails: bytes | HeldFolder,
        count: int,
        memory: int = 0,
        others: tuple[bytes, ...] = (),
        *,
        lasting: bool = False,
        server: ForkServer | None = None,
    ) -> None:
        self.root = RootFolder(root, others)
        self._lasting = lasting
        self.thumbnails = folder_of(thumbnails)
        self.server = server or open_fork_server()
        self._count = count
        self._use_budget(DecoderBudget.plan(count, memory))
        self._others: list[DecoderProcess] = []
        self._others_do = ""

    @property
    def reader(self) -> str:
        """The name of the reader; a file that one reader failed on is tried again by another."""
        return f"{READER}/{self.budget.spare >> 20}/{name_readers()}"

    @property
    def pids(self) -> list[int]:
        """The process ids of the decoders that run."""
        running = [child.pid for child in (*self._children, *self._others)]
        return [pid for pid in (*running, self._spare.pid) if pid]

    @property
    def all_pids(self) -> list[int]:
        """The same with that of the server, if it runs."""
        return [*self.pids, self.server.pid] if self.server is not None and self.server.pid else self.pids

    def resize(self, count: int, memory: int) -> None:
        """Work with another number of decoders or another memory from now on; not while ``decode`` runs."""
        budget = DecoderBudget.plan(count, memory)
        if (count, budget) != (self._count, self.budget):
            self._count = count
            children, spare = self._children, self._spare
            self._use_budget(budget)
            for child in children:
                child.kill()
            spare.kill()

    def start_ahead(self) -> None:
        """Load what decoders need before there is an order for them, where that can be shared."""
        if self.server is not None:
            self.server.start("decode")

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        """Yield each order with its result, in any order; stops early when cancelled."""
        return self._share_out([orders], self._children, self._decode_one, cancelled)

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        """Yield each order with what was found, or why one of the two cannot be had; in any order."""
        yield from self._share_among_others(
            "inspect", self.budget.count, [orders], self._inspect_one, cancelled
        )

    def verify(
        self, lanes: Iterable[Iterable[VerificationOrder | Wait]], count: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[VerificationOrder, list[Judgement | Unjudged]]]:
        """Yield each order with an answer for each of its pairs, up to ``count`` at a time, in any order.

        The work is too fine-grained for threads of one process: they would wait for each other. The orders
        of a lane go to one child as long as there are others for the rest.
        """
        yield from self._share_among_others("verify", count, lanes, self._verify_one, cancelled)

    def _share_among_others(
        self,
        work: str,
        count: int,
        lanes: Iterable[Iterable[Order | Wait]],
        carry_out: Callable[[DecoderProcess, Order, threading.Event], Result],
        cancelled: Callable[[], bool],
    ) -> Iterator[tuple[Order, Result]]:
        """Share orders out among children that do other work, each of which starts with its first order."""
        if self._others_do != work:
            for child in self._others:
                child.kill()
            self._others = []
        if not self._others:
            self._others_do = work
            self._others = [self._process(self.budget.child, work) for _ in range(count)]
        try:
            yield from self._share_out(lanes, self._others, carry_out, cancelled)
        finally:
            if not self._lasting:
                self._others = []

    def _share_out(
        self,
        lanes: Iterable[Iterable[Order | Wait]],
        children: Sequence[DecoderProcess],
        carry_out: Callable[[DecoderProcess, Order, threading.Event], Result],
        cancelled: Callable[[], bool],
    ) -> Iterator[tuple[Order, Result]]:
        try:
            yield from share_out(lanes, children, carry_out, cancelled, lambda: self._interrupt(children))
        finally:
            # Their memory helps the later stages more than a saved start would.
            for child in () if self._lasting else children:
                child.kill()

    def digest_pixels(self, path: bytes) -> str:
        """Return the digest of the pixels at full size, empty if they cannot be had."""
        return self._spare.digest_pixels(path)

    def view(
        self, path: bytes, width: int, height: int, box: tuple[float, float, float, float]
    ) -> tuple[int, int, bytes] | None:
        """Return width, height and RGB bytes of a part of a picture, or None if it cannot be had."""
        return self._spare.view(path, width, height, box)

    def close(self) -> None:
        """End every child."""
        for child in (*self._children, *self._others):
            child.kill()
        self._spare.kill()
        if self.server is not None:
            self.server.close()

    def _use_budget(self, budget: DecoderBudget) -> None:
        """Take as many children as the budget allows; each starts with its first order at the latest."""
        self.budget = budget
        self._children = [self._process(budget.child) for _ in range(budget.count)]
        self._spare = SpareDecoder(self._process(budget.spare), budget.spare, self._count)

    def _process(self, memory: int, work: str = "decode") -> DecoderProcess:
        return DecoderProcess(self.root, self.thumbnails, memory, work, self.server)

    def note_reader(self) -> DecoderProcess:
        """Return a child that reads what people and cameras noted; whoever gets it ends it."""
        return self._process(self.budget.child, "notes")

    def _interrupt(self, children: Sequence[DecoderProcess]) -> None:
        for child in children:
            child.interrupt()
        self._spare.interrupt()

    def _decode_one(self, child: DecoderProcess, order: DecodeOrder, stop: threading.Event) -> Decoded:
        question: dict[str, Any] = {"do": "thumbnail", "path": to_json(order.path), "anew": order.anew}
        if order.trust is not None:
            question["trust"] = to_plain(order.trust)
        seconds = ANSWER_SECONDS
        try:
            answer = child.ask(question)
            result = read_answer(answer)
            if not answer.get("starved"):
                return result
            seconds = _ALONE_SECONDS
            child.kill()  # frees the memory that the spare one may need
        except DecoderDied as error:
            result = Unreadable(Status.CRASHED, str(error))
            seconds = _ALONE_SECONDS if error.late else seconds
        if stop.is_set():
            return result
        result = self._spare.decode(question, seconds)
        if isinstance(result, Unreadable) and not result.digest and result.status in SAME_BYTES:
            # The digest counts even without a picture: files of the same bytes are found by it.
            return replace(result, digest=self._spare.digest(order.path))
        return result

    def _inspect_one(
        self, child: DecoderProcess, order: InspectionOrder, stop: threading.Event
    ) -> Inspection | Unreadable:
        files = [
            {"path": to_json(path), "digest": digest}
            for path, digest in ((order.first, order.digests[0]), (order.second, order.digests[1]))
        ]
        result = Unreadable(Status.CRASHED, "")
        for _ in range(_TRIES):
            try:
                answer = child.ask({"do": "inspect", "files": files}, _INSPECT_SECONDS)
                return read_inspection(answer)
            except DecoderDied as error:
                result = Unreadable(Status.TOO_BIG if error.starved else Status.CRASHED, str(error))
                if stop.is_set():
                    break
        return result

    def _verify_one(
        self, child: DecoderProcess, order: VerificationOrder, stop: threading.Event
    ) -> list[Judgement | Unjudged]:
        question = {"do": "verify", "pairs": [[*pair, cosine] for pair, cosine in order.pairs]}
        reason = ""
        for _ in range(_TRIES if len(order.pairs) == 1 else 1):
            try:
                return read_judgements(child.ask(question, _VERIFY_SECONDS), len(order.pairs))
            except DecoderDied as error:
                reason = str(error)
                if stop.is_set():
                    return [Unjudged(reason=reason)] * len(order.pairs)
        if len(order.pairs) == 1:
            return [Unjudged(reason=reason)]
        # One of them is too much for it.
        alone = (self._verify_one(child, VerificationOrder((each,)), stop) for each in order.pairs)
        return [answer for answers in alone for answer in answers]
