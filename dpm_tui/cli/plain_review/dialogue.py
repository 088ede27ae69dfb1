"""Dialogue: asks about one group after the other and follows the answers."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from dpm_tui.catalog.group import Group
from dpm_tui.cli.plain_review.answer_parser import (
    Answer,
    AnswerError,
    choose_members,
    help_lines,
    read_answer,
)
from dpm_tui.cli.plain_review.console import Console, Interrupted
from dpm_tui.cli.plain_review.group_text import group_lines
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.review_actions import ReviewActions
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.review.library.filter import FilterError, parse_filter
from dpm_tui.review_session.saved_review import SavedReview
from dpm_tui.text_format import count_kinds, sentence
from dpm_tui.units import long_size
from dpm_tui.worker.client import WorkerLost


class Dialogue:
    """One walk through the groups, from the first question to the last."""

    def __init__(self, console: Console, backend: ReviewBackend, walk: PlainSession) -> None:
        self._console = console
        self._walk = walk
        self._backend = backend
        self._saved = SavedReview(walk.review, backend, walk.look)
        self._actions = ReviewActions(console, backend, walk)
        self._over = False
        self._trouble = ""
        self._told = False
        self._offered = False
        self._anywhere: dict[str, Callable[[], Awaitable[None]]] = {
            "z": self._undo, "Z": self._redo, "d": self._move, "p": self._actions.show_plan, "q": self._quit,
        }  # fmt: skip
        self._here: dict[str, Callable[[Group, Answer], Awaitable[None]]] = {
            "s": self._skip, "a": self._accept, "k": self._keep, "r": self._remove, "u": self._clear,
            "n": self._decide, "v": self._decide,
        }  # fmt: skip

    async def run(self) -> int:
        """Ask until the user leaves or the input ends; return the exit code."""
        say, walk = self._console.say, self._walk
        walk.adopt(await self._console.unless_stopped(self._backend.library()))
        if self._backend.view_only:
            say(translate(self._backend.view_only))
        await self._restore()
        if not walk.numbers:
            words = "plain.filter_hides_all" if walk.filter.words else "tui.no_groups"
            say(translate(words))
            return ExitCode.DONE
        beside = long_size(sum(walk.library.groups[number].reclaimable_bytes for number in walk.numbers))
        suggested = walk.marks.suggest(walk.numbers, walk.review.rule, walk.kinds)
        size = long_size(suggested.size)
        say(translate("plain.intro", count=len(walk.numbers), size=size, beside=beside))
        try:
            while not self._over:
                if trouble := await self._try(self._turn()):
                    say(trouble)
                await self._save()
        except (EOFError, Interrupted) as reason:
            with contextlib.suppress(DpmError):
                await self._saved.flush()
            return self._break_off(isinstance(reason, Interrupted))
        return ExitCode.FAILED if self._actions.left else ExitCode.DONE

    async def _restore(self) -> None:
        """Bring the marks of last time back and say how many they are."""
        restored = None
        if not self._backend.offline:
            restored = await self._console.unless_stopped(self._saved.restore())
        if restored is None:
            return
        marks, say = self._walk.marks, self._console.say
        if restored.view is not None and restored.first:
            self._walk.resume(restored.view)
        if marks.removed:
            size = long_size(marks.size)
            say(translate("plain.marks_restored", count=len(marks.removed), size=size))
        if restored.changed:
            say(translate("tui.marks_changed", count=restored.changed))
        if restored.damaged:
            say(translate("plain.marks_damaged"))

    async def _catch_up(self) -> None:
        """Take over what others have changed since the last answer."""
        backend, here = self._backend, self._walk.group
        if not backend.stale:
            return
        await self._actions.renew()
        if backend.appointed:
            backend.appointed = False
            self._console.say(translate(backend.view_only or "plain.left_alone"))
            self._saved.forget()
            await self._restore()
        self._told = self._told and self._walk.group == here

    async def _save(self) -> None:
        """Have what is marked written down; say once where that fails."""
        before = self._trouble
        self._trouble = await self._try(self._console.unless_stopped(self._saved.flush()))
        if self._trouble and self._trouble != before:
            self._console.say(self._trouble)

    async def _try(self, work: Awaitable[None]) -> str:
        """Do something and return what went wrong at the worker; without one there is no review."""
        try:
            await work
        except WorkerLost:
            raise
        except DpmError as error:
            return " ".join(str(error).split())
        return ""

    async def _turn(self) -> None:
        """Say where the walk is, if that has not been said, and follow one answer."""
        await self._catch_up()
        group = self._walk.group
        if group is None:
            await self._at_end()
            return
        if not self._told:
            self._console.say("", *group_lines(self._walk, group))
            self._told = True
        await self._follow(await self._console.ask(translate("plain.ask")), group)

    async def _at_end(self) -> None:
        if not self._told:
            self._told = True
            self._console.say("", translate("plain.end", count=len(self._walk.numbers)))
            marked = len(self._walk.marks.removed)
            if marked and not self._offered and not self._backend.view_only:
                self._offered = True
                await self._move()
                return
            words = translate("tui.marked", count=marked, size=long_size(self._walk.marks.size))
            self._console.say(words if marked else translate("plain.nothing_marked"))
        await self._follow(await self._console.ask(translate("plain.ask_end")), None)

    async def _follow(self, line: str, group: Group | None) -> None:
        try:
            answer = read_answer(line)
            if answer.letter in self._anywhere:
                await self._anywhere[answer.letter]()
            elif answer.letter == "?":
                self._console.say(*help_lines())
            elif answer.letter == "/":
                self._narrow(answer.text)
            elif answer.letter in "bgl":
                self._go(answer)
            elif group is not None:
                await self._here[answer.letter](group, answer)
            elif not line.strip():
                await self._quit()
            else:
                raise AnswerError("no_group_here")
        except AnswerError as error:
            self._console.say(str(error))

    async def _skip(self, group: Group, answer: Answer) -> None:
        self._step(1)

    async def _accept(self, group: Group, answer: Answer) -> None:
        await self._actions.compare(self._walk.lacking)
        suggestion = self._walk.suggestion
        if not suggestion.files:
            raise AnswerError("nothing_to_accept")
        self._walk.marks.accept(suggestion)
        self._said_marks()

    async def _keep(self, group: Group, answer: Answer) -> None:
        (file,) = self._chosen(group, answer, 1, 1)
        await self._actions.compare(partial(self._walk.review.lacking_beside, file))
        marks = self._walk.marks
        beside = marks.beside(file)
        going = [id_ for id_, kind in beside.items() if kind in self._walk.kinds]
        if len(going) < len(beside):
            named = count_kinds(kind for kind in beside.values() if kind not in self._walk.kinds)
            key = "plain.ask_keep_only" if going else "plain.ask_keep_only_unlike"
            values = {"count": len(beside), "kinds": named, "copies": len(going)}
            chosen = await self._console.choose(translate(key, **values), "yc" if going else "y")
            if not chosen:
                self._console.say(translate("rules.suggestion_dropped"))
                return
            going = list(beside) if chosen == "y" else going
        stay = marks.keep_only(file, going)
        if stay:
            self._console.say(translate("tui.some_stay", count=stay))
        self._said_marks()

    async def _remove(self, group: Group, answer: Answer) -> None:
        refused = self._walk.remove(self._chosen(group, answer, 1))
        for id_, refusal in refused.items():
            reason = translate(f"tui.refusal_{refusal.value}")
            self._console.say(f"{group.members.index(id_) + 1}. {reason}")
        if not refused:
            self._said_marks()

    async def _clear(self, group: Group, answer: Answer) -> None:
        self._walk.marks.clear(group.members)
        self._told = False

    async def _decide(self, group: Group, answer: Answer) -> None:
        verdict = "not_duplicates" if answer.letter == "n" else "variants"
        chosen = self._chosen(group, answer, 0)
        members = group.members
        if await self._actions.decide(group, chosen, verdict):
            self._told = False
            here = self._walk.group
            if here is not None and here.members == members:
                self._step(1)

    async def _undo(self) -> None:
        if await self._actions.undo():
            self._told = False

    async def _redo(self) -> None:
        if await self._actions.redo():
            self._told = False

    async def _move(self) -> None:
        await self._catch_up()
        if await self._actions.move():
            self._told = self._walk.group is None

    async def _quit(self) -> None:
        marked = self._saved.unsaved
        if marked and await self._console.choose(translate("plain.ask_quit", count=marked), "q") != "q":
            return
        self._console.say(self._farewell())
        self._over = True

    def _go(self, answer: Answer) -> None:
        match answer.letter:
            case "b":
                if not self._walk.place:
                    raise AnswerError("first_group")
                self._walk.step(-1)
            case "g":
                count = len(self._walk.numbers)
                if len(answer.numbers) != 1 or not 1 <= answer.numbers[0] <= count:
                    raise AnswerError("which_group", count=count)
                self._walk.step(answer.numbers[0] - 1 - self._walk.place)
        self._told = False

    def _narrow(self, text: str) -> None:
        before = self._walk.filter
        try:
            self._walk.narrow(parse_filter(text))
        except FilterError as error:
            raise AnswerError("bad_filter", reason=sentence(f"tui.{error.key}", **error.values)) from error
        if not self._walk.numbers:
            self._walk.narrow(before)
            raise AnswerError("filter_hides_all")
        self._console.say(translate("tui.groups_found", count=len(self._walk.numbers)))
        self._told = False

    def _chosen(self, group: Group, answer: Answer, least: int, most: int = 1 << 30) -> Sequence[int]:
        """Return the files that an answer names; raises AnswerError if they are too few or too many."""
        if not least <= len(answer.numbers) <= most:
            raise AnswerError("which_file" if most == 1 else "which_files", letter=answer.letter)
        return choose_members(answer.numbers, group.members)

    def _said_marks(self) -> None:
        marks = self._walk.marks
        self._console.say(translate("tui.marked", count=len(marks.removed), size=long_size(marks.size)))
        self._step(1)

    def _step(self, groups: int) -> None:
        self._walk.step(groups)
        self._told = False

    def _break_off(self, interrupted: bool) -> int:
        """Say what becomes of the marks where no more answers come."""
        self._console.say("", translate("plain.interrupted" if interrupted else "plain.input_ended"))
        self._console.say(self._farewell())
        unfinished = interrupted or self._walk.marks.removed
        return ExitCode.STOPPED if unfinished else ExitCode.DONE

    def _farewell(self) -> str:
        marked = len(self._walk.marks.removed)
        count = self._actions.moved
        moved = translate("plain.moved_in_all", count=count) if count else translate("plain.not_moved")
        lost = self._saved.unsaved
        kept = translate("plain.marks_lost" if lost else "plain.marks_kept", count=lost or marked)
        return f"{kept} {moved}" if marked else moved
