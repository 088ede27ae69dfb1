"""The pair verifier: what a decoder child does with an order to judge pairs by their thumbnails."""

from __future__ import annotations

from typing import Any

from dpm_tui.pipeline.decoding.decoder import VerificationOrder
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.thumbnail_judge import ThumbnailJudge, use_one_thread
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker.decoders.decoder_answer import encode_judgement


class PairVerifier:
    """Answers orders to verify."""

    def __init__(self, thumbnails: ThumbnailStore) -> None:
        use_one_thread()  # there are as many of these children as cores
        self._judge = ThumbnailJudge(thumbnails, AlignedJudge())

    def answer(self, order: dict[str, Any], memory: int) -> dict[str, Any]:
        """Return what is found of each pair of an order."""
        pairs = tuple(((str(one), str(other)), float(cosine)) for one, other, cosine in order["pairs"])
        judged = self._judge.answer(VerificationOrder(pairs))
        return {"status": "ok", "judged": [encode_judgement(answer) for answer in judged]}
