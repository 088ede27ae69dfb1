"""The commands that move files or settle groups: accept for all, apply, undo, redo, decide."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import ClassVar, TypeVar

from dpm_tui.amount import long_size
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.pipeline.verify import Kind
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.plan import Plan
from dpm_tui.review.rules import RULES
from dpm_tui.tui.commands import BY_ID
from dpm_tui.tui.screens.base import DpmScreen
from dpm_tui.tui.size import sentence, shown_values, similarity
from dpm_tui.worker.protocol import (
    ApplyPlan,
    BatchDone,
    Decide,
    Done,
    LogLine,
    RedoBatch,
    RestoreDone,
    UndoBatch,
)

T = TypeVar("T")

_AT_ONCE = 3000
"""So many groups or files are worked through before anybody notices."""


class ApplyCommands(DpmScreen):
    """Commands for a screen that shows marks, or what they led to."""

    SHOWS_MARKS: ClassVar[bool] = True

    def show_marks(self) -> None:
        """Show changed marks."""
        self.show_session()

    async def do_accept_all(self) -> None:
        """Mark what the rule suggests for every group shown, after a question with the numbers."""
        session = self.session
        groups = [session.rows.group(position) for position in range(len(session.rows))]
        suggestion = await _work(len(groups), lambda: session.marks.suggest(groups, RULES["best"]))
        if not suggestion.files:
            self.prompt.say(translate("tui.no_suggestions"))
            return
        question = translate(
            "tui.ask_accept_all",
            groups=f"{suggestion.groups:,}",
            files=f"{suggestion.files:,}",
            size=long_size(suggestion.size),
        )
        marks = session.marks
        if await self.prompt.choose(question, "y") == "y" and marks is session.marks:
            marks.accept(suggestion)
            size = long_size(suggestion.size)
            self.prompt.say(translate("tui.accepted", count=suggestion.files, size=size))
        self.show_marks()

    async def do_apply(self) -> None:
        """Move every marked file to the recycle bin, after one question with the numbers."""
        plan, _ = await _work(len(self.session.marks.removed), self.session.plan)
        if self.session.config.confirm and await self.prompt.choose(_question(plan), "y") != "y":
            return
        self.prompt.say(translate("tui.applying", count=len(plan.moves)))
        result = (await self.app.link.ask(ApplyPlan(plan), BatchDone)).result
        moved = set(result.moved)
        gone = [id_ for id_ in self.session.marks.removed if self.session.library.files[id_].path in moved]
        self.session.settle(gone, result.size)
        self.session.deeds.append(())
        self._report(translate("tui.moved", count=len(moved), size=long_size(result.size)), result.skipped)
        self.app.refresh_soon()

    async def do_undo(self) -> None:
        """Take the last marking back; where none is left, the last decision or batch."""
        step = self.session.marks.undo() if self.SHOWS_MARKS else None
        if step is not None:
            self.session.follow(step)
            self.show_session()
            self.prompt.say(translate("tui.undone", count=len(step.changes)))
        elif self.session.deeds and self.session.deeds[-1]:
            await self._revoke(self.session.deeds[-1])
        elif self._may_move("tui.nothing_to_undo", self.session.bin.can_undo):
            result = (await self.app.link.ask(UndoBatch(), RestoreDone)).result
            self.session.deeds[-1:] = []
            self._report(translate("tui.batch_undone", count=len(result.restored)), result.skipped)
            await self.app.link.refresh_bin()

    async def do_redo(self) -> None:
        """Do the last undone marking again; where none is left, apply the undone batch again."""
        step = self.session.marks.redo() if self.SHOWS_MARKS else None
        if step is not None:
            self.session.follow(step)
            self.show_session()
            self.prompt.say(translate("tui.redone", count=len(step.changes)))
            return
        if not self._may_move("tui.nothing_to_redo", self.session.bin.can_redo):
            return
        result = (await self.app.link.ask(RedoBatch(), BatchDone)).result
        self.session.deeds.append(())
        self._report(translate("tui.batch_redone", count=len(result.moved)), result.skipped)
        await self.app.link.refresh_bin()

    async def do_not_duplicates(self) -> None:
        """Remember that the files of this group are different pictures."""
        await self._decide("not_duplicates")

    async def do_variants(self) -> None:
        """Remember that the files of this group are variants, all of them to keep."""
        await self._decide("variants")

    async def _decide(self, verdict: str) -> None:
        group = self.session.group
        assert group is not None
        self.session.marks.clear(group.members)
        await self.app.link.ask(Decide(group.members, verdict), Done)
        self.session.deeds.append(group.members)
        self.prompt.say(translate(f"tui.decided_{verdict}", count=len(group.members)))

    async def _revoke(self, files: tuple[int, ...]) -> None:
        reason = self.session.why_not(BY_ID["variants"])
        if reason and reason != "tui.need_file":
            self.prompt.say(translate(reason))
            return
        await self.app.link.ask(Decide(files, ""), Done)
        self.session.deeds.pop()
        self.prompt.say(translate("tui.decision_revoked", count=len(files)))

    def _may_move(self, nothing: str, possible: bool) -> bool:
        """Say why a batch cannot be undone or done again, if it cannot."""
        reason = self.session.why_not(BY_ID["restore_all"]) if possible else nothing
        if reason == "tui.need_entry":
            reason = ""
        if reason:
            self.prompt.say(translate(reason))
        return not reason

    def _report(self, words: str, skipped: tuple[Skipped, ...]) -> None:
        """Say what was done; what was left goes to the log, with the first reason at hand."""
        for item in skipped:
            values = {"path": display_name(item.path), "reason": why_skipped(item)}
            self.session.log.append(LogLine("error", "left_where_it_was", values))
        if skipped:
            words += " " + translate("tui.left", count=len(skipped), reason=why_skipped(skipped[0]))
        self.prompt.say(words, "error" if skipped else "notice")


async def _work(amount: int, work: Callable[[], T]) -> T:
    """Return what ``work`` returns; much of it is done beside the app, which stays usable."""
    return await asyncio.to_thread(work) if amount > _AT_ONCE else work()


def why_skipped(item: Skipped) -> str:
    """Return why a file was left where it was."""
    return sentence(f"recycle.{item.key}", **shown_values(item.values))


def _question(plan: Plan) -> str:
    """Return the question before a plan: files, bytes, weakest similarity, and the kinds to think about."""
    kinds = Counter(move.kind for move in plan.moves)
    doubtful = [kind for kind in (Kind.VARIANT, Kind.EDITED, Kind.TURNED, Kind.CROP) if kinds[kind]]
    names = ", ".join(f"{kinds[kind]} {translate(f'tui.kind_{kind.value}')}" for kind in doubtful)
    return translate(
        "tui.ask_apply_doubtful" if names else "tui.ask_apply",
        count=len(plan.moves),
        size=long_size(plan.size),
        weakest=similarity(plan.weakest),
        kinds=names,
    )
