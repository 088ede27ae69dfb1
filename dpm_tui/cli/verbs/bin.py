"""``dpm-tui bin DIR``: lists, restores and purges what lies in the recycle bin."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_bin, find_layout
from dpm_tui.cli.output import print_skipped
from dpm_tui.errors import ExitCode, Stopped, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import BinEntry
from dpm_tui.state.disk.layout import Layout
from dpm_tui.units import long_size, read_age, read_size
from dpm_tui.worker.protocol.messages import PurgeDone, PurgeEntries, RestoreDone, RestoreEntries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the bin."""
    add_folder(parser)
    actions = ("list", "restore", "purge", "log")
    parser.add_argument("action", choices=actions, help=translate("cli.bin_action_help"))
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help=translate("cli.entry_help"))
    parser.add_argument("--all", action="store_true", help=translate("cli.all_help"))
    parser.add_argument("--batch", metavar="ID", default="", help=translate("cli.batch_help"))
    parser.add_argument("--to", metavar="DIR", default="", help=translate("cli.to_help"))
    parser.add_argument("--older-than", metavar="AGE", default="", help=translate("cli.older_than_help"))
    parser.add_argument("--larger-than", metavar="SIZE", default="", help=translate("cli.larger_than_help"))
    parser.add_argument("--count", type=int, metavar="N", default=-1, help=translate("cli.count_help"))
    parser.add_argument("--yes", action="store_true", help=translate("cli.yes_purge_help"))


def run(options: argparse.Namespace) -> int:
    """Carry out the action; return the exit code."""
    layout = find_layout(options)
    recycle_bin = find_bin(layout)
    match options.action:
        case "list":
            _print_entries(_choose(options, recycle_bin.entries(), every=True))
            _print_away(recycle_bin.away())
        case "log":
            _print_removals(recycle_bin)
        case "restore":
            return _restore(layout, _choose(options, recycle_bin.entries()), options.to)
        case _:
            return _purge(layout, recycle_bin, _choose(options, recycle_bin.entries()), options)
    return ExitCode.DONE


def _choose(
    options: argparse.Namespace, entries: Sequence[BinEntry], *, every: bool = False
) -> list[BinEntry]:
    """Return the entries that the command line names; raises UsageError for one that is not there."""
    named = set(options.entries)
    fits = _age_and_size(options)
    everything = options.all or not (options.batch or named)
    if everything and not (options.all or fits or every):
        raise UsageError("bin_nothing_named")
    unknown = named - {entry.id for entry in entries}
    if unknown:
        raise UsageError("bin_unknown_entry", id=display_name(min(unknown)))
    if options.batch and not any(entry.batch == options.batch for entry in entries):
        raise UsageError("bin_unknown_batch", id=display_name(options.batch))
    chosen = [entry for entry in entries if everything or entry.id in named or entry.batch == options.batch]
    return [entry for entry in chosen if fits is None or fits(entry)]


def _age_and_size(options: argparse.Namespace) -> Callable[[BinEntry], bool] | None:
    """Return the test of age and size that the command line asks for, None if it asks for none."""
    if not (options.older_than or options.larger_than):
        return None
    try:
        age = read_age(options.older_than) if options.older_than else 0.0
    except ValueError:
        raise UsageError("bad_age", text=display_name(options.older_than)) from None
    try:
        size = read_size(options.larger_than) if options.larger_than else -1.0
    except ValueError:
        raise UsageError("bad_size", text=display_name(options.larger_than)) from None
    return lambda entry: entry.age >= age and entry.size > size


def _print_removals(recycle_bin: RecycleBin) -> None:
    """Print the record, oldest first, one line a file."""
    for removal in reversed(recycle_bin.removals(sys.maxsize)):
        fields = [removal.time, removal.action, removal.batch, display_name(removal.path)]
        if removal.to not in (b"", removal.path):
            fields.append(display_name(removal.to))
        print("\t".join(fields))


def _print_entries(entries: Sequence[BinEntry]) -> None:
    for entry in entries:
        kind = "companion" if entry.companion_of else entry.kind or "-"
        fields = (entry.id, entry.recycled_at, str(entry.size), kind, display_name(entry.path))
        print("\t".join(fields))
    size = long_size(sum(entry.size for entry in entries))
    print(translate("cli.bin_holds", count=len(entries), size=size), file=sys.stderr)


def _print_away(away: Mapping[bytes, str]) -> None:
    """Say which bins on other disks are not listed, and why."""
    for top, why in away.items():
        key = "cli.bin_refused_there" if why else "cli.bin_away"
        print(translate(key, path=display_name(top), reason=why), file=sys.stderr)


def _restore(layout: Layout, entries: Sequence[BinEntry], to: str) -> int:
    target = os.path.abspath(os.fsencode(to)) if to else b""
    request = RestoreEntries(tuple(entry.id for entry in entries), target)
    result = ask_worker(layout, "bin", request, RestoreDone).result
    for restored in result.restored:
        if restored.now != restored.origin:
            origin, now = display_name(restored.origin), display_name(restored.now)
            renamed = os.path.basename(restored.now) != os.path.basename(restored.origin)
            key = "cli.restored_as" if renamed else "cli.restored_elsewhere"
            print(translate(key, origin=origin, now=now), file=sys.stderr)
    print(translate("cli.restored", count=len(result.restored)))
    return print_skipped(result.skipped)


def _purge(
    layout: Layout, recycle_bin: RecycleBin, entries: Sequence[BinEntry], options: argparse.Namespace
) -> int:
    """Delete for good, once the number of files was typed or given; return the exit code.

    Without a terminal nobody can be asked: then it has to be said beforehand, and without the number only
    files go whose kept copy is verified.
    """
    typed, assent = options.count, options.yes
    check = recycle_bin.check_purge(entry.id for entry in entries)
    if check.without_keeper:
        warning = translate("cli.purge_without_keeper", count=check.without_keeper, reasons=check.reasons)
        print(warning, file=sys.stderr)
    if typed >= 0:
        if typed != check.count:
            raise UsageError("purge_other_count", typed=typed, count=check.count)
    elif sys.stdin.isatty() and not (assent and not check.without_keeper):
        if entries:
            question = translate("cli.purge_question", count=check.count, size=long_size(check.size))
            print(question, end=" ", file=sys.stderr, flush=True)
            if sys.stdin.readline().strip() != str(check.count):
                raise Stopped("purge_refused")
    elif not assent and entries:
        raise UsageError("purge_undecided", count=check.count)
    elif check.without_keeper:
        raise UsageError("purge_needs_count", count=check.count)
    request = PurgeEntries(tuple(entry.id for entry in entries))
    result = ask_worker(layout, "bin", request, PurgeDone).result
    print(translate("cli.purged", count=len(result.purged), size=long_size(result.size)))
    return print_skipped(result.skipped)
