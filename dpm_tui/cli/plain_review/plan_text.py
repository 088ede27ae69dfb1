"""A plan as lines that can be read aloud, the question before it and the report after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BatchResult, RestoreResult, Skipped, split_rest
from dpm_tui.review.marks.plan import Plan
from dpm_tui.text_format import similarity
from dpm_tui.units import long_size


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield a line for each move, the weakest first, and one for each companion that goes along."""
    moves = sorted(plan.moves, key=lambda move: (move.similarity, move.victim.path))
    for number, move in enumerate(moves, 1):
        yield translate(
            "plain.move",
            number=number,
            goes=display_name(move.victim.path),
            stays=display_name(move.keeper.path),
            kind=translate(f"tui.kind_{move.kind.value}"),
            similarity=share(move.similarity),
            size=long_size(move.victim.stamp.size),
        )
        for companion in move.companions:
            note = translate("tui.plan_twin" if companion.twin else "tui.plan_orphan")
            path = display_name(companion.file.path)
            yield f"   {translate('tui.plan_along')} {path} {note}"


def move_question(plan: Plan) -> str:
    """Return the question before a plan, with its numbers."""
    kinds = Counter(move.kind for move in plan.moves)
    named = [f"{kinds[kind]} {translate(f'tui.kind_{kind.value}')}" for kind in Kind if kinds[kind]]
    if plan.companions:
        named.append(translate("tui.companions", count=plan.companions))
    return translate(
        "plain.ask_move",
        count=len(plan.moves),
        size=long_size(plan.size),
        kinds=translate("plain.comma").join(named),
        weakest=share(plan.weakest),
    )


def orphans_question(plan: Plan) -> str:
    """Return the question about companions that exist nowhere else."""
    pictures = sum(bool(move.orphans) for move in plan.moves)
    return translate("plain.ask_orphans", count=plan.orphans, pictures=pictures)


def moved_lines(result: BatchResult) -> Iterator[str]:
    """Yield what moved and what was left, with the reasons."""
    size = long_size(result.size)
    yield translate("plain.moved", count=len(result.moved), size=size, batch=result.batch or "-")
    if result.companions:
        yield translate("cli.cleaned_companions", count=len(result.companions))
    yield from _left(result.skipped)


def restored_lines(result: RestoreResult, elsewhere: int) -> Iterator[str]:
    """Yield what came back, that so many had left the bin before, and what did not, with the reasons."""
    yield translate("tui.batch_undone", count=len(result.restored))
    if elsewhere > 0:
        yield translate("tui.left_bin_before", count=elsewhere)
    for restored in result.restored:
        if restored.now != restored.origin:
            origin, now = display_name(restored.origin), display_name(restored.now)
            yield translate("cli.restored_as", origin=origin, now=now)
    yield from _left(result.skipped)


def share(value: float) -> str:
    """Return a similarity as it is read aloud; only a perfect one is 1."""
    return similarity(value) if value >= 1 else f"0{similarity(value)}"


def _left(skipped: tuple[Skipped, ...]) -> Iterator[str]:
    rest, left = split_rest(skipped)
    if rest:
        yield translate("plain.stopped_before", count=rest)
    for item in left:
        yield translate("cli.skipped", path=display_name(item.path), reason=item.reason)
