"""The spare decoder: one that has more memory, for pictures that need it and for what somebody waits for."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.decoding.decoder import Decoded, Unreadable
from dpm_tui.worker.decoders.decoder_answer import read_answer
from dpm_tui.worker.decoders.decoder_process import ANSWER_SECONDS, DecoderDied, DecoderProcess
from dpm_tui.worker.decoders.memory_budget import memory_for

_FILE_SECONDS = 120.0
"""Time limit for the bytes or the pixels of a whole file."""


class SpareDecoder:
    """One decoder of ``memory`` bytes that several threads ask in turn; ``count`` others work beside it."""

    def __init__(self, process: DecoderProcess, memory: int, count: int) -> None:
        self._process = process
        self._memory = memory
        self._count = count
        self._lock = threading.Lock()
        self._retrying = False

    @property
    def pid(self) -> int:
        """The process id, 0 where it does not run."""
        return self._process.pid

    def decode(self, question: dict[str, Any], seconds: float) -> Decoded:
        """Return the result of an order on which another decoder failed."""
        with self._lock:
            self._retrying = True
            try:
                answer = self._process.ask(question, seconds)
                return self._say_what_it_takes(read_answer(answer), answer)
            except DecoderDied as error:
                status = Status.TOO_BIG if error.starved else Status.CRASHED
                return Unreadable(status, defer("decode.failed_twice", reason=str(error)))
            finally:
                self._retrying = False

    def digest(self, path: bytes) -> str:
        """Return the digest of a file, empty if it cannot be had."""
        return str(self._ask({"do": "digest", "path": to_json(path)}, _FILE_SECONDS).get("digest", ""))

    def digest_pixels(self, path: bytes) -> str:
        """Return the digest of the pixels at full size, empty if they cannot be had."""
        return str(self._ask({"do": "pixels", "path": to_json(path)}, _FILE_SECONDS).get("pixels", ""))

    def view(
        self, path: bytes, width: int, height: int, box: tuple[float, float, float, float]
    ) -> tuple[int, int, bytes] | None:
        """Return width, height and RGB bytes of a part of a picture, or None if it cannot be had."""
        order = {"do": "view", "path": to_json(path), "width": width, "height": height, "box": list(box)}
        answer = self._ask(order, ANSWER_SECONDS)
        if answer.get("status") != "ok":
            return None
        return int(answer["width"]), int(answer["height"]), base64.b64decode(answer["rgb"])

    def interrupt(self) -> None:
        """End it, from another thread, if it tries a picture once more."""
        if self._retrying:
            self._process.interrupt()

    def kill(self) -> None:
        """End it once nobody waits for its answer."""
        with self._lock:
            self._process.kill()

    def _ask(self, order: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer to an order, an empty one if there is none."""
        with self._lock:
            try:
                return self._process.ask(order, seconds)
            except DecoderDied:
                return {}

    def _say_what_it_takes(self, result: Decoded, answer: dict[str, Any]) -> Decoded:
        """Return a result that says how much memory a picture needs, and what to set for it."""
        if not isinstance(result, Unreadable) or result.status is not Status.TOO_BIG:
            return result
        if not answer.get("starved"):
            return result
        needs = int(answer.get("needs", 0))
        enough = memory_for(self._count, needs or self._memory + 1) >> 20
        if needs:
            reason = defer("decode.needs_memory", what=result.reason, needs=-(-needs >> 20), enough=enough)
        else:
            had = self._memory >> 20
            reason = defer("decode.needs_more", what=result.reason, had=had, enough=enough)
        return replace(result, reason=reason)
