"""The command that splits a group where it holds least."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review.library.group_links import cut_group, decide_cut
from dpm_tui.text_format import similarity
from dpm_tui.tui.screens.commands.decide_commands import DecideCommands


class SplitCommands(DecideCommands):
    """Splitting, for a screen with a group under the cursor."""

    async def do_split(self) -> None:
        """Remember, after a question with the numbers, that the two parts of the group are not duplicates."""
        library, group = self.session.library, self.session.group
        assert group is not None
        cut = cut_group(library, group)
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
