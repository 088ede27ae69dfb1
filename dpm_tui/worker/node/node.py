"""A node: what runs in a worker process of the Dask cluster. It reads pictures, answers and keeps nothing.

Only bytes come in and go out (see ``record``). Whatever goes wrong is an answer, never an exception: those
would travel as pickles.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
import traceback
from typing import Any

from distributed import get_worker

from dpm_tui.dataclass_json import from_plain
from dpm_tui.errors import reason_of
from dpm_tui.file_names import display_name, from_json
from dpm_tui.pipeline.scan.root_folder import stat_beneath
from dpm_tui.worker.node.job import Share
from dpm_tui.worker.node.node_identity import read_own_identity
from dpm_tui.worker.node.node_tools import SHARDS, NodeTools
from dpm_tui.worker.node.record import RecordError, pack_record, unpack_record

_tools: dict[tuple[int, Share, str], NodeTools] = {}
"""Decoders of each thread, for each share and choice of models that it was asked about."""
_folders = itertools.count()
_lock = threading.Lock()


def introduce(record: bytes) -> bytes:
    """Return who this node is, and what it sees of some files of the share."""
    began = time.monotonic()
    try:
        header, _ = unpack_record(record)
        share = from_plain(Share, header["share"])
        tools = _tools_for(share, str(header["choice"]))
        sizes, reason = _sizes(tools, header["samples"])
        tools.load_embedder()
        answer: dict[str, Any] = {"identity": read_own_identity(), "sizes": sizes, "reason": reason}
    except Exception as error:
        answer = {"failed": _describe(error)}
    return _packed(answer, [], began)


def carry_out(record: bytes) -> bytes:
    """Return the answer to a job, or why there is none."""
    began = time.monotonic()
    blobs: list[bytes] = []
    try:
        header, sent = unpack_record(record)
        tools = _tools_for(from_plain(Share, header["share"]), str(header["choice"]))
        answer, blobs = tools.carry_out(header, sent)
    except RecordError as error:
        answer = {"failed": str(error)}
    except OSError as error:
        answer = {"failed": reason_of(error), "unseen": True}
    except Exception as error:
        traceback.print_exc()
        answer = {"failed": _describe(error)}
    return _packed(answer, blobs, began)


def rest() -> None:
    """End the decoders of this node and forget its shards; the next job starts others."""
    with _lock:
        for tools in _tools.values():
            tools.close()
        _tools.clear()
    SHARDS.clear()


def _packed(answer: dict[str, Any], blobs: list[bytes], began: float) -> bytes:
    about = {"node": get_worker().address, "seconds": round(time.monotonic() - began, 4)}
    return pack_record({**about, **answer}, blobs)


def _tools_for(share: Share, choice: str) -> NodeTools:
    """Return the tools of this thread; those for another share or choice end."""
    key = (threading.get_ident(), share, choice)
    with _lock:
        if key not in _tools:
            for other in [each for each in _tools if each[0] == key[0]]:
                _tools.pop(other).close()
            folder = os.path.join(os.fsencode(get_worker().local_directory), b"dpm-%d" % next(_folders))
            _tools[key] = NodeTools(share, choice, folder, get_worker().state.nthreads)
        return _tools[key]


def _sizes(tools: NodeTools, samples: list[Any]) -> tuple[list[int], str]:
    """Return the sizes of some files of the share, -1 for one that is not seen, and why the last is not."""
    sizes, reason = [], ""
    with tools.pool.root.opened() as base:
        for sample in samples:
            try:
                sizes.append(stat_beneath(base, from_json(sample)).st_size)
            except OSError as error:
                sizes.append(-1)
                reason = reason_of(error)
    return sizes, reason


def _describe(error: Exception) -> str:
    return display_name(f"{socket.gethostname()}: {type(error).__name__}: {error}")
