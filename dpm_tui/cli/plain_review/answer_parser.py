"""Answers: what a person types at a group, and the list of what can be typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.text_format import sentence

HELP = (
    "skip", "accept", "keep", "remove", "clear", "not_duplicates", "variants", "undo", "redo", "back", "go",
    "again", "bin", "plan", "filter", "help", "quit",
)  # fmt: skip
"""The answers in the order of the help: a sentence ``plain.help_<name>`` each."""
_LETTERS = "sakrunvzZbgldp?q"
_TYPED = re.compile(r"([A-Za-z?])(.*)", re.DOTALL)
_NUMBERS = re.compile(r"[\s,]*((?:[0-9]{1,9}[\s,]*)*)")


class AnswerError(ValueError):
    """An answer that cannot be followed: a sentence ``plain.<key>`` with its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        """Return the sentence."""
        return sentence(f"plain.{self.key}", **self.values)


@dataclass(frozen=True, slots=True)
class Answer:
    """One letter with the numbers behind it; ``/`` has a text."""

    letter: str
    numbers: tuple[int, ...] = ()
    text: str = ""


def read_answer(line: str) -> Answer:
    """Return the answer that a line holds; raises AnswerError for one that means nothing."""
    typed = line.strip().replace("？", "?")
    if not typed:
        return Answer("s")
    if typed[0] == "/":
        return Answer("/", text=typed[1:].strip())
    match = _TYPED.fullmatch(typed)
    letter = match[1] if match else ""
    letter = letter if letter in _LETTERS else letter.lower()
    numbers = _NUMBERS.fullmatch(match[2]) if match else None
    if not letter or letter not in _LETTERS or numbers is None:
        raise AnswerError("not_understood", answer=display_name(typed, 40))
    found = tuple(dict.fromkeys(int(number) for number in re.split(r"[\s,]+", numbers[1]) if number))
    return Answer(letter, found)


def choose_members(numbers: Sequence[int], members: Sequence[int]) -> list[int]:
    """Return the files that numbers from 1 on stand for; raises AnswerError for one that is not there."""
    for number in numbers:
        if not 1 <= number <= len(members):
            raise AnswerError("no_such_file", number=number, count=len(members))
    return [members[number - 1] for number in numbers]


def help_lines() -> list[str]:
    """Return what can be typed, one answer a line."""
    return [translate(f"plain.help_{name}") for name in HELP]
