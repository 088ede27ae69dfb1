"""The commands that remember what a person says about pictures: not duplicates, or variants to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dpm_tui.catalog.group import Group
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision import Decision, decide, set_apart
from dpm_tui.review.decisions.group_split import decide_cut, split_group
from dpm_tui.review.history.mark_history import Step
from dpm_tui.text_format import similarity
from dpm_tui.tui.command_table import TO_WRITE
from dpm_tui.tui.lines.group_lines import letter
from dpm_tui.tui.screens.commands.plan_commands import PlanCommands
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.worker.protocol.messages import Decide, Decided

_NAME_WIDTH = 16


class DecideCommands(PlanCommands):
    """Commands for a screen with a file under the cursor, and undo and redo of decisions."""

    @property
    def other(self) -> int:
        """The file that the one under the cursor is held against."""
        file = self.session.file
        assert file is not None
        return self.session.counterpart(file.id)

    async def do_not_duplicates(self) -> None:
        """Remember that files of this group are different pictures."""
        await self._ask_and_decide("not_duplicates")

    async def do_variants(self) -> None:
        """Remember that files of this group are variants, all of them to keep."""
        await self._ask_and_decide("variants")

    def do_show_decisions(self) -> None:
        """Open the list of what was decided."""
        self.app.push_named("decisions")

    async def decide(self, files: Iterable[int], decisions: Sequence[Decision]) -> bool:
        """Have decisions made and take the marks of ``files`` away; False if they would say nothing."""
        if not decisions:
            self.prompt.say(translate("tui.same_content"))
            return False
        done = await self.app.link.ask(Decide(tuple(decisions)), Decided)
        self.session.marks.note_decision(files, decisions, done.before)
        return True

    async def take_decision_back(self, step: Step[int]) -> None:
        """Undo the decisions of the last step."""
        if await self._send(step.before) is None:
            return
        # Whoever marked something meanwhile takes that back first; to revoke this again changes nothing.
        marks = self.session.marks
        if _is_same(marks.history.last, step):
            marks.step_back()

    async def decide_again(self, step: Step[int]) -> None:
        """Make the decisions of the step that was undone last again."""
        before = await self._send(step.decisions)
        if before is None:
            return
        marks = self.session.marks
        if _is_same(marks.history.next, step):
            marks.step_forward()
        else:
            # A mark that was set meanwhile has settled what was undone: this is a new step.
            marks.note_decision((id_ for id_, *_ in step.changes), step.decisions, before)

    async def _send(self, change: tuple[Decision, ...]) -> tuple[Decision, ...] | None:
        """Have decisions made or taken back and say so; return what undoes it, None if it cannot be now."""
        if reason := missing_need(self.session, TO_WRITE):
            self.prompt.say(translate(reason))
            return None
        done = await self.app.link.ask(Decide(change), Decided)
        count = len({digest for decision in change for digest in decision.digests})
        made = any(decision.verdict for decision in change)
        self.prompt.say(translate("tui.decision_made" if made else "tui.decision_revoked", count=count))
        return done.before

    async def _ask_and_decide(self, verdict: str) -> None:
        group, file = self.session.group, self.session.file
        assert group is not None
        assert file is not None
        # What is asked about is decided, wherever the cursor is by then.
        files, other = self.session.library.files, self.other
        scope = "g" if len(group.members) == 2 else await self._ask_scope(group, other, verdict)
        if not scope:
            return
        members = (file.id, other) if scope == "p" else group.members
        chosen = [files[id_] for id_ in members]
        decisions = set_apart(file, chosen, verdict) if scope == "f" else decide(chosen, verdict)
        if not await self.decide([file.id] if scope == "f" else members, decisions):
            return
        if scope == "f":
            self.prompt.say(translate(f"tui.set_apart_{verdict}", count=len(members) - 1))
        else:
            self.prompt.say(translate(f"tui.decided_{verdict}", count=len(members)))

    async def _ask_scope(self, group: Group, other: int, verdict: str) -> str:
        """Ask whom the decision is about: the pair, the file and every other one, or the whole group."""
        name = letter(group.members.index(other)).strip()
        name = name or display_name(self.session.library.files[other].name, _NAME_WIDTH)
        keys = (f"tui.ask_{verdict}", f"tui.ask_{verdict}_short")
        words = (translate(key, count=len(group.members), other=name) for key in keys)
        return await self.prompt.choose(self.prompt.fitting(*words), "pfg")


def _is_same(step: Step[int] | None, other: Step[int]) -> bool:
    """Tell a step by its decisions: its files may have got other ids meanwhile."""
    return step is not None and (step.decisions, step.before) == (other.decisions, other.before)


class SplitCommands(DecideCommands):
    """Splitting, for a screen with a group under the cursor."""

    async def do_split(self) -> None:
        """Remember, after a question with the numbers, that the two parts of the group are not duplicates."""
        library, group = self.session.library, self.session.group
        assert group is not None
        cut = split_group(library, group)
        if cut is None:
            self.prompt.say(translate("tui.same_content"))
            return
        values = {
            "stays": len(cut.stays),
            "goes": len(cut.goes),
            "similarity": similarity(cut.across.similarity),
            "kind": translate(f"tui.kind_{cut.across.kind.value}"),
            "pairs": cut.pairs,
        }
        words = (translate(key, **values) for key in ("tui.ask_split", "tui.ask_split_short"))
        if await self.prompt.choose(self.prompt.fitting(*words), "y") != "y":
            return
        if await self.decide(group.members, decide_cut(library, cut, "not_duplicates")):
            self.prompt.say(translate("tui.split", **values))
