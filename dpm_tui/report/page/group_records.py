"""Group records: what the page says of each group and of its files, as lists that become JSON."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import SAME_PIXELS, is_visible, only_colours
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.library import Library
from dpm_tui.review.reasons.difference_places import describe_places, lies_over
from dpm_tui.review.reasons.reasons import compare_files
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.rule import Spared
from dpm_tui.text_format import besides, local_date, similarity
from dpm_tui.units import long_size

Record = list[object]
KEPT, GOES, STAYS = range(3)
"""What becomes of a file by the rule."""
_OVER_OWN, _OVER_OTHER = 1, 2
"""The pictures of a pair that its grid lies over; both may be meant."""
_NO_PICTURE = -1


@dataclass(frozen=True)
class Removal:
    """What the rule in force would do: the file that is ``kept`` for each one that goes, and why it spares
    the others that it might have marked."""

    kept: dict[int, int]
    spared: dict[int, tuple[int, Spared]]


@dataclass
class Sentences:
    """Sentences that occur many times, each written once with its sign; a number stands for each."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, sign: str, text: str) -> int:
        """Return the number of a sentence."""
        line = (sign, text)
        if line not in self._numbers:
            self._numbers[line] = len(self.lines)
            self.lines.append(line)
        return self._numbers[line]


class GroupRecords:
    """Describes the groups of a library one by one.

    ``pictures`` gives the place of a content's picture on the page by its digest.
    """

    def __init__(
        self, library: Library, removal: Removal, criteria: Sequence[Word], pictures: dict[str, int]
    ) -> None:
        self.sentences = Sentences()
        self._library = library
        self._removal = removal
        self._criteria = criteria
        self._pictures = pictures

    def describe(self, place: int, step: int, group: Group, freed: int) -> Record:
        """Return the record of a group that stands at a place, in the section ``step``; ``freed`` in bytes.

        It holds place, section, bytes that the rule frees, bytes beside the kept file, weakest similarity,
        heading, and the records of the members.
        """
        beside = group.reclaimable_bytes
        heading = translate(
            "report.group",
            count=len(group.members), freed=long_size(freed), beside=long_size(beside),
            weakest=similarity(group.weakest),
        )  # fmt: skip
        members = [self._member(group, id_) for id_ in group.members]
        return [place, step, freed, beside, group.weakest, heading, members]

    def _member(self, group: Group, id_: int) -> Record:
        """Return the record of a file: path, address of the file where the path does not say it, picture,
        width, height, bytes, facts, state, why it stays, kind, similarity, numbers of the sentences on it,
        grid, what the grid lies over, and the place in the group of the file that it is compared with.
        """
        file = self._library.files[id_]
        shown = display_name(file.path)
        picture = self._pictures.get(file.facts.digest, _NO_PICTURE)
        own = "" if shown == os.fsdecode(file.path) else quote(file.path)
        facts = [shown, own, picture, *file.shape, file.stamp.size, _facts(file)]
        if id_ == group.keeper and id_ not in self._removal.kept:
            return [*facts, KEPT]
        other, state, why = self._fate(group, id_)
        pair = self._library.pair(id_, other)
        kind = translate(f"tui.kind_{pair.kind.value}") if pair else translate("report.no_pair")
        alike = similarity(pair.similarity) if pair else ""
        grid, over = self._grid(file, self._library.files[other], pair)
        sentences = self._words(file, self._library.files[other], pair)
        return [*facts, state, why, kind, alike, sentences, grid, over, group.members.index(other)]

    def _fate(self, group: Group, id_: int) -> tuple[int, int, str]:
        """Return the file that another is compared with, what becomes of it, and why it stays."""
        if id_ in self._removal.kept:
            return self._removal.kept[id_], GOES, ""
        if id_ in self._removal.spared:
            kept, why = self._removal.spared[id_]
            return kept, STAYS, translate(f"review.spared_{why.value}")
        return group.keeper, STAYS, ""

    def _words(self, file: ImageFile, other: ImageFile, pair: Pair | None) -> list[int]:
        numbers = []
        if pair is not None and pair.kind not in SAME_PIXELS and (places := describe_places(pair.differs)):
            words = translate("tui.place_gap").join(translate(f"review.place_{place}") for place in places)
            key = "tui.colours_differ_here" if only_colours(pair.differs) else "tui.differs_here"
            numbers.append(self.sentences.number("!", translate(key, places=words)))
        reasons = compare_files(file, other, pair.kind if pair else None, self._criteria, pair)
        return numbers + [self.sentences.number(reason.sign, reason.words) for reason in reasons]

    def _grid(self, file: ImageFile, other: ImageFile, pair: Pair | None) -> tuple[str, int]:
        """Return the grid of where a pair differs as base64, empty where nothing is seen, and its place."""
        if pair is None or pair.kind in SAME_PIXELS or not is_visible(pair.differs):
            return "", 0
        digests = file.facts.digest, other.facts.digest
        over = _OVER_OWN * lies_over(pair, *digests) + _OVER_OTHER * lies_over(pair, *digests[::-1])
        return base64.b64encode(pair.differs).decode("ascii"), over


def _facts(file: ImageFile) -> str:
    facts = file.facts
    seen = [f"{facts.width}x{facts.height}", display_name(facts.format, 8)] if facts.width else []
    date = display_name(facts.taken[:16], 16) or local_date(file.stamp.mtime_ns)
    more = besides(facts.frames, facts.holds, facts.damaged)
    return translate("report.fact_gap").join([*seen, long_size(file.stamp.size), date, *more])
