"""The lines of the keeper screen: rules, criteria, limits, and below them what they would do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.rule_editor import RuleLine, WordLine, Words, rule_lines, word_lines
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.session.setting_words import word_help, word_label, words_label
from dpm_tui.tui.session.typed_folders import join_names
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, cut_start, pad
from dpm_tui.tui.theme import Look
from dpm_tui.units import long_size

EFFECT_LINES = 4
_MIN_NAME = 9
_MAX_NAME = 20

KeeperLine = RuleLine | WordLine | None


class KeeperLines:
    """Draws the lines; ``lines`` has None where one is empty."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look
        self.lines: list[KeeperLine] = []

    def lay_out(self) -> None:
        """Follow the settings."""
        config = self._session.config
        words: Words = config.keeper
        arranged = word_lines(words)
        criteria = [line for line in arranged if not line.is_limit]
        limits = [line for line in arranged if line.is_limit]
        self.lines = [*rule_lines(words, config.presets), None, *criteria, None, *limits]

    def draw(self, number: int, width: int) -> list[Part]:
        """Return the pieces of a line."""
        look = self._look
        match self.lines[number] if number < len(self.lines) else None:
            case RuleLine(name=name, words=words, in_force=in_force):
                room = self._name_width()
                head = f" {'*' if in_force else ' '} {pad(cut_middle(display_name(name), room), room)}  "
                about = _cut_end(words_label(words), width - cell_len(head) - 1)
                return [(head, look["strong" if in_force else "text"]), (about, look["dim"])]
            case WordLine(word=word, on=on, place=place):
                head = f" {'[x]' if on else '[ ]'} {pad(str(place or ''), 2)} "
                label = cut_middle(word_label(word), width - cell_len(head) - 1)
                return [(head, look["key" if on else "dim"]), (label, look["strong" if on else "dim"])]
        return []

    def effect(self, cursor: int, total: tuple[int, int] | None, width: int) -> Sequence[Sequence[Part]]:
        """Return what the line under the cursor means, and what the rule in force would do.

        ``total`` are files and bytes that it would mark in all groups shown, None while they are counted.
        """
        texts = [
            ("notice", self._about(cursor)),
            ("text", self._here(width)),
            ("text", self._everywhere(total)),
        ]
        if self._session.config.protected:
            folders = join_names(self._session.config.protected)
            texts.append(("dim", translate("rules.protected_first", folders=display_name(folders))))
        look = self._look
        return [[(f" {_cut_end(text, width - 2)}", look[role])] for role, text in texts]

    def _about(self, cursor: int) -> str:
        line = self.lines[cursor]
        if isinstance(line, RuleLine):
            return words_label(line.words)
        return word_help(line.word) if line is not None else ""

    def _here(self, width: int) -> str:
        """Return what the rule keeps and would mark in the group under the cursor of the groups screen."""
        session = self._session
        group = session.group
        if group is None:
            return translate("rules.rule_no_group")
        here = session.marks.suggest([session.library.number_of(group.keeper)], session.rule)
        path = display_name(session.library.files[group.keeper].path)
        values = {"number": session.cursor.position + 1, "size": long_size(here.size)}
        room = width - 2 - cell_len(translate("rules.rule_here", count=here.files, path="", **values))
        return translate("rules.rule_here", count=here.files, path=cut_start(path, max(room, 12)), **values)

    def _everywhere(self, total: tuple[int, int] | None) -> str:
        if total is None:
            return translate("rules.rule_counting")
        files, size = total
        groups = len(self._session.rows)
        return translate("rules.rule_everywhere", count=files, groups=groups, size=long_size(size))

    def _name_width(self) -> int:
        names = (cell_len(display_name(line.name)) for line in self.lines if isinstance(line, RuleLine))
        return min(max(names, default=_MIN_NAME), _MAX_NAME)


def _cut_end(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells; a sentence that is too long loses its end."""
    return text if cell_len(text) <= width else f"{set_cell_size(text, max(width - 3, 0)).rstrip()}..."
