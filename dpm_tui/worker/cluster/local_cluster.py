"""Local cluster: nodes as processes of this computer, for a big one and for trying."""

from __future__ import annotations

import contextlib

import dask
from distributed import LocalCluster, Security

_PORT_ON_LOOPBACK = "127.0.0.1"
_QUIET = 40
_UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "30s",
}
"""Dask looks at what each node does a hundred times a second: a fifteenth of two cores, for nobody."""


class LocalNodes:
    """A Dask scheduler in this process, and ``count`` nodes of one thread each.

    They speak TLS over the loopback device with certificates that only this process and its children know:
    whoever could reach an open scheduler could run anything here.
    """

    def __init__(self, count: int) -> None:
        with dask.config.set(_UNWATCHED):
            self._cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                host=_PORT_ON_LOOPBACK,
                protocol="tls://",
                security=True,
                dashboard_address=None,
                memory_limit=0,
                silence_logs=_QUIET,
            )

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(self._cluster.scheduler_address)

    @property
    def security(self) -> Security:
        """The certificates."""
        return self._cluster.security

    def close(self) -> None:
        """End every node."""
        with contextlib.suppress(Exception):
            self._cluster.close(timeout=5)
