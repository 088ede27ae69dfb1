"""``dpm-tui bin DIR``: lists, restores and purges what lies in the recycle bin."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from dpm_tui.amount import long_size
from dpm_tui.cli.connection import with_worker
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.outcome import print_skipped
from dpm_tui.errors import ExitCode, Stopped, UsageError
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import BinEntry
from dpm_tui.state.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol import PurgeDone, PurgeEntries, RestoreDone, RestoreEntries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the bin."""
    add_folder(parser)
    parser.add_argument("action", choices=("list", "restore", "purge", "log"))
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help=translate("cli.entry_help"))
    parser.add_argument("--all", action="store_true", help=translate("cli.all_help"))
    parser.add_argument("--batch", metavar="ID", default="", help=translate("cli.batch_help"))
    parser.add_argument("--to", metavar="DIR", default="", help=translate("cli.to_help"))


def run(options: argparse.Namespace) -> int:
    """Carry out the action; return the exit code."""
    layout = find_layout(options)
    recycle_bin = RecycleBin(layout.root)
    match options.action:
        case "list":
            _print_entries(_choose(options, recycle_bin.entries(), every=True))
        case "log":
            for entry in recycle_bin.log.read():
                print(f"{entry.time}\t{entry.action}\t{entry.batch}\t{display_name(entry.path)}")
        case "restore":
            return _restore(layout, _choose(options, recycle_bin.entries()), options.to)
        case _:
            return _purge(layout, recycle_bin, _choose(options, recycle_bin.entries()))
    return ExitCode.DONE


def _choose(
    options: argparse.Namespace, entries: Sequence[BinEntry], *, every: bool = False
) -> list[BinEntry]:
    """Return the entries that the command line names; raises UsageError for one that is not there."""
    named = set(options.entries)
    if not (options.all or options.batch or named):
        if every:
            return list(entries)
        raise UsageError("bin_nothing_named")
    unknown = named - {entry.id for entry in entries}
    if unknown:
        raise UsageError("bin_unknown_entry", id=display_name(min(unknown)))
    if options.batch and not any(entry.batch == options.batch for entry in entries):
        raise UsageError("bin_unknown_batch", id=display_name(options.batch))
    return [
        entry for entry in entries if options.all or entry.id in named or entry.batch == options.batch
    ]


def _print_entries(entries: Sequence[BinEntry]) -> None:
    for entry in entries:
        fields = (entry.id, entry.recycled_at, str(entry.size), entry.kind or "-", display_name(entry.path))
        print("\t".join(fields))
    size = long_size(sum(entry.size for entry in entries))
    print(translate("cli.bin_holds", count=len(entries), size=size), file=sys.stderr)


def _restore(layout: Layout, entries: Sequence[BinEntry], to: str) -> int:
    target = os.path.abspath(os.fsencode(to)) if to else b""

    async def restore(client: WorkerClient) -> RestoreDone:
        answer = await client.request(RestoreEntries(tuple(entry.id for entry in entries), target))
        assert isinstance(answer, RestoreDone)
        return answer

    result = with_worker(layout, "bin", restore).result
    for restored in result.restored:
        if restored.now != restored.origin:
            origin, now = display_name(restored.origin), display_name(restored.now)
            print(translate("cli.restored_as", origin=origin, now=now), file=sys.stderr)
    print(translate("cli.restored", count=len(result.restored)))
    print_skipped(result.skipped)
    return ExitCode.FAILED if result.skipped else ExitCode.DONE


def _purge(layout: Layout, recycle_bin: RecycleBin, entries: Sequence[BinEntry]) -> int:
    check = recycle_bin.check_purge(entry.id for entry in entries)
    if check.without_keeper:
        print(translate("cli.purge_without_keeper", count=check.without_keeper), file=sys.stderr)
    if sys.stdin.isatty() and entries:
        size = long_size(sum(entry.size for entry in entries))
        question = translate("cli.purge_question", count=len(entries), size=size)
        print(question, end=" ", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != str(len(entries)):
            raise Stopped("purge_refused")

    async def purge(client: WorkerClient) -> PurgeDone:
        answer = await client.request(PurgeEntries(tuple(entry.id for entry in entries)))
        assert isinstance(answer, PurgeDone)
        return answer

    result = with_worker(layout, "bin", purge).result
    print(translate("cli.purged", count=len(result.purged), size=long_size(result.size)))
    print_skipped(result.skipped)
    return ExitCode.FAILED if result.skipped else ExitCode.DONE
