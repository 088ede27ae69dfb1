"""The shown pair: which two files are held against each other, and how they are shown."""

from __future__ import annotations

from collections import OrderedDict

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import SAME_PIXELS, Kind
from dpm_tui.review.library.group_links import partners
from dpm_tui.review.reasons.difference_places import describe_places, lies_over
from dpm_tui.tui.pictures.picture_field import fields_of
from dpm_tui.tui.pictures.zoom import WHOLE, Box, Zoom
from dpm_tui.tui.session.session import Session

_MAX_MAPS = 32


class ShownPair:
    """The file under the cursor and its counterpart, as the screens that show them share it.

    ``toggled`` turns round whether there are several pictures, ``difference`` shows where they differ.
    The file under the cursor is the one that is seen, spoken of and marked: flipping moves the cursor.
    Another cursor begins with its own counterpart, not flipped; another group is seen whole.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chosen: tuple[int, int] | None = None
        self._flipped: tuple[int, int] | None = None
        self._maps: OrderedDict[tuple[str, str], dict[str, tuple[bytes, Box]]] = OrderedDict()
        self._zoom: tuple[str, Zoom] = ("", Zoom())
        self.toggled = False
        self.difference = False

    @property
    def group(self) -> Group | None:
        """The group under the cursor."""
        return self._session.group

    @property
    def file(self) -> int:
        """The file under the cursor; there must be one."""
        return self._session.file_id

    @property
    def other(self) -> int:
        """The counterpart: where it was flipped from, or the one chosen, or the one that decides."""
        file = self.file
        for known in (self._flipped and self._flipped[::-1], self._chosen):
            if known and known[0] == file and known[1] in self._partners(file):
                return known[1]
        return self._session.counterpart(file)

    @property
    def pair(self) -> Pair | None:
        """The verified pair of both, if there is one."""
        return self._session.library.pair(self.file, self.other)

    @property
    def place(self) -> tuple[int, int]:
        """Which of the pairs this is, from 1, and how many there are: of the file, or where it was flipped
        from, of that one."""
        file, other = (self.other, self.file) if self.flipped else (self.file, self.other)
        others = self._partners(file)
        return others.index(other) + 1, len(others)

    @property
    def flipped(self) -> bool:
        """Whether the cursor is on a counterpart that was flipped to."""
        return self._flipped is not None and self._flipped == (self.other, self.file)

    @property
    def zoom(self) -> Zoom:
        """The zoom, the same for all pictures of a group."""
        group = self.group
        return self._zoom[1] if group is not None and self._zoom[0] == group.id else Zoom()

    @zoom.setter
    def zoom(self, zoom: Zoom) -> None:
        group = self.group
        self._zoom = (group.id if group else "", zoom)

    def flip(self) -> None:
        """Put the cursor on the counterpart, which is shown in the same place, or back."""
        file, other, flipped = self.file, self.other, self.flipped
        if self._session.go_to_file(other):
            self._chosen = (other, file) if flipped else self._chosen
            self._flipped = None if flipped else (file, other)

    def step(self, pairs: int) -> None:
        """Hold the file against another member; where it was flipped to, show the other one instead of it."""
        flipped = self.flipped
        file, other = (self.other, self.file) if flipped else (self.file, self.other)
        others = self._partners(file)
        other = others[(others.index(other) + pairs) % len(others)]
        if flipped and self._session.go_to_file(other):
            self._flipped = (file, other)
        elif not flipped:
            self._chosen = (file, other)

    def choose(self, other: int) -> None:
        """Hold the file under the cursor against this member."""
        self._chosen, self._flipped = (self.file, other), None

    def differs(self, file: int) -> bytes:
        """Return the grid of where the pair differs as it lies over ``file``, empty where none is shown."""
        pair = self.pair
        return self.grid(pair, file) if self.difference and pair is not None else b""

    @property
    def difference_seen(self) -> str:
        """What is to be seen of where the pair differs: ``unknown``, ``same``, ``none`` or ``shown``."""
        pair = self.pair
        if pair is None:
            return "unknown"
        if pair.kind in SAME_PIXELS:
            return "same"
        return "shown" if describe_places(pair.differs) else "none"

    @property
    def unmapped(self) -> Pair | None:
        """The pair, where its pictures need to be compared once more: to show finely where they differ, or
        how one lies in the other."""
        pair = self.pair
        known = pair is None or pair.kind in SAME_PIXELS or self._contents(pair) in self._maps
        return pair if not known and (self.difference or self._is_crop) else None

    @property
    def _is_crop(self) -> bool:
        return self.pair is not None and self.pair.kind is Kind.CROP

    def learn(self, pair: Pair, first: bytes, second: bytes, place: Box) -> None:
        """Take note of fine grids of where a pair differs, over ``a`` and ``b``, and of where ``b`` lies in
        ``a``, if both are there still."""
        files = self._session.library.files
        if pair.a not in files or pair.b not in files:
            return
        one, other = self._contents(pair)
        fields = fields_of(place)
        self._maps[one, other] = {one: (first, fields[0]), other: (second, fields[1])}
        while len(self._maps) > _MAX_MAPS:
            self._maps.popitem(last=False)

    def field(self, file: int) -> Box | None:
        """Return the frame that a file is shown in, None where that is to be found out.

        Of a crop and the picture that it was cut from each is shown where it lies in both.
        """
        pair = self.pair
        if pair is None or file not in (pair.a, pair.b):
            return WHOLE
        contents = self._contents(pair)
        if known := self._maps.get(contents):
            return known[contents[file == pair.b]][1]
        return None if self._is_crop else WHOLE

    def shape(self, file: int) -> tuple[int, int]:
        """Return about how wide and high the frame of a file is: of a crop as that of the larger picture."""
        files = self._session.library.files
        if self._is_crop and file in (self.file, self.other):
            return max(
                (files[id_].shape for id_ in (self.file, self.other)), key=lambda side: side[0] * side[1]
            )
        return files[file].shape

    def grid(self, pair: Pair, file: int) -> bytes:
        """Return the grid of where a pair differs as it lies over ``file``, empty where that is not known."""
        contents = self._contents(pair)
        own, other = contents if file == pair.a else contents[::-1]
        if (known := self._maps.get(contents)) and (fine := known[own][0]):
            return fine
        return pair.differs if lies_over(pair, own, other) else b""

    def _contents(self, pair: Pair) -> tuple[str, str]:
        files = self._session.library.files
        return files[pair.a].facts.digest, files[pair.b].facts.digest

    def _partners(self, file: int) -> list[int]:
        group = self.group
        assert group is not None
        return partners(self._session.library, group, file)
