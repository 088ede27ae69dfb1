"""The commands that mark many files at once: a range of lines, or all that are shown."""

from __future__ import annotations

from collections import Counter

from dpm_tui.locale import translate
from dpm_tui.review.marks.mark_refusal import Refusal
from dpm_tui.tui.screens.base.command_host import Handlers, MarksHost, work
from dpm_tui.units import long_size


class RangeCommands:
    """Commands that begin and end a range, and what the marking of a file does to all of it."""

    def __init__(self, host: MarksHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"range": self._begin_or_end, "clear_all": self._clear_all}

    def end(self) -> bool:
        """Have no range any more; tell whether there was one."""
        had_range = bool(self._host.session.anchor)
        if had_range:
            self._host.session.anchor = 0
            self._host.show_marks()
        return had_range

    async def toggle(self) -> None:
        """Mark the range for removal, or clear it where all of it is marked."""
        if all(id_ in self._host.session.marks.removed for id_ in self._files()):
            self.clear()
        else:
            await self.remove()

    async def remove(self) -> None:
        """Mark those files of the range for removal that may go."""
        session, prompt = self._host.session, self._host.prompt
        marks, files = session.marks, self._take()
        chosen, refused = await work(len(files), lambda: marks.choose_removable(files))
        if marks is not session.marks:
            prompt.say(translate("tui.range_overtaken"))
            return
        before = marks.size
        marks.remove_chosen(chosen)
        words = translate("tui.range_marked", count=len(chosen), size=long_size(marks.size - before))
        if refused:
            stay = translate("tui.range_stay", count=refused.total(), reasons=_reasons(refused))
            words = prompt.fitting(f"{words} {stay}", stay)
        prompt.say(words)
        self._host.show_marks()

    def keep(self) -> None:
        """Mark the range as to be kept."""
        files = self._take()
        self._host.session.marks.keep(*files)
        self._host.prompt.say(translate("tui.range_kept", count=len(files)))
        self._host.show_marks()

    def clear(self) -> None:
        """Take the marks of the range away."""
        files = self._take()
        self._host.session.marks.clear(files)
        self._host.prompt.say(translate("tui.cleared", count=len(files)))
        self._host.show_marks()

    def _begin_or_end(self) -> None:
        """Begin a range at the cursor, or end it."""
        session = self._host.session
        if session.span is not None:
            self.end()
            return
        session.anchor = session.file_id
        self._host.prompt.say(translate("tui.range_begun"))
        self._host.show_marks()

    async def _clear_all(self) -> None:
        """Take the marks of all groups shown away, after a question with the numbers."""
        session, prompt = self._host.session, self._host.prompt
        marks, rows = session.marks, session.rows

        def find_marked() -> list[int]:
            groups = (rows.group(position) for position in range(len(rows)))
            return [id_ for group in groups for id_ in group.members if marks.mark_of(id_) is not None]

        marked = await work(len(rows), find_marked)
        if not marked:
            prompt.say(translate("tui.nothing_marked_here"))
            return
        going = [id_ for id_ in marked if id_ in marks.removed]
        size = long_size(sum(session.library.files[id_].stamp.size for id_ in going))
        question = translate("tui.ask_clear_all", count=len(marked), going=f"{len(going):,}", size=size)
        if await prompt.choose(question, "y") == "y" and marks is session.marks:
            marks.clear(marked)
            prompt.say(translate("tui.cleared", count=len(marked)))
        self._host.show_marks()

    def _files(self) -> list[int]:
        span = self._host.session.span
        return [] if span is None else span.files

    def _take(self) -> list[int]:
        """Return the files of the range, which ends."""
        files = self._files()
        self._host.session.anchor = 0
        return files


def _reasons(refused: Counter[Refusal]) -> str:
    """Return why files stay, the most frequent reason first."""
    counts = refused.most_common()
    return ", ".join(
        translate(f"tui.stays_{refusal.value}", number=f"{count:,}") for refusal, count in counts
    )
