"""``dpm-tui report DIR``: what the last scan found, for other programs and as a page to look at."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import replace

from dpm_tui.cli.folder import Scanned, add_folder, find_layout, read_results
from dpm_tui.cli.output import write_output, write_parts
from dpm_tui.cli.reclaimable import freeable_by
from dpm_tui.errors import DamagedError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.report.csv_report import write_csv
from dpm_tui.report.json_report import build_report
from dpm_tui.report.page.group_records import Removal
from dpm_tui.report.page.html_report import write_html
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.presets import criteria_of
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.review.rules.rule import DEFAULT_KINDS, OWN, find_rule, protect_folders
from dpm_tui.review.rules.weighing import weigh


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a report."""
    add_folder(parser)
    parser.add_argument(
        "--format", choices=("json", "csv", "html"), required=True, help=translate("cli.format_help")
    )
    parser.add_argument("-o", "--output", metavar="FILE", default="", help=translate("cli.output_help"))


def run(options: argparse.Namespace) -> int:
    """Write the report; return the exit code."""
    found = read_results(find_layout(options))
    match options.format:
        case "json":
            write_output(options.output, _json_text(_follow_rule(found), _find_freeable(found)))
        case "html":
            write_parts(options.output, _html_parts(found))
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


def _json_text(scanned: Scanned, freeable: ReclaimableSpace) -> str:
    checkpoint = scanned.state.checkpoint
    report = build_report(
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
    return json.dumps(report, indent=1) + "\n"


def _csv_text(scanned: Scanned) -> str:
    results = scanned.results
    folders = scanned.state.checkpoint.explain_folders()
    return write_csv(results.files, results.groups, results.index, folders)


def _html_parts(scanned: Scanned) -> Iterator[str]:
    """Yield the page; nothing is asked of the rule before the file to write to was opened."""
    config, results = scanned.config, scanned.results
    rule, protected = find_rule(OWN, config.presets, config.keeper), protect_folders(config.protected)
    library = select_keepers(Library(results.files, results.groups, results.index), rule, protected)
    weighing = weigh(library, range(len(library.groups)), rule.settled, DEFAULT_KINDS, protected)
    yield from write_html(
        root=scanned.state.layout.root,
        library=library,
        removal=Removal(weighing.marked, {file: (kept, why) for file, kept, why in weighing.spared}),
        criteria=criteria_of(config.keeper),
        thumbnail=scanned.state.thumbnails.get,
        files=results.files,
        unreadable_folders=scanned.state.checkpoint.explain_folders(),
        lacking=scanned.state.checkpoint.lacking,
        made_ns=time.time_ns(),
    )
