"""The commands about decisions that only the list of groups has: splitting one, and all that was decided."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.decisions.group_split import GroupSplit, decide_cut, split_group
from dpm_tui.text_format import similarity
from dpm_tui.tui.screens.base.command_host import Handlers, OpenerHost, WorkerHost
from dpm_tui.tui.screens.base.pair_comparer import PairComparer

_NAME_WIDTH = 24


class SplitHost(OpenerHost, WorkerHost, Protocol):
    """A screen with a group under the cursor."""


class SplitCommands:
    """Commands for a screen with a group under the cursor."""

    def __init__(self, host: SplitHost, comparer: PairComparer) -> None:
        self._host = host
        self._comparer = comparer

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"split": self._split, "show_decisions": partial(self._host.push_named, "decisions")}

    async def _split(self) -> None:
        """Remember, after a question with the numbers, that the two parts of the group are not duplicates."""
        prompt, session = self._host.prompt, self._host.session
        library, group = session.library, session.group
        assert group is not None
        cut = split_group(library, group)
        if cut is None:
            prompt.say(translate("tui.same_content"))
            return
        if cut.is_strong:
            prompt.say(translate("tui.no_weak_place", **_weakest(cut)))
            return
        lone = [library.files[part[0]].name for part in (cut.goes, cut.stays) if len(part) == 1]
        form = ("", "_alone", "_both")[len(lone)]
        values = {
            "stays": len(cut.stays),
            "goes": len(cut.goes),
            **_weakest(cut),
            "pairs": cut.pairs,
            "name": display_name(lone[0], _NAME_WIDTH) if lone else "",
        }
        words = (translate(f"tui.ask_split{form}{length}", **values) for length in ("", "_short"))
        if await prompt.choose(prompt.fitting(*words), "y") != "y":
            return
        await self._comparer.compare_apart(group, cut.goes)
        decisions = decide_cut(library, cut, "not_duplicates")
        decided = await self._host.link.decisions.decide(group.members, decisions)
        prompt.say(translate(f"tui.split{form}", **values) if decided else translate("tui.same_content"))


def _weakest(cut: GroupSplit) -> dict[str, str]:
    """Return what there is to say of the pair at which a group is cut."""
    return {
        "similarity": similarity(cut.across.similarity),
        "kind": translate(f"tui.kind_{cut.across.kind.value}"),
    }
