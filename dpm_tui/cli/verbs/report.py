"""``dpm-tui report DIR``: what the last scan found, for other programs and as a page to look at."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

from dpm_tui.cli.folder import Scanned, add_folder, find_layout, read_results
from dpm_tui.cli.moment import LAST, read_moment
from dpm_tui.cli.output import write_output, write_parts
from dpm_tui.cli.reclaimable import freeable_by, weigh_by_rule
from dpm_tui.errors import DamagedError, ExitCode, UsageError
from dpm_tui.locale import translate
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.report.csv_report import write_csv
from dpm_tui.report.json_report import write_json
from dpm_tui.report.news import find_news
from dpm_tui.report.page.group_records import Removal
from dpm_tui.report.page.html_report import write_html
from dpm_tui.report.text_report import write_text
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.presets import criteria_of
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.review.rules.rule import OWN, find_rule, protect_folders
from dpm_tui.shell_commands import with_place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a report."""
    add_folder(parser)
    parser.add_argument(
        "--format", choices=("json", "csv", "html", "text"), required=True, help=translate("cli.format_help")
    )
    parser.add_argument("--since", metavar="WHEN", default="", help=translate("cli.report_since_help"))
    parser.add_argument("-o", "--output", metavar="FILE", default="", help=translate("cli.output_help"))


def run(options: argparse.Namespace) -> int:
    """Write the report; return the exit code."""
    if options.since and options.format != "text":
        raise UsageError("since_needs_text")
    found = read_results(find_layout(options))
    match options.format:
        case "json":
            write_parts(options.output, _json_parts(_follow_rule(found), _find_freeable(found)))
        case "html":
            write_parts(options.output, _html_parts(found))
        case "text":
            write_output(options.output, with_place(_text(found, options.since)))
        case _:
            write_output(options.output, _csv_text(_follow_rule(found)))
    if found.state.damaged:
        # The report is worth having, but not all of it may be there.
        raise DamagedError("state_damaged", names=", ".join(found.state.damaged))
    return ExitCode.DONE


def _follow_rule(scanned: Scanned) -> Scanned:
    """Return the results with the keepers that the app shows: those of the rule in the settings."""
    config, results = scanned.config, scanned.results
    rule = find_rule(OWN, config.presets, config.keeper)
    found = Library(results.files, results.groups, results.index)
    groups = tuple(select_keepers(found, rule, protect_folders(config.protected), whole=True).groups)
    return replace(scanned, results=replace(results, groups=groups))


def _find_freeable(scanned: Scanned) -> ReclaimableSpace:
    """Return what the rule in the settings would free."""
    results = scanned.results
    return freeable_by(Library(results.files, results.groups, results.index), scanned.config)


def _json_parts(scanned: Scanned, freeable: ReclaimableSpace) -> Iterator[str]:
    checkpoint = scanned.state.checkpoint
    return write_json(
        root=scanned.state.layout.root,
        model=checkpoint.model,
        threshold=checkpoint.threshold,
        files=scanned.results.files,
        pairs=scanned.results.pairs,
        groups=scanned.results.groups,
        freeable=freeable,
        model_of=scanned.state.fitting_model(load_cards().values()),
        unreadable_folders=checkpoint.explain_folders(),
        lacking=checkpoint.lacking,
        other_roots=scanned.config.other_folders,
    )


def _csv_text(scanned: Scanned) -> str:
    results = scanned.results
    folders = scanned.state.checkpoint.explain_folders()
    return write_csv(results.files, results.groups, results.index, folders)


def _text(scanned: Scanned, since: str) -> str:
    """Return the text report, with what came since a moment; by default since the scan before the last."""
    checkpoint, results = scanned.state.checkpoint, scanned.results
    library, weighing = weigh_by_rule(scanned)
    since_ns = (
        read_moment(since or LAST, checkpoint.began_before) if since or checkpoint.began_before else None
    )
    return write_text(
        root=scanned.state.layout.root,
        library=library,
        files=results.files,
        going=weighing.marked,
        scanned=checkpoint.updated,
        finished=checkpoint.phase == "finished",
        news=None if since_ns is None else find_news(library, results.files, since_ns),
        since_ns=since_ns or 0,
        unreadable_folders=checkpoint.explain_folders(),
    )


def _html_parts(scanned: Scanned) -> Iterator[str]:
    """Yield the page; nothing is asked of the rule before the file to write to was opened."""
    library, weighing = weigh_by_rule(scanned)
    yield from write_html(
        root=scanned.state.layout.root,
        library=library,
        removal=Removal(weighing.marked, {file: (kept, why) for file, kept, why in weighing.spared}),
        criteria=criteria_of(scanned.config.keeper),
        thumbnail=scanned.state.thumbnails.get,
        files=scanned.results.files,
        unreadable_folders=scanned.state.checkpoint.explain_folders(),
        lacking=scanned.state.checkpoint.lacking,
        made_ns=time.time_ns(),
    )
