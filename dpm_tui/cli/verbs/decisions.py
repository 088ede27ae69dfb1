"""``dpm-tui decisions DIR``: lists, exports, imports and revokes what was decided about pictures."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from dpm_tui.catalog.image_file import Status
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.output import write_output
from dpm_tui.errors import DamagedError, ExitCode, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.shell_commands import with_place
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.disk.journal import ends_torn
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
from dpm_tui.state.disk.private_folder import check_folder, prepare_folder
from dpm_tui.state.files.file_store import FileStore
from dpm_tui.state.review.decision_export import encode_decisions, load_decisions
from dpm_tui.state.review.decision_store import DecisionStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR, the action and its file."""
    add_folder(parser)
    actions = ("list", "export", "import", "revoke")
    text = translate("cli.decisions_action_help")
    parser.add_argument("action", nargs="?", choices=actions, default="list", help=text)
    parser.add_argument("files", nargs="*", metavar="FILE", help=translate("cli.decisions_file_help"))
    parser.add_argument("--all", action="store_true", help=translate("cli.decisions_all_help"))
    parser.add_argument("-o", "--output", metavar="FILE", default="", help=translate("cli.output_help"))


def run(options: argparse.Namespace) -> int:
    """Carry out the action; return the exit code."""
    layout = find_layout(options)
    if options.action == "import":
        if len(options.files) != 1:
            raise UsageError("decisions_file_missing")
        return _import(layout, os.path.abspath(os.fsencode(options.files[0])))
    if options.action == "revoke":
        if bool(options.files) is options.all:
            raise UsageError("decisions_revoke_what")
        return _revoke(layout, [os.fsencode(file) for file in options.files])
    if options.files:
        raise UsageError("decisions_file_extra")
    if os.path.lexists(layout.folder):
        check_folder(layout)
    load_checkpoint(layout.checkpoint)  # refuses state of a newer version
    torn = ends_torn(layout.decisions)
    store = DecisionStore(layout.decisions, layout.decisions_before, writable=False)
    if store.rescued:
        print(with_place(translate("cli.decisions_rescued", count=store.rescued)), file=sys.stderr)
    if options.action == "export":
        write_output(options.output, encode_decisions(store.standing(), _find_paths(layout)))
    else:
        _list(layout, store)
    if store.rejected > torn or store.rescued:
        raise DamagedError("state_damaged", names=display_name(os.path.basename(layout.decisions)))
    return ExitCode.DONE


def _list(layout: Layout, store: DecisionStore) -> None:
    paths_of = _find_paths(layout)
    count = 0
    for decision in store.standing():
        contents = [" = ".join(map(display_name, paths_of(digest))) or "-" for digest in decision.digests]
        verdict = translate(f"cli.verdict_{decision.verdict}")
        print("\t".join((verdict, decision.time or "-", *contents)))
        count += 1
    print(translate("cli.decisions_held", count=count), file=sys.stderr)


def _import(layout: Layout, path: bytes) -> int:
    decisions = load_decisions(path)
    prepare_folder(layout)
    with _writable(layout) as store:
        added = sum(store.add(decision) for decision in decisions)
    print(translate("cli.decisions_imported", count=added, total=len(decisions)))
    return ExitCode.DONE


def _revoke(layout: Layout, files: Sequence[bytes]) -> int:
    """Revoke decisions: on one file, on the pairs of several, or all without any; return the exit code."""
    check_folder(layout)
    digests = _find_digests(layout, files)
    with _writable(layout) as store:
        about = [decision for decision in store.standing() if digests <= set(decision.digests)]
        if len(digests) == 1:
            (digest,) = digests
            pairs = (tuple(sorted((digest, other))) for each in about for other in each.digests)
            revoked = [Decision(pair, "") for pair in pairs if len(set(pair)) == 2]
        elif digests:
            about = [each for each in store.standing() if len(digests.intersection(each.digests)) > 1]
            revoked = [Decision(tuple(sorted(digests)), "")] if about else []
        else:
            revoked = [Decision(each.digests, "") for each in about]
        store.change(revoked)
    print(translate("cli.decisions_revoked", count=len(about)))
    return ExitCode.DONE


@contextlib.contextmanager
def _writable(layout: Layout) -> Iterator[DecisionStore]:
    """Open the decisions to change them; raises HeldError while a worker has them."""
    lock = Lock(layout.lock)
    try:
        load_checkpoint(layout.checkpoint)
        store = DecisionStore(layout.decisions, layout.decisions_before)
        try:
            yield store
        finally:
            store.close()
    finally:
        lock.release()


def _find_digests(layout: Layout, paths: Sequence[bytes]) -> set[str]:
    """Return the contents of files by their paths, absolute or below the root; raises UsageError."""
    wanted = {os.path.relpath(path, layout.root) if os.path.isabs(path) else path: path for path in paths}
    known = {
        file.path: file.facts.digest
        for file in FileStore(layout.files, writable=False).files.values()
        if file.path in wanted and file.facts.digest
    }
    for path, given in wanted.items():
        if path not in known:
            raise UsageError("decisions_no_file", path=display_name(given))
    return set(known.values())


def _find_paths(layout: Layout) -> Callable[[str], Sequence[bytes]]:
    """Return the function from a content digest to the paths of the files that have it now."""
    paths: dict[str, list[bytes]] = defaultdict(list)
    for file in FileStore(layout.files, writable=False).files.values():
        if file.status is not Status.MISSING:
            paths[file.facts.digest].append(file.path)
    return lambda digest: sorted(paths.get(digest, ()))
