"""The embedder, which needs torch: loaded when it is wanted, and kept for the next run."""

from __future__ import annotations

import contextlib
import threading

from dpm_tui.pipeline.candidates.fingerprint import Embedder
from dpm_tui.state.config import Config


class EmbedderCache:
    """Keeps one embedder; several threads may ask for it."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._made_for: tuple[str, str] | None = None
        self._embedder: Embedder | None = None

    def load(self, config: Config) -> Embedder:
        """Return the embedder for these settings."""
        wanted = (config.model, config.device)
        with self._loading:
            if self._embedder is None or self._made_for != wanted:
                from dpm_tui.neural.embedder import NeuralEmbedder

                model, device = wanted
                self._embedder = NeuralEmbedder(model, device=device)
                self._made_for = wanted
            return self._embedder

    def load_ahead(self, config: Config) -> None:
        """Start to load it: torch takes seconds, in which the decoders already work."""
        threading.Thread(target=self._try, args=(config,), daemon=True).start()

    def _try(self, config: Config) -> None:
        # The run will get the same error and report it.
        with contextlib.suppress(Exception):
            self.load(config)
