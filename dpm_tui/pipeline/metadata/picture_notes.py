"""Picture notes: date, place, rating and keywords of a picture, and what one lacks that others have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

NO_RATING = 0


@dataclass(frozen=True, slots=True)
class PictureNotes:
    """What is known of a picture, in the words of XMP; empty values are not known.

    ``taken`` is when the shutter was released, ``created`` a day that stands in for it: both ISO 8601.
    ``place`` is latitude and longitude as ``48,12.5N``. ``rating`` is 1..5, -1 for rejected.
    """

    taken: str = ""
    created: str = ""
    place: tuple[str, str] = ("", "")
    rating: int = NO_RATING
    keywords: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The names of the values that are known, in a fixed order."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != field.default)

    def completed_by(self, other: PictureNotes) -> PictureNotes:
        """Return these notes with the values of others where there are none; keywords are united."""
        return PictureNotes(
            self.taken or other.taken,
            self.created or other.created,
            self.place if any(self.place) else other.place,
            self.rating or other.rating,
            tuple(dict.fromkeys((*self.keywords, *other.keywords))),
        )

    def lacking(self, others: Sequence[PictureNotes]) -> PictureNotes:
        """Return what ``others`` know and these notes do not: the oldest date, the best rating."""
        found = united(others)
        dated = bool(self.taken or self.created)
        return PictureNotes(
            "" if dated else found.taken,
            "" if dated or found.taken else found.created,
            ("", "") if any(self.place) else found.place,
            NO_RATING if self.rating else found.rating,
            tuple(word for word in found.keywords if word not in self.keywords),
        )


NOTE_WORDS = frozenset(field.name for field in fields(PictureNotes))
"""The names of all values."""


def united(notes: Iterable[PictureNotes]) -> PictureNotes:
    """Return what several copies of one picture know together."""
    notes = list(notes)
    whole = PictureNotes()
    for each in notes:
        whole = whole.completed_by(each)
    return replace(
        whole,
        taken=min((each.taken for each in notes if each.taken), default=""),
        created=min((each.created for each in notes if each.created), default=""),
        rating=max((each.rating for each in notes if each.rating), default=NO_RATING),
    )
