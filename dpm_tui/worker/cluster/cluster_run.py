"""Cluster run: everything that a run needs to work on a cluster, from its beginning to its end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from dpm_tui.catalog.formats import EXTENSIONS
from dpm_tui.pipeline.candidates.fingerprint import Fingerprinter
from dpm_tui.pipeline.ports import ThumbnailTable
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import STATE_FOLDER
from dpm_tui.state.path_map import PathMap
from dpm_tui.worker.cluster.cluster_client import ClusterClient
from dpm_tui.worker.cluster.cluster_decoder import ClusterDecoder
from dpm_tui.worker.cluster.cluster_shards import ClusterShards
from dpm_tui.worker.cluster.connection import Connection
from dpm_tui.worker.cluster.introduction import Introduction, take_samples
from dpm_tui.worker.cluster.local_cluster import LocalNodes
from dpm_tui.worker.cluster.membership import Log
from dpm_tui.worker.cluster.spot_check import SpotCheck
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.memory_budget import MIN_CHILD, computer_memory
from dpm_tui.worker.node.job import Share
from dpm_tui.worker.protocol.events import NodeStatus

_SAMPLES, _ENTRIES = 64, 4096
"""Files that samples are taken from, and entries of folders that are looked at for them."""
_NODES_OF_CHILDREN = 3
"""Decoder children of a node that may be at work: its own, the spare one, and another kind."""


class ClusterRun:
    """The cluster of one run: that of ``config.scheduler``, or ``config.workers_local`` processes here."""

    def __init__(
        self, config: Config, pool: DecoderPool, embedder: Fingerprinter, thumbnails: ThumbnailTable, log: Log
    ) -> None:
        """Connect; raises DpmError if there is no scheduler, or a path of the map is none."""
        root = pool.root.path
        places = PathMap.parse(config.path_map)
        self._local: LocalNodes | None = None
        security, memory = None, config.memory
        if config.scheduler:
            address = config.scheduler
        else:
            self._local = LocalNodes(config.workers_local)
            address, security = self._local.address, self._local.security
            memory = _share_of_memory(config)
        others = tuple(map(places.path_on_nodes, pool.root.others))
        share = Share(places.path_on_nodes(root), others, memory)
        connection = Connection(address, security)
        try:
            connection.open()
        except BaseException:
            self._end_local()
            raise
        introduction = Introduction(share, config.model, take_samples(_some_files(root, config.extensions)))
        self._client = ClusterClient(connection, share, config.model, introduction, log)
        # One decoder of its own: those of the pool come and go with the stages.
        self._checker = DecoderPool(
            root, pool.thumbnails, 1, _NODES_OF_CHILDREN * MIN_CHILD, pool.root.others, lasting=True
        )
        check = SpotCheck(self._checker, self._client.members.refuse, self._client.members.name)
        self.decoder = ClusterDecoder(self._client, pool, embedder, thumbnails, places.path_on_nodes, check)

    def open_shards(self, cancelled: Callable[[], bool]) -> ClusterShards:
        """Return what searches vectors on the nodes until it is cancelled."""
        return ClusterShards(self._client, cancelled)

    @property
    def nodes(self) -> tuple[NodeStatus, ...]:
        """The status of every node."""
        return self._client.rows

    def close(self) -> None:
        """Leave the cluster; a local one ends."""
        self._client.close()
        self._checker.close()
        self._end_local()

    def _end_local(self) -> None:
        if self._local is not None:
            self._local.close()


def _share_of_memory(config: Config) -> int:
    """Return the MiB that each of the local nodes may take."""
    memory = (config.memory << 20 or computer_memory() // 2) // max(config.workers_local, 1)
    return max(memory, _NODES_OF_CHILDREN * MIN_CHILD) >> 20


def _some_files(root: bytes, extensions: tuple[str, ...]) -> Iterator[tuple[bytes, int]]:
    """Yield a few pictures below the root with their sizes."""
    wanted = {os.fsencode(f".{each}") for each in extensions or EXTENSIONS}
    found = looked_at = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != STATE_FOLDER and not name.startswith(b"."))
        for name in sorted(names):
            looked_at += 1
            if os.path.splitext(name)[1].lower() in wanted:
                with contextlib.suppress(OSError):
                    path = os.path.join(folder, name)
                    size = os.stat(path, follow_symlinks=False).st_size
                    yield os.path.relpath(path, root), size
                    found += 1
            if found >= _SAMPLES or looked_at >= _ENTRIES:
                return
