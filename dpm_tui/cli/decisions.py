"""``dpm-tui decisions DIR``: lists, exports and imports what was decided about pictures."""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence

from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.output import write_output
from dpm_tui.errors import ExitCode, UsageError
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.pipeline.image_file import Status
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.decision_file import encode_decisions, load_decisions
from dpm_tui.state.decision_store import DecisionStore
from dpm_tui.state.file_store import FileStore
from dpm_tui.state.layout import Layout
from dpm_tui.state.lock import Lock
from dpm_tui.state.state_folder import check_folder, prepare_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR, the action and its file."""
    add_folder(parser)
    actions = ("list", "export", "import")
    text = translate("cli.decisions_action_help")
    parser.add_argument("action", nargs="?", choices=actions, default="list", help=text)
    parser.add_argument("file", nargs="?", default="", help=translate("cli.decisions_file_help"))
    parser.add_argument("-o", "--output", metavar="FILE", default="", help=translate("cli.output_help"))


def run(options: argparse.Namespace) -> int:
    """Carry out the action; return the exit code."""
    layout = find_layout(options)
    if options.action == "import":
        if not options.file:
            raise UsageError("decisions_file_missing")
        return _import(layout, os.path.abspath(os.fsencode(options.file)))
    if options.file:
        raise UsageError("decisions_file_extra")
    if os.path.lexists(layout.folder):
        check_folder(layout)
    load_checkpoint(layout.checkpoint)  # refuses state of a newer version
    store = DecisionStore(layout.decisions, layout.decisions_before, writable=False)
    if store.rescued:
        print(translate("cli.decisions_rescued", count=store.rescued), file=sys.stderr)
    if options.action == "export":
        write_output(options.output, encode_decisions(store.standing(), _find_paths(layout)))
        return ExitCode.DONE
    return _list(layout, store)


def _list(layout: Layout, store: DecisionStore) -> int:
    paths_of = _find_paths(layout)
    count = 0
    for decision in store.standing():
        contents = [" = ".join(map(display_name, paths_of(digest))) or "-" for digest in decision.digests]
        verdict = translate(f"cli.verdict_{decision.verdict}")
        print("\t".join((verdict, decision.time or "-", *contents)))
        count += 1
    print(translate("cli.decisions_held", count=count), file=sys.stderr)
    return ExitCode.DONE


def _import(layout: Layout, path: bytes) -> int:
    decisions = load_decisions(path)
    prepare_folder(layout)
    lock = Lock(layout.lock)
    try:
        load_checkpoint(layout.checkpoint)
        store = DecisionStore(layout.decisions, layout.decisions_before)
        try:
            added = sum(store.add(decision) for decision in decisions)
        finally:
            store.close()
    finally:
        lock.release()
    print(translate("cli.decisions_imported", count=added, total=len(decisions)))
    return ExitCode.DONE


def _find_paths(layout: Layout) -> Callable[[str], Sequence[bytes]]:
    """Return the function from a content digest to the paths of the files that have it now."""
    paths: dict[str, list[bytes]] = defaultdict(list)
    for file in FileStore(layout.files, writable=False).files.values():
        if file.status is not Status.MISSING:
            paths[file.facts.digest].append(file.path)
    return lambda digest: sorted(paths.get(digest, ()))
