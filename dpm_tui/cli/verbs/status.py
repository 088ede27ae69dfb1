"""``dpm-tui status DIR``: what a running or stopped worker is doing."""

from __future__ import annotations

import argparse
import json
import os
import sys

from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.output import describe_previews
from dpm_tui.cli.reclaimable import freeable_of
from dpm_tui.dataclass_json import to_plain
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.shell_commands import with_place
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.disk.private_folder import check_folder
from dpm_tui.text_format import lacking_sentences, node_words, time_left
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import GetStatus, RunStatus
from dpm_tui.worker.run.idle_status import idle_status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR and ``--json``."""
    add_folder(parser)
    parser.add_argument("--json", action="store_true", help=translate("cli.json_help"))


def run(options: argparse.Namespace) -> int:
    """Print the status of the worker, or of the last run without one; return the exit code."""
    layout = find_layout(options)
    if os.path.lexists(layout.folder):
        check_folder(layout)
    try:
        status = ask_worker(layout, "status", GetStatus(), RunStatus, start=False)
    except DpmError as error:
        if error.key not in ("no_worker", "worker_lost"):
            raise  # a worker of another version still counts
        status = idle_status(load_checkpoint(layout.checkpoint))
    freeable = freeable_of(layout) if status.phase == "finished" and status.groups else None
    if options.json:
        known = {}
        if freeable is not None:
            known = {"reclaimable_bytes": freeable.beside, "suggested_bytes": freeable.bytes}
        print(json.dumps(to_plain(status) | known))
        return ExitCode.DONE
    phase = translate(f"cli.phase_{status.phase}")
    if status.pid:
        print(translate("cli.worker_at_work", pid=status.pid, phase=phase))
    else:
        print(translate("cli.no_worker", phase=phase))
    if status.stage and status.phase in ("running", "paused"):
        print(translate(f"cli.stage_{status.stage}", done=status.done, total=status.total))
        if status.left_most >= 0:
            print(translate("cli.time_left", time=time_left(status.left_least, status.left_most)))
    for node in status.nodes:
        print(translate("cli.status_node", name=display_name(node.name), words=node_words(node)))
    if status.phase in ("running", "paused"):
        print(translate("cli.status_so_far", pairs=status.pairs))
    elif status.phase != "idle":
        counts = {"pictures": status.pictures, "pairs": status.pairs, "groups": status.groups}
        print(translate("cli.status_counts", **counts))
        if previews := describe_previews(status):
            print(previews)
        for sentence in lacking_sentences(status.lacking):
            print(sentence)
    if freeable is not None:
        sizes = {"size": long_size(freeable.bytes), "beside": long_size(freeable.beside)}
        print(translate("cli.status_freeable", **sizes))
    if status.phase == "finished" and not (status.files or status.attention):
        print(translate("cli.no_pictures", path=display_name(layout.root)), file=sys.stderr)
    if status.attention:
        print(with_place(translate(f"worker.{status.attention}", gone=status.gone)), file=sys.stderr)
    return ExitCode.DONE
