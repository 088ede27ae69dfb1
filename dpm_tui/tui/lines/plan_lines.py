"""The lines of the plan screen: what it amounts to, a line for each move, and the details of one."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Companion, Move
from dpm_tui.text_format import sentence, similarity
from dpm_tui.tui.lines.kind_lines import counted
from dpm_tui.tui.lines.reason_lines import fit_lines, reason_lines
from dpm_tui.tui.session.plan_list import PlanList
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.session.setting_words import name_words
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, cut_start, pad, pad_left, parts_width, wrap
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size, short_size

_RULE_WIDTH = 9
_ROOMY = 7
"""From so many lines on there is room for what reasons leave out."""
_NARROW = 60
"""Below this width the rule has no column."""


class PlanLines:
    """Draws the moves of a plan."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def summary(self, plan_list: PlanList, width: int) -> list[Part]:
        """Return what leaves by kind, the safest first, and how many moves a person should look at."""
        look = self._look
        kinds = [kind for kind in Kind if plan_list.kinds[kind]]
        names = {kind: counted(kind, plan_list.kinds[kind]) for kind in kinds}
        sized = {kind: f"{names[kind]} {short_size(plan_list.bytes[kind])}" for kind in kinds}
        end: list[Part] = []
        if plan_list.companions:
            words = translate("tui.companions", count=plan_list.companions)
            end.append((f"   + {words}", look["text"]))
        end += [(f"   {words}", look["key"]) for words in link_words(plan_list.links)]
        if plan_list.noted:
            end.append((f"   {translate('tui.plan_noted', count=plan_list.noted)}", look["key"]))
        if plan_list.doubtful:
            words = translate("tui.plan_doubtful", count=plan_list.doubtful)
            end.append((f"   ! {words}", look["doubt"]))
        for words_of in (sized, names):
            line = [
                (f"{'  ' if place else ' '} {words_of[kind]}", look.kind(kind))
                for place, kind in enumerate(kinds)
            ]
            if parts_width([*line, *end]) <= width:
                break
        return [*line, *end]

    def line(self, move: Move, width: int) -> list[Part]:
        """Return the line of a move: path, companions, kind, similarity, size, rule."""
        look, plain = self._look, self._look["text"]
        kind_width = max(cell_len(translate(f"tui.kind_{kind.value}")) for kind in Kind)
        also = f"+{len(move.companions)}" if move.companions else ""
        right: list[Part] = [
            (pad_left(also, 3), look["doubt" if move.orphans else "dim"]),
            ("  ", plain),
            (pad(translate(f"tui.kind_{move.kind.value}"), kind_width), look.kind(move.kind)),
            (f" {pad_left(_similarity(move), 4)}", plain),
            (f" {pad_left(short_size(move.victim.stamp.size), 5)}", plain),
        ]
        if width >= _NARROW:
            right.append((f"  {pad(rule_words(move.rule, _RULE_WIDTH), _RULE_WIDTH)}", look["dim"]))
        room = width - parts_width(right) - 2
        return [
            ("!" if move.doubt else " ", look["doubt"]),
            (pad(cut_start(display_name(move.victim.path), room), room), plain),
            *right,
            (" ", plain),
        ]

    def details(self, move: Move, width: int, height: int) -> list[list[Part]]:
        """Return at most ``height`` lines on one move: a doubt, what goes, what stays and why, the group."""
        look, room = self._look, width - 1
        session = self._session
        lines: list[list[Part]] = []
        if move.doubt:
            lines = [[(text, look["doubt"])] for text in wrap(sentence(f"tui.doubt_{move.doubt}"), room)]
        going, staying = translate("tui.plan_goes"), translate("tui.plan_stays")
        label = max(cell_len(going), cell_len(staying)) + 1
        for word, path, role, style in (
            (going, move.victim.path, "remove", "strong"), (staying, move.keeper.path, "keep", "text"),
        ):  # fmt: skip
            lines.append(
                [(pad(word, label), look[role]), (cut_start(display_name(path), room - label), look[style])]
            )
        if move.link:
            told = wrap(translate(f"tui.takes_name_{move.link}"), room)
            lines += [[(text, look["key"])] for text in told]
        if move.adds:
            words = translate("cli.word_gap").join(translate(f"cli.adds_{word}") for word in move.adds)
            told = wrap(translate("tui.keeper_gets", words=words), room)
            lines += [[(text, look["key"])] for text in told]
        if move.companions:
            lines.append(self._companions(move.companions, room))
        last = [[(cut_middle(self._group(move), room), look["dim"])]] if height >= _ROOMY else []
        victim = session.library.member_at(move.group, move.victim.path)
        keeper = session.library.member_at(move.group, move.keeper.path)
        if victim is not None and keeper is not None:
            pair = session.library.pair(victim.id, keeper.id)
            reasons = reason_lines(victim, keeper, pair, session.review.criteria, room, look)
            lines += fit_lines(reasons, max(height - len(lines) - len(last), 1), room, look)
        return [*lines, *last][: max(height, 0)]

    def _companions(self, companions: tuple[Companion, ...], width: int) -> list[Part]:
        """Return what goes along, and whether the kept picture has the same beside it."""
        look = self._look
        parts: list[Part] = [(f"{translate('tui.plan_along')} ", look["text"])]
        for companion in companions:
            name = display_name(companion.file.path.rpartition(b"/")[2])
            note = translate("tui.plan_twin" if companion.twin else "tui.plan_orphan")
            room = width - parts_width(parts) - cell_len(note) - 3
            if room < 8 < width - parts_width(parts):
                parts.append(("...", look["dim"]))
                break
            style = look["dim" if companion.twin else "doubt"]
            parts += [(f"{cut_middle(name, room)} ", look["text"]), (f"{note}  ", style)]
        return parts

    def _group(self, move: Move) -> str:
        number = self._session.library.number_called(move.group)
        members = () if number is None else self._session.library.groups[number].members
        size = long_size(move.size)
        rule = f"{translate('tui.rule_label')} {rule_words(move.rule, 24)}"
        # The number is the one that the groups screen shows; the filter may hide the group there.
        place = None if number is None else self._session.rows.position_of(number)
        group = "" if place is None else translate("tui.plan_group", number=place + 1, count=len(members))
        return "  ".join(filter(None, [group, size, rule]))


def link_words(links: Mapping[Link, int]) -> list[str]:
    """Return how many files leave links under their names, in words for each kind of link."""
    return [translate(f"tui.leave_{link}", count=count) for link, count in links.items() if count]


def _similarity(move: Move) -> str:
    """Return the similarity of a pair, or which link takes the name: its files are equal anyway."""
    return translate(f"tui.short_{move.link}") if move.link else similarity(move.similarity)


def rule_words(rule: str, width: int) -> str:
    """Return the name of a rule; a mark set by hand has a word of its own."""
    return translate("tui.rule_hand") if rule == "hand" else display_name(name_words(rule), width)
