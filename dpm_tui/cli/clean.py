"""``dpm-tui clean DIR``: a rule marks, and what it marks goes to the recycle bin."""

from __future__ import annotations

import argparse

from dpm_tui.amount import long_size
from dpm_tui.cli.connection import with_worker
from dpm_tui.cli.folder import add_folder, find_layout, read_results
from dpm_tui.cli.outcome import print_skipped
from dpm_tui.errors import ExitCode, UsageError
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.review.plan import Plan, build_plan
from dpm_tui.review.rules import DEFAULT_KINDS, find_rule, mark_groups, parse_kinds, protect_folders
from dpm_tui.state.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol import ApplyPlan, BatchDone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a clean-up."""
    add_folder(parser)
    parser.add_argument("--rule", required=True, metavar="NAME", help=translate("cli.rule_help"))
    parser.add_argument("--kinds", default="", metavar="LIST", help=translate("cli.kinds_help"))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help=translate("cli.dry_run_help"))
    how.add_argument("--yes", action="store_true", help=translate("cli.yes_help"))


def run(options: argparse.Namespace) -> int:
    """Show the plan, and with ``--yes`` carry it out; return the exit code."""
    rule = find_rule(options.rule)
    kinds = parse_kinds(options.kinds) if options.kinds else DEFAULT_KINDS
    if not (options.dry_run or options.yes):
        raise UsageError("clean_undecided")
    layout = find_layout(options)
    scanned = read_results(layout)
    results, protected = scanned.results, protect_folders(scanned.config.protected)
    removed = mark_groups(results.files, results.index, results.groups, rule, kinds, protected)
    plan, _ = build_plan(results.files, results.index, results.groups, removed, rule.name)
    if options.dry_run:
        _print_plan(plan)
        return ExitCode.DONE
    return _apply(layout, plan)


def _print_plan(plan: Plan) -> None:
    for move in plan.moves:
        victim, keeper = display_name(move.victim.path), display_name(move.keeper.path)
        print(f"{victim}\t{keeper}\t{move.kind}\t{move.similarity:.4f}")
    size = long_size(plan.size)
    weakest = f"{plan.weakest:.4f}"
    print(translate("cli.planned", count=len(plan.moves), size=size, weakest=weakest))


def _apply(layout: Layout, plan: Plan) -> int:
    if not plan.moves:
        print(translate("cli.nothing_to_clean"))
        return ExitCode.DONE

    async def apply(client: WorkerClient) -> BatchDone:
        answer = await client.request(ApplyPlan(plan))
        assert isinstance(answer, BatchDone)
        return answer

    result = with_worker(layout, "clean", apply).result
    size = long_size(result.size)
    print(translate("cli.cleaned", count=len(result.moved), size=size, batch=result.batch or "-"))
    print_skipped(result.skipped)
    return ExitCode.FAILED if result.skipped else ExitCode.DONE
