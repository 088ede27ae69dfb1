"""Stage tools: who does the work of the stages of a run, this computer or a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dpm_tui.errors import DpmError
from dpm_tui.neural.quick_screen import load_screen
from dpm_tui.pipeline.candidates.fingerprint import ThreadedFingerprinter
from dpm_tui.pipeline.candidates.shards import ShardsLost
from dpm_tui.pipeline.run import forget_told, run_stages
from dpm_tui.pipeline.run_settings import RunSettings, Tools
from dpm_tui.pipeline.scan.survey import Survey
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.state.config import Config
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.cluster.spot_check import Distrusted
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.events import NodeStatus
from dpm_tui.worker.run.embedder_cache import EmbedderCache
from dpm_tui.worker.run.resource_policy import worker_count
from dpm_tui.worker.run.run_reporter import RunReporter

if TYPE_CHECKING:
    from dpm_tui.worker.cluster.cluster_run import ClusterRun


class StageTools:
    """Gives the tools of a run; the ``embedders`` are kept for the next one."""

    def __init__(self, state: RootState, pool: DecoderPool) -> None:
        self.embedders = EmbedderCache()
        self._state, self._pool = state, pool
        self._cluster: ClusterRun | None = None

    @property
    def nodes(self) -> tuple[NodeStatus, ...]:
        """The nodes of the cluster that a run works on."""
        cluster = self._cluster
        return () if cluster is None else cluster.nodes

    def here(self, config: Config) -> Tools:
        """Return the tools of this computer."""
        return Tools(self._pool, lambda: self.embedders.load(config), rank_best_rows, load_screen)

    def load_ahead(self, config: Config) -> None:
        """Load the models while pictures are decoded, if this computer will need them."""
        if not config.asks_cluster:
            self.embedders.load_ahead(config)

    def run(
        self,
        settings: RunSettings,
        config: Config,
        reporter: RunReporter,
        surveyed: Callable[[Survey], None],
    ) -> None:
        """Run every stage; raises as ``run_stages`` does, and DpmError if there is no such cluster."""
        with self._opened(config, reporter.log) as tools:
            while True:
                try:
                    run_stages(settings, self._state, tools, reporter, surveyed)
                    return
                except ShardsLost:
                    reporter.log("warning", "cluster_shards_lost")
                    tools = replace(tools, open_shards=None)
                except Distrusted as error:
                    reporter.log("warning", "cluster_distrusted", node=error.node, files=len(error.paths))
                    forget_told(settings, self._state, error.paths, error.digests)

    @contextlib.contextmanager
    def _opened(self, config: Config, log: Callable[..., None]) -> Iterator[Tools]:
        """Yield the tools that the settings ask for; raises DpmError if there is no such cluster."""
        tools = self.here(config)
        if not config.asks_cluster:
            yield tools
            return
        self._cluster = cluster = self._open_cluster(config, log)
        try:
            yield replace(
                tools,
                decoder=cluster.decoder,
                fingerprinter=cluster.decoder,
                digest_many=cluster.decoder.digest_many,
                open_shards=cluster.open_shards,
            )
        finally:
            self._cluster = None
            cluster.close()

    def _open_cluster(self, config: Config, log: Callable[..., None]) -> ClusterRun:
        try:
            from dpm_tui.worker.cluster.cluster_run import ClusterRun
        except ModuleNotFoundError as error:
            raise DpmError("cluster_missing") from error
        embedder = ThreadedFingerprinter(lambda: self.embedders.load(config), worker_count(config))
        return ClusterRun(config, self._pool, embedder, self._state.thumbnails, log)
