"""Side files: which names in a folder belong to which picture, told by the names alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Set as AbstractSet
from dataclasses import replace
from functools import cached_property

from dpm_tui.pipeline.raw_twins import RAW, find_twins, split_ending
from dpm_tui.recycle.companions.google_takeout import ExportName, follow_text, read_text

MOVIES = frozenset({b"mov", b"mp4", b"mp"})
"""Movies of Live Photos and of Pixel phones (``PXL_1.MP``)."""
RECORDERS = frozenset({b"avi", b"mts", b"m2ts", b"mpg", b"3gp", *MOVIES})
"""Recordings beside which cameras put a small picture."""
SIDECARS = frozenset(
    {b"xmp", b"aae", b"pp3", b"dop", b"acr", b"on1", b"cos", b"json", b"txt", b"wav", b"thm"}
)
"""Files that share the stem of their picture: ``IMG_1.xmp`` belongs to ``IMG_1.jpg``."""
LABELS = frozenset({b"xmp", b"txt", b"pp3", b"dop", b"acr", b"on1", b"cos"})
"""Files that carry the picture's whole name: ``IMG_1.jpg.xmp``, and what galleries and exports add."""
OTHER_PICTURES = frozenset({b"heic", b"heif", b"hif", b"jxl", b"psd", b"svg"})
"""Pictures that are not scanned, but may be what a sidecar belongs to."""
_ORIGINAL_TYPES = (b".heic", b".HEIC", b".jpg", b".JPG", b".jpeg", b".png", b".PNG")
"""What a picture may have been that was edited to one of another type."""
_PHONE = re.compile(rb"(IMG_)([EO]?)(\d+)", re.IGNORECASE)
"""``IMG_1`` is what was taken, ``IMG_E1`` that with edits; ``IMG_O1`` is what belongs to both of them."""


class FolderNames(AbstractSet[bytes]):
    """The names in one folder, found by their stems as well."""

    def __init__(self, names: Iterable[bytes], pictures: Collection[bytes]) -> None:
        self._names = frozenset(names)
        self._pictures = pictures
        self._by_stem: dict[bytes, list[bytes]] = defaultdict(list)
        for name in sorted(self._names):
            self._by_stem[split_ending(name)[0]].append(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def of_stem(self, stem: bytes, endings: Collection[bytes]) -> list[bytes]:
        """Return the names with a stem and one of some endings."""
        return [name for name in self._by_stem.get(stem, ()) if split_ending(name)[1] in endings]

    def pictures(self, *stems: bytes) -> set[bytes]:
        """Return the pictures that have one of some stems, also those that are not scanned.

        A RAW file is one where it is no twin.
        """
        found = {
            name
            for stem in stems
            for name in self._by_stem.get(stem, ())
            if split_ending(name)[1] in self._pictures or split_ending(name)[1] in OTHER_PICTURES
        }
        return found - find_twins(found)

    @cached_property
    def texts(self) -> dict[tuple[bytes, bytes], list[bytes]]:
        """Title and number of pictures -> the metadata files of an export that may be theirs."""
        texts: dict[tuple[bytes, bytes], list[bytes]] = defaultdict(list)
        for name in self._names:
            for reading in read_text(name):
                texts[reading].append(name)
        return dict(texts)

    @cached_property
    def edited(self) -> dict[bytes, set[bytes]]:
        """The stem of a picture before it was edited -> the pictures that it became."""
        edited: dict[bytes, set[bytes]] = defaultdict(set)
        for stem, names in self._by_stem.items():
            if before := ExportName.of(names[0]).original():
                edited[before.full_stem] |= self.pictures(stem)
        return dict(edited)

    @cached_property
    def cut_texts(self) -> Counter[bytes]:
        """How many pictures share a metadata file because an export cuts long names off."""
        names = (ExportName.of(name) for stem in self._by_stem for name in self.pictures(stem))
        return Counter(name.cut_text for name in names if name.cut_text)


def pair_companions(
    picture: bytes,
    names: Collection[bytes],
    pictures: Collection[bytes],
    removed: AbstractSet[bytes] = frozenset(),
) -> list[bytes]:
    """Return which of ``names``, all in one folder, are companions of ``picture``, sorted.

    ``pictures`` are the extensions of pictures, lower case. What shares the picture's stem is paired
    only if no other picture does, and of RAW twins and movies only if there is one of the kind. What
    belongs to several pictures is paired only if all of them are ``removed``.
    """
    folder = names if isinstance(names, FolderNames) else FolderNames(names, pictures)
    found = {name for ending in LABELS if (name := picture + b"." + ending) in folder}
    found.update(_texts(picture, folder, removed), _of_phones(picture, folder, removed))
    stem = split_ending(picture)[0]
    if folder.pictures(stem) <= {picture}:
        found.update(_of_stem(stem, folder))
    return sorted(found - {picture})


def _texts(picture: bytes, folder: FolderNames, removed: AbstractSet[bytes]) -> Iterator[bytes]:
    """Yield the metadata files that an export has for a picture, or for its version before it was edited."""
    name = ExportName.of(picture)
    if folder.edited.get(name.full_stem, set()) <= removed:
        for reading in name.readings:
            yield from folder.texts.get(reading, ())
        if name.cut_text in folder and folder.cut_texts[name.cut_text] == 1:
            yield name.cut_text
    before = name.original()
    if before is None or folder.pictures(before.full_stem):
        return
    if folder.edited.get(before.full_stem, set()) - {picture} <= removed:
        for ending in {before.ending, *_ORIGINAL_TYPES}:
            for reading in replace(before, ending=ending).readings:
                yield from folder.texts.get(reading, ())


def _of_phones(picture: bytes, folder: FolderNames, removed: AbstractSet[bytes]) -> Iterator[bytes]:
    """Yield the edits of an iPhone, which belong to a picture with and without them."""
    parts = _PHONE.fullmatch(split_ending(picture)[0])
    if parts is None:
        return
    start, letter, number = parts.groups()
    if letter.upper() == b"O":
        return
    others = folder.pictures(start + number, start + b"E" + number, start + b"e" + number) - {picture}
    if others <= removed:
        for own in (b"O", b"o"):
            yield from folder.of_stem(start + own + number, {b"aae"})


def _of_stem(stem: bytes, folder: FolderNames) -> Iterator[bytes]:
    """Yield what shares the stem of a picture that no other picture has."""
    filmed = folder.of_stem(stem, RECORDERS)
    for name in folder.of_stem(stem, SIDECARS):
        if split_ending(name)[1] != b"thm" or not filmed:
            yield name
    movies = folder.of_stem(stem, MOVIES)
    # ``PXL_1.MP`` has its ending in the stem of ``PXL_1.MP.jpg``, and may belong to ``PXL_1.jpg`` instead.
    movies = [name for name in movies if not folder.pictures(name)]
    bare, ending = split_ending(stem)
    if ending == b"mp" and stem in folder and not folder.pictures(bare):
        movies.append(stem)
    converted = stem + b"_HEVC"
    if not folder.pictures(converted):
        twins = folder.of_stem(converted, MOVIES)
        yield from twins if len(twins) == 1 else ()
    for kind in (folder.of_stem(stem, RAW), movies):
        yield from kind if len(kind) == 1 else ()


def follow_picture(companion: bytes, picture: bytes, other: bytes) -> bytes:
    """Return the name that the companion of ``picture`` has beside a picture that is called ``other``.

    It keeps its own name where that name does not depend on the picture.
    """
    if followed := follow_text(companion, picture, other):
        return followed
    if companion.startswith(picture + b"."):
        return other + companion[len(picture) :]
    stem, other_stem = split_ending(picture)[0], split_ending(other)[0]
    if companion.startswith(stem):
        return other_stem + companion[len(stem) :]
    mine, theirs = (_PHONE.fullmatch(split_ending(name)[0]) for name in (companion, other))
    if mine is not None and theirs is not None:
        return theirs[1] + mine[2] + theirs[3] + companion[mine.end() :]
    return companion
