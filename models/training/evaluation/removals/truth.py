"""Truth: what is known of each file of a library of families, since it was made for this."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from dpm_tui.catalog.verdict import Kind

ORIGINAL, SINGLE, LOOKALIKE = "original", "single", "look-alike"
"""What files are called that no edit made."""
FRAMES = frozenset(
    {"pad white", "letterbox", "screenshot", "caption", "collage", "on screen", "blurred bars"}
)
"""Edits that leave a picture whole and put a page or bars around it."""


@dataclass(frozen=True, slots=True)
class TrueFile:
    """A file and what is true of it.

    Files of one ``family`` go back to one original; those of one ``content`` show the same, so a variant has
    a content of its own. ``kinds`` are right for the pair with the file that the others of its content were
    made of, and empty for that one. ``fidelity`` is the PSNR in decibels beside that file, infinite where no
    pixel differs, and 0 where they have no frame in common. ``pasted`` says that parts of other pictures
    came in.
    """

    path: str
    family: int
    content: int
    edit: str
    kinds: frozenset[Kind] = frozenset()
    fidelity: float = math.inf
    hard: bool = False
    pasted: bool = False

    @property
    def best(self) -> bool:
        """Whether no file of the content holds more."""
        return math.isinf(self.fidelity)

    @property
    def framed(self) -> bool:
        """Whether the whole picture is in it, with a page or bars around."""
        return self.edit in FRAMES

    def fits(self, kinds: Collection[Kind]) -> bool:
        """Return whether a rule of these kinds may remove the file."""
        return self.best or not self.kinds.isdisjoint(kinds)

    def leaves(self, kinds: Collection[Kind]) -> bool:
        """Return whether a perfect rule of these kinds would remove the file, or keep it in place of another.

        What parts of other pictures came into may stay.
        """
        return not self.pasted and (self.best or self.kinds <= set(kinds))


@dataclass(frozen=True, slots=True)
class Truth:
    """All files of a library: by path, by what they show, and the first of each family."""

    files: dict[str, TrueFile] = field(default_factory=dict)
    contents: dict[int, list[TrueFile]] = field(default_factory=lambda: defaultdict(list))
    originals: dict[int, TrueFile] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[TrueFile]) -> Truth:
        """Return the truth of some files, in each family the original first."""
        truth = cls()
        for file in files:
            truth.files[file.path] = file
            truth.contents[file.content].append(file)
            truth.originals.setdefault(file.family, file)
        return truth

    def best(self, content: int) -> list[TrueFile]:
        """Return the files of a content of which none holds more."""
        return [file for file in self.contents[content] if file.best]

    def relatives(self) -> list[TrueFile]:
        """Return the files that were made of another one and show the same."""
        return [file for file in self.files.values() if file.kinds]

    def variants(self) -> list[TrueFile]:
        """Return the files that first show something else than the original of their family."""
        originals = {file.path for file in self.originals.values()}
        return [file for path, file in self.files.items() if not file.kinds and path not in originals]
