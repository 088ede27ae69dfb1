"""The plan screen: every move before it happens, with the file that stays and the reasons."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.plan import Move, Plan
from dpm_tui.text_format import similarity
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.plan_lines import PlanLines
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.move_pictures import MovePictures
from dpm_tui.tui.screens.base.screen import DpmScreen, ListScreen, bindings_for
from dpm_tui.tui.screens.commands.file_commands import FileCommands
from dpm_tui.tui.screens.commands.file_mover import FileMover, say_progress
from dpm_tui.tui.screens.commands.plan_maker import PlanMaker
from dpm_tui.tui.session.folder_completion import complete_path
from dpm_tui.tui.session.plan_list import PlanList
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.review_layout import ReviewContainer
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import Done, SavePlan


class PlanScreen(ListScreen):
    """Lies over the groups; what is taken out here loses its mark there.

    ``apply`` carries the plan out on the screen below, ``opener``, for this one is gone by then.
    ``arranged`` says that the user was asked what becomes of companions that exist nowhere else.
    """

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.PLAN, Scope.UNDO, Scope.FILE, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    OPENS: ClassVar = "go_to_file"

    def __init__(
        self, plan: Plan, opener: DpmScreen, apply: Callable[[Plan], Awaitable[None]], *, arranged: bool
    ) -> None:
        super().__init__()
        self.plans = PlanMaker(self)
        self.mover = FileMover(self)
        self.file_commands = FileCommands(self)
        self.plan_list = PlanList(plan)
        self.opener = opener
        self._apply = apply
        self.arranged = arranged
        self._marks = opener.session.marks

    def handlers(self) -> Handlers:
        """Return the commands of the plan."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            **self.file_commands.handlers(),
            "apply_plan": self._apply_plan,
            "take_out": self._take_out,
            "save_plan": self._save_plan,
            "sort_plan": self._sort_plan,
            "turn_link": self._turn_link,
            "go_to_file": self._go_to_file,
            "undo": partial(self._travel, "tui.nothing_to_undo", "tui.undone", forward=False),
            "redo": partial(self._travel, "tui.nothing_to_redo", "tui.redone", forward=True),
            "back": self._back,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the list, the pictures of a move and its details."""
        look = self.app.look
        self.plan_lines = PlanLines(self.session, look)
        self.summary = TextLines(id="plan-summary", height=1)
        self.rows = RowList(self._draw, look, id="plan")
        self.details = TextLines(id="plan-details", fills=True)
        self.panes = PreviewPanes(look, self.link.thumbnail, self.app.delays)
        self.move_pictures = MovePictures(self.session, look, self.panes)
        self.panel = Panel(look, "tui.scope_plan", self.rows, active=True)
        yield self.summary
        yield ReviewContainer(self.panel, self.panes, Panel(look, "tui.panel_details", self.details))

    def show_session(self) -> None:
        """Show the plan; a move whose mark went with a change of the library goes, too."""
        if self._marks is not self.session.marks:
            self._marks = self.session.marks
            self._follow_marks()
        if not self.plan_list.moves:
            self._leave(translate("tui.plan_emptied"))
            return
        super().show_session()
        say_progress(self)
        self.summary.show([self.plan_lines.summary(self.plan_list, self.size.width)])
        self.rows.show(len(self.plan_list.moves), self.plan_list.cursor)
        order = translate("tui.plan_by_path" if self.plan_list.by_path else "tui.plan_weakest_first")
        self.panel.tell([(order, "dim")])
        self._show_details()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return files, bytes and weakest similarity of the plan."""
        plan_list = self.plan_list
        words = translate(
            "tui.plan_title",
            count=len(plan_list.moves), size=long_size(plan_list.size), weakest=similarity(plan_list.weakest),
        )  # fmt: skip
        return [*super().title_state(), (f" {words}", "remove")]

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.plan_list.move(lines)
        self.rows.move_to(self.plan_list.cursor)
        self._show_details()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.move_lines(line - self.plan_list.cursor)

    @property
    def file_path(self) -> bytes:
        """The absolute path of the file that goes."""
        return os.path.join(self.session.root, self._move.victim.path)

    async def _apply_plan(self) -> None:
        """Apply the moves listed, after one question with the numbers."""
        plan = await self._arranged_plan()
        if plan is not None and await self.plans.confirm(plan) == "y":
            self.dismiss()
            self.opener.start(self._apply(plan), "command")

    def _take_out(self) -> None:
        """Take the move out of the plan, and its mark away."""
        move = self.plan_list.take_out()
        victim = self.session.library.member_at(move.group, move.victim.path)
        if victim is not None and victim.id in self.session.marks.removed:
            self.session.marks.toggle(victim.id)
        self.prompt.say(translate("tui.plan_taken_out", path=display_name(move.victim.path, 40)))
        self.show_session()

    async def _save_plan(self) -> None:
        """Save the moves listed as a file that the command line can carry out."""
        plan = await self._arranged_plan()
        if plan is None:
            return
        initial = f"~/dpm-tui-plan-{datetime.now():%Y%m%d-%H%M}.json"
        text = await self.prompt.read(translate("tui.ask_save_plan"), initial, complete=complete_path)
        if not text or not text.strip():
            return
        path = os.fsencode(os.path.expanduser(text.strip()))
        await self.link.ask(SavePlan(plan, os.path.join(os.fsencode(os.path.expanduser("~")), path)), Done)
        # The command must carry what was settled here: nobody can be asked then.
        also = " --companions together" if plan.orphans and self.session.config.companions == "ask" else ""
        keys = ("tui.plan_saved", "tui.plan_saved_short", "tui.plan_saved_shorter", "tui.plan_saved_shortest")
        saved, kinds = display_name(text.strip()), f" --kinds {plan.kinds}"
        words = [translate(key, path=saved, also=f"{kinds}{also}") for key in keys[:3]]
        words.append(translate(keys[3], also=f" --kinds LIST{also}"))
        self.prompt.say(self.prompt.fitting(*words))

    def _sort_plan(self) -> None:
        """Change between the weakest similarity first and the order of paths."""
        self.plan_list.turn()
        self.rows.refresh()
        self.show_session()

    def _turn_link(self) -> None:
        """Change what identical files leave under their names, and say what that means."""
        count = self.plan_list.kinds[Kind.IDENTICAL]
        if not count:
            self.prompt.say(translate("tui.nothing_identical"))
            return
        self.plan_list = self.plan_list.turn_link()
        link = self.plan_list.link
        # Companions that stayed with a name go along again: nobody was asked about those.
        self.arranged = self.arranged and not (self.plan_list.plan.orphans and not link)
        self.rows.refresh()
        self.show_session()
        self.prompt.say(translate(f"tui.links_{link or 'none'}", count=count))

    def _go_to_file(self) -> None:
        """Show the file under the cursor in its group."""
        move = self._move
        victim = self.session.library.member_at(move.group, move.victim.path)
        if victim is not None and self.session.go_to_file(victim.id):
            self.dismiss()
            return
        hidden = victim is not None
        self.prompt.say(translate("tui.plan_hidden" if hidden else "tui.plan_not_in_group"))

    def _back(self) -> None:
        """Stop the files that move, or go back to the groups."""
        if not (self.plans.stop() or self.mover.stop()):
            self.dismiss()

    async def _travel(self, nothing: str, words: str, *, forward: bool) -> None:
        """Take the last step of the marks back, or do it again, and show what they amount to then."""
        marks = self.session.marks
        step = marks.redo() if forward else marks.undo()
        if step is None:
            self.prompt.say(translate(nothing))
            return
        # After a cancelled search no move may remain here that is no longer marked.
        self._follow_marks()
        plan = await self.plans.find()
        known = {(move.victim.path, move.keeper.path): move for move in self.plan_list.moves}
        news = [move for move in plan.moves if (move.victim.path, move.keeper.path) not in known]
        self.arranged = self.arranged and not any(move.orphans for move in news)
        # What was settled about companions of moves that stay in the plan stays settled.
        moves = (known.get((move.victim.path, move.keeper.path), move) for move in plan.moves)
        self.plan_list = self.plan_list.renew(Plan(tuple(moves)))
        self.show_session()
        self.prompt.say(translate(words, count=len(step.changes)))

    async def _arranged_plan(self) -> Plan | None:
        """Return the moves listed once it is settled what becomes of unique companions."""
        if self.arranged:
            return self.plan_list.plan
        plan = await self.plans.settle_orphans(self.plan_list.plan)
        if plan is not None:
            self.arranged = True
            self.plan_list = self.plan_list.renew(plan)
            self.rows.refresh()
            self.show_session()
        return plan

    def _follow_marks(self) -> None:
        plan = self.plan_list.plan.justified(self.session.review.removed_paths)
        self.plan_list = self.plan_list.renew(plan)

    def _leave(self, words: str) -> None:
        """Go back to the groups and say something there."""
        if self.is_current:
            self.dismiss()
            self.opener.say_soon(words)

    @on(PreviewPanes.Resized)
    def _show_details(self) -> None:
        move = self.plan_list.current
        if move is None:
            return
        if self.details.size.area:
            self.details.show(self.plan_lines.details(move, *self.details.size))
        self.move_pictures.show(move)

    def _draw(self, line: int, width: int) -> list[Part]:
        moves = self.plan_list.moves
        return self.plan_lines.line(moves[line], width) if line < len(moves) else []

    @property
    def _move(self) -> Move:
        """The move under the cursor; there must be one, as this screen leaves when it lists none."""
        return self.plan_list.moves[self.plan_list.cursor]
