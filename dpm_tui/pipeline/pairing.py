"""Pairing: turns verdicts on contents into verified pairs of the files that hold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations, product

from dpm_tui.pipeline.group import Pair, pair_key
from dpm_tui.pipeline.image_file import ImageFile, Status
from dpm_tui.pipeline.match import DigestPair
from dpm_tui.pipeline.verify import Kind, Verdict


def index_contents(files: Iterable[ImageFile]) -> dict[str, list[ImageFile]]:
    """Return content digest -> the readable files that hold it, in order of id."""
    contents: dict[str, list[ImageFile]] = defaultdict(list)
    for file in sorted(files, key=lambda file: file.id):
        if file.status is Status.OK and file.facts.digest:
            contents[file.facts.digest].append(file)
    return dict(contents)


def pair_files(
    files: Mapping[int, ImageFile],
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    decided: Callable[[str, str], str] = lambda first, second: "",
) -> list[Pair]:
    """Return every verified pair of readable files, sorted by ids.

    Files of the same bytes are ``identical``, those of the same pixels ``pixels``, both with
    similarity 1. ``decided`` returns a person's decision on two digests: a decided pair stays out.
    """
    contents = index_contents(files.values())
    pairs: dict[tuple[int, int], Pair] = {}
    for same in contents.values():
        for one, other in combinations(same, 2):
            pairs[one.id, other.id] = Pair(one.id, other.id, Kind.IDENTICAL, 1.0)
    pixels: dict[str, list[ImageFile]] = defaultdict(list)
    for same in contents.values():
        if same[0].facts.pixels and same[0].facts.frames == 1:
            pixels[same[0].facts.pixels].extend(same)
    for alike in pixels.values():
        for one, other in combinations(sorted(alike, key=lambda file: file.id), 2):
            if not decided(one.facts.digest, other.facts.digest):
                pairs.setdefault((one.id, other.id), Pair(one.id, other.id, Kind.PIXELS, 1.0))
    for (first, second), verdict in verdicts:
        if first not in contents or second not in contents or decided(first, second):
            continue
        for one, other in product(contents[first], contents[second]):
            key = pair_key(one.id, other.id)
            pairs.setdefault(key, Pair(*key, verdict.kind, verdict.similarity, verdict.differs))
    return [pairs[key] for key in sorted(pairs)]
