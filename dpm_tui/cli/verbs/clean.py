"""``dpm-tui clean DIR``: a rule marks, and what it marks goes to the recycle bin; now, or later as a plan."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_bin, find_layout, read_results
from dpm_tui.cli.output import print_skipped
from dpm_tui.errors import DamagedError, DpmError, ExitCode, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.moving.plan_file import load_plan, save_plan
from dpm_tui.recycle.results import OtherDisks, Skipped
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.link import LINKS, Link
from dpm_tui.review.marks.plan import Plan, build_plan
from dpm_tui.review.reasons.quality_reasons import poorer_reason
from dpm_tui.review.rules.doubts import Doubt, list_doubts
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.rule import (
    DEFAULT_KINDS,
    RULES,
    Rule,
    find_rule,
    parse_kinds,
    protect_folders,
)
from dpm_tui.shell_commands import quote, with_place
from dpm_tui.state.config import CHOICES, load_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import check_folder
from dpm_tui.text_format import count_kinds
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import ApplyPlan, BatchDone, CompareWith, Done, FindNotes, PlanData

if TYPE_CHECKING:
    from dpm_tui.worker.run.run_results import Results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a clean-up."""
    add_folder(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--rule", metavar="NAME", default="", help=translate("cli.rule_help"))
    source.add_argument("--plan", metavar="FILE", default="", help=translate("cli.plan_help"))
    parser.add_argument("--kinds", default="", metavar="LIST", help=translate("cli.kinds_help"))
    parser.add_argument(
        "--companions", choices=CHOICES["companions"], default="", help=translate("cli.companions_help")
    )
    parser.add_argument("--keep-metadata", action="store_true", help=translate("cli.keep_metadata_help"))
    parser.add_argument("--link", choices=LINKS, default="", help=translate("cli.link_help"))
    parser.add_argument("-o", "--output", metavar="FILE", default="", help=translate("cli.plan_output_help"))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help=translate("cli.dry_run_help"))
    how.add_argument("--yes", action="store_true", help=translate("cli.yes_help"))


def run(options: argparse.Namespace) -> int:
    """Show the plan, and with ``--yes`` carry it out; return the exit code."""
    if not (options.dry_run or options.yes):
        raise UsageError("clean_undecided")
    if options.output and not options.dry_run:
        raise UsageError("plan_output_needs_dry_run")
    if options.plan and options.yes and not options.kinds:
        # Whoever made the plan may have marked variants, and nobody is asked.
        raise UsageError("plan_needs_kinds")
    _check_link(options)
    layout = find_layout(options)
    plan, left, doubts = _make_plan(options, layout)
    _print_doubts(doubts)
    if plan.moves and (options.keep_metadata or load_settings(layout.config).config.keep_metadata):
        plan = ask_worker(layout, "clean", FindNotes(plan), PlanData).plan
    if plan.links[Link.HARD]:
        print(translate("cli.hard_links_warning"), file=sys.stderr)
    if options.dry_run:
        plan, skipped = _check_plan(layout, plan)
        _print_plan(plan)
        _print_left(left)
        if options.output:
            save_plan(os.path.abspath(os.fsencode(options.output)), layout.root, plan)
            words = translate(
                "cli.plan_saved", path=quote(options.output), kinds=plan.kinds or Kind.IDENTICAL
            )
            print(with_place(words), file=sys.stderr)
        return print_skipped(skipped)
    _print_left(left)
    return _apply(layout, plan)


def _check_link(options: argparse.Namespace) -> None:
    """Raise UsageError where ``--link`` contradicts another option."""
    if options.link and options.plan:
        raise UsageError("plan_has_links")
    if options.link and options.kinds and {*parse_kinds(options.kinds)} != {Kind.IDENTICAL}:
        raise UsageError("link_kinds")
    if options.link and options.companions:
        raise UsageError("link_companions")


def _make_plan(options: argparse.Namespace, layout: Layout) -> tuple[Plan, Plan, list[Doubt]]:
    """Return the plan to carry out, the moves that somebody would have to be asked about, and the copies
    that the rule leaves alone."""
    doubts: list[Doubt] = []
    if options.plan:
        plan = load_plan(os.fsencode(options.plan), layout.root)
        if options.kinds:
            plan, others = plan.of_kinds(parse_kinds(options.kinds))
            _print_other_kinds(others)
        companions = options.companions or load_settings(layout.config).config.companions
    else:
        plan, companions, doubts = _follow_rule(options, layout)
    match companions:
        case "never":
            return plan.alone(), Plan(()), doubts
        case "together":
            return plan, Plan(()), doubts
    return *plan.split_orphans(), doubts


def _follow_rule(options: argparse.Namespace, layout: Layout) -> tuple[Plan, str, list[Doubt]]:
    """Return the plan of the rule, with the companions that lie there now, what is to become of them, and
    the copies that the rule leaves alone."""
    from dpm_tui.review.rules.weighing import weigh

    kinds = parse_kinds(options.kinds) if options.kinds else DEFAULT_KINDS
    if options.link:
        kinds = frozenset({Kind.IDENTICAL})
    scanned = read_results(layout)
    if scanned.state.damaged:
        # Decisions, or which files exist, may be lost.
        raise DamagedError("state_damaged", names=", ".join(scanned.state.damaged))
    config = scanned.config
    rule = find_rule(options.rule, config.presets, config.keeper)
    protected = protect_folders(config.protected)
    results = _compare_for(layout, scanned.results, rule, kinds, protected)
    library = Library(results.files, results.groups, results.index)
    if rule.name not in RULES:
        library, rule = select_keepers(library, rule, protected), rule.settled
    weighed = weigh(library, range(len(library.groups)), rule, kinds, protected)
    plan, _ = build_plan(library, library.groups, weighed.marked, lambda file: rule.name, kinds)
    plan = plan.with_links(Link(options.link))
    # Companions stay with the name of their picture.
    companions = "never" if options.link else options.companions or config.companions
    if companions != "never":
        plan = find_bin(layout).find_companions(plan, config.extensions)
    return plan, companions, list_doubts(library, weighed)


def _compare_for(
    layout: Layout, results: Results, rule: Rule, kinds: Collection[Kind], protected: FolderSet
) -> Results:
    """Have compared what the rule lacks and return the results then; as they are where that cannot be."""
    from dpm_tui.review.rules import keeper_selection, weighing

    library = Library(results.files, results.groups, results.index)
    find = (weighing if rule.name in RULES else keeper_selection).find_lacking
    wanted = find(library, range(len(library.groups)), rule, kinds, protected)
    if not wanted:
        return results
    print(translate("cli.comparing", count=sum(len(ids) - 1 for ids in wanted)), file=sys.stderr)
    try:
        ask_worker(layout, "clean", CompareWith(tuple(wanted)), Done, stays=False)
    except DpmError as error:
        if error.exit_code is ExitCode.STOPPED:
            raise
        print(translate("cli.not_compared", reason=error.message), file=sys.stderr)
        return results
    return read_results(layout, again=True).results


def _check_plan(layout: Layout, plan: Plan) -> tuple[Plan, list[Skipped]]:
    """Return what ``--yes`` would move now, and what it would leave with the reasons."""
    if not plan.moves:
        return plan, []
    from dpm_tui.state.root_state import RootState
    from dpm_tui.worker.run.run_results import judge_plans

    if os.path.lexists(layout.folder):
        check_folder(layout)
    config = load_settings(layout.config).config
    judged = judge_plans(RootState(layout, writable=False), config)
    protected = protect_folders(config.protected).covers
    recycle_bin = find_bin(layout)
    return recycle_bin.check(plan, OtherDisks(config.other_disks), protected, judged)


def _print_doubts(doubts: list[Doubt]) -> None:
    for doubt in doubts:
        words = translate(f"review.spared_{doubt.reason}")
        path, keeper = display_name(doubt.path), display_name(doubt.keeper)
        print(translate("cli.left_in_doubt", path=path, keeper=keeper, reason=words), file=sys.stderr)
    if doubts:
        print(translate("cli.doubts", count=len(doubts)), file=sys.stderr)


def _print_other_kinds(others: Plan) -> None:
    if others.moves:
        kinds = count_kinds(move.kind for move in others.moves)
        print(translate("cli.other_kinds", count=len(others.moves), kinds=kinds), file=sys.stderr)


def _print_plan(plan: Plan) -> None:
    for move in plan.moves:
        victim, keeper = display_name(move.victim.path), display_name(move.keeper.path)
        why = ""
        if move.reason:
            reason = poorer_reason(move.reason, move.amount)
            why = "\t" + translate(f"review.{reason.key}", **reason.values)
        if move.adds:
            words = translate("cli.word_gap").join(translate(f"cli.adds_{word}") for word in move.adds)
            why += "\t" + translate("cli.adds", words=words)
        if move.link:
            why = "\t" + translate(f"cli.leaves_{move.link}")
        print(f"{victim}\t{keeper}\t{move.kind}\t{move.similarity:.4f}{why}")
        for companion in move.companions:
            twin = display_name(companion.twin.path) if companion.twin else "-"
            print(f"{display_name(companion.file.path)}\t{twin}\tcompanion\t-")
    size = long_size(plan.size)
    weakest = f"{plan.weakest:.4f}"
    print(translate("cli.planned", count=len(plan.moves), size=size, weakest=weakest))
    if plan.noted:
        print(translate("cli.planned_notes", count=plan.noted))
    for link, count in plan.links.items():
        print(translate(f"cli.planned_{link}", count=count))


def _print_left(left: Plan) -> None:
    for move in left.moves:
        names = ", ".join(display_name(companion.file.path) for companion in move.orphans)
        words = translate("cli.left_for_companions", path=display_name(move.victim.path), companions=names)
        print(words, file=sys.stderr)
    if left.moves:
        print(translate("cli.companions_hint", count=len(left.moves)), file=sys.stderr)


def _apply(layout: Layout, plan: Plan) -> int:
    if not plan.moves:
        print(translate("cli.nothing_to_clean"))
        return ExitCode.DONE
    result = ask_worker(layout, "clean", ApplyPlan(plan), BatchDone).result
    size = long_size(result.size)
    print(translate("cli.cleaned", count=len(result.moved), size=size, batch=result.batch or "-"))
    if result.companions:
        print(translate("cli.cleaned_companions", count=len(result.companions)))
    if result.noted:
        print(translate("cli.cleaned_notes", count=result.noted))
    if result.linked:
        print(translate("cli.cleaned_links", count=len(result.linked)))
    return print_skipped(result.skipped)
