"""Pairing: turns verdicts on contents into verified pairs of the files that hold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, product

import numpy as np

from dpm_tui.pipeline.contents import Contents
from dpm_tui.pipeline.file_columns import FileColumns
from dpm_tui.pipeline.group import Pair, pair_key
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.pipeline.match import DigestPair
from dpm_tui.pipeline.verify import Kind, Verdict


def index_contents(files: Mapping[int, ImageFile] | Iterable[ImageFile]) -> Contents:
    """Return content digest -> the readable files that hold it, in order of id."""
    return Contents(FileColumns.of(files))


def pair_files(
    files: Mapping[int, ImageFile],
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    decided: Callable[[str, str], str] = lambda first, second: "",
) -> list[Pair]:
    """Return every verified pair of readable files, sorted by ids.

    Files of the same bytes are ``identical``, those of the same pixels ``pixels``, both with
    similarity 1. ``decided`` returns a person's decision on two digests: a decided pair stays out.
    """
    columns = FileColumns.of(files)
    contents = Contents(columns)
    pairs: dict[tuple[int, int], Pair] = {}
    for same in contents.repeated():
        for one, other in combinations(same, 2):
            pairs[one, other] = Pair(one, other, Kind.IDENTICAL, 1.0)
    for alike in _of_equal_pixels(columns, contents):
        for mine, theirs in combinations(sorted(alike, key=lambda file: file.id), 2):
            if not decided(mine.facts.digest, theirs.facts.digest):
                pairs.setdefault((mine.id, theirs.id), Pair(mine.id, theirs.id, Kind.PIXELS, 1.0))
    for (first, second), verdict in verdicts:
        firsts, seconds = contents.ids(first), contents.ids(second)
        if not firsts or not seconds or decided(first, second):
            continue
        for one, other in product(firsts, seconds):
            key = pair_key(one, other)
            pairs.setdefault(key, Pair(*key, verdict.kind, verdict.similarity, verdict.differs))
    return [pairs[key] for key in sorted(pairs)]


def _of_equal_pixels(columns: FileColumns, contents: Contents) -> Iterator[list[ImageFile]]:
    """Yield the files of each set of contents that show the same still pixels."""
    ids, pixels = columns.gather("id", "pixels")
    known = np.isin(ids, contents.firsts()) & (pixels != b"")
    kinds, counts = np.unique(pixels[known], return_counts=True)
    several = known & np.isin(pixels, kinds[counts > 1])
    alike: dict[str, list[ImageFile]] = defaultdict(list)
    for id_ in ids[several].tolist():
        facts = columns[id_].facts
        if facts.frames == 1:
            alike[facts.pixels].extend(contents[facts.digest])
    yield from alike.values()
