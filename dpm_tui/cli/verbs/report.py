"""``dpm-tui report DIR``: what the last scan found, for other programs and as a page to look at."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

from dpm_tui.cli.folder import Scanned, add_folder, find_layout, read_results
from dpm_tui.cli.output import write_output
from dpm_tui.cli.reclaimable import freeable_by
from dpm_tui.errors import DamagedError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.report.csv_report import write_csv
from dpm_tui.report.html_report import write_html
from dpm_tui.report.json_report import build_report
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.review.rules.rule import OWN, find_rule, protect_folders


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
    scanned, freeable = _follow_rule(found), _find_freeable(found)
    match options.format:
        case "json":
            text = _json_text(scanned, freeable)
        case "html":
            text = _html_text(scanned, freeable)
        case _:
            text = _csv_text(scanned)
    write_output(options.output, text)
    if scanned.state.damaged:
        # The report is worth having, but not all of it may be there.
        raise DamagedError("state_damaged", names=", ".join(scanned.state.damaged))
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
    )
    return json.dumps(report, indent=1) + "\n"


def _csv_text(scanned: Scanned) -> str:
    results = scanned.results
    folders = scanned.state.checkpoint.explain_folders()
    return write_csv(results.files, results.groups, results.index, folders)


def _html_text(scanned: Scanned, freeable: ReclaimableSpace) -> str:
    results = scanned.results
    return "".join(
        write_html(
            root=scanned.state.layout.root,
            files=results.files,
            groups=results.groups,
            pairs=results.index,
            freeable=freeable,
            thumbnail=scanned.state.thumbnails.get,
            unreadable_folders=scanned.state.checkpoint.explain_folders(),
        )
    )
