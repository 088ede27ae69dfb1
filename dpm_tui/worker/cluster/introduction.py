"""Introduction: what a node is asked before it gets work, and which answers let it in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from distributed import Client, Future

from dpm_tui.dataclass_json import to_plain
from dpm_tui.deferred_text import defer
from dpm_tui.file_names import display_name, to_json
from dpm_tui.worker.node.job import Share
from dpm_tui.worker.node.node import introduce
from dpm_tui.worker.node.node_identity import find_difference, read_own_identity
from dpm_tui.worker.node.record import RecordError, pack_record, unpack_record


@dataclass(frozen=True, slots=True)
class Introduction:
    """``samples`` are some files of the share, as nodes name them, with the sizes that they have here."""

    share: Share
    choice: str
    samples: tuple[tuple[bytes, int], ...]

    def ask(self, client: Client, address: str) -> Future[Any]:
        """Ask a node who it is and what it sees; return the future with its answer."""
        record = pack_record(
            {
                "share": to_plain(self.share),
                "choice": self.choice,
                "samples": [to_json(path) for path, _ in self.samples],
            }
        )
        return client.submit(introduce, record, workers=[address], pure=False)

    def check(self, record: object, problem: str = "") -> str:
        """Return why a node cannot work, a deferred sentence, empty if it can.

        ``problem`` is what Dask says where there is no answer.
        """
        if record is None:
            return defer("cluster.no_answer", reason=display_name(problem))
        try:
            header, _ = unpack_record(record)
            if "failed" in header:
                return defer("cluster.no_share", reason=str(header["failed"]))
            mine, other = read_own_identity(), header["identity"]
            if part := find_difference(mine, other):
                return defer(
                    f"cluster.other_{part}", mine=mine[part], other=display_name(str(other.get(part)))
                )
            return self._check_sizes(header["sizes"], str(header["reason"]))
        except (RecordError, KeyError, TypeError, AttributeError):
            return defer("cluster.wrong_answers")

    def _check_sizes(self, sizes: list[Any], reason: str) -> str:
        if len(sizes) != len(self.samples):
            return defer("cluster.wrong_answers")
        shown = display_name(self.share.root)
        for (path, size), seen in zip(self.samples, sizes, strict=True):
            if seen == -1:
                where = display_name(os.path.join(self.share.root, path))
                return defer("cluster.unseen_file", path=where, reason=reason)
            if seen != size:
                return defer("cluster.other_share", path=shown)
        return ""


def take_samples(files: Iterable[tuple[bytes, int]], count: int = 8) -> tuple[tuple[bytes, int], ...]:
    """Return some files, from the first to the last as they come."""
    every = list(files)
    step = max(len(every) // count, 1)
    return tuple(every[::step][:count])
