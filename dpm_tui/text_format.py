"""Dates, similarities and sentences as short text that is fit for a terminal, the same on every surface."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dpm_tui.deferred_text import read_deferred
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.units import duration


def local_date(mtime_ns: int) -> str:
    """Return a time of the file system as a local date."""
    try:
        return f"{datetime.fromtimestamp(mtime_ns / 1e9):%Y-%m-%d %H:%M}"
    except (OverflowError, OSError, ValueError):
        return "-"


def local_time(iso: str) -> str:
    """Return an ISO 8601 time as local date and time, or as it is where it cannot be read."""
    try:
        return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return display_name(iso, 16)


def similarity(value: float) -> str:
    """Return a similarity in four characters; only a perfect one reads 1.00."""
    return "1.00" if value >= 1 else f"{min(value, 0.999):.3f}".removeprefix("0")


def lacking_sentences(lacking: Mapping[str, int]) -> list[str]:
    """Return what has to be installed for how many pictures, by the extra of this package that reads them."""
    return [translate(f"decode.lacking_{extra}", count=count) for extra, count in sorted(lacking.items())]


_NARROW, _WIDE = 1.5, 5.0
"""How many times the least the most may be for one time to be said, or both of them."""


def time_left(least: float, most: float) -> str:
    """Return a time left of which only a span is known, in words no finer than that."""
    if most < 0:
        return translate("tui.left_unknown")
    if most <= _NARROW * least or round_left(most) <= round_left(least):
        return translate("tui.left_about", time=duration(round_left((least + most) / 2)))
    values = {"least": duration(round_left(least)), "most": duration(round_left(most))}
    return translate("tui.left_between" if most <= _WIDE * least else "tui.left_at_most", **values)


def round_left(seconds: float) -> float:
    """Return a time left no finer than can honestly be said: to 5 s, 10 s, minutes or ten minutes."""
    for limit, step in ((30, 5), (300, 10), (3600, 60)):
        if seconds < limit:
            return max(math.ceil(seconds / step) * step, step)
    return math.ceil(seconds / 600) * 600


def besides(frames: int, holds: Collection[str], damaged: bool = False) -> list[str]:
    """Return in words what else is known of a file: damage, how many frames or pages, a movie, a map."""
    counted = [translate("tui.file_damaged")] if damaged else []
    if frames > 1 and "pictures" not in holds:
        counted.append(translate("tui.frames", count=frames))
    return counted + [translate(f"tui.held_{word}") for word in holds if word not in ("frames", "pages")]


def count_kinds(kinds: Iterable[str]) -> str:
    """Return how many there are of each of some kinds of pairs, the loosest kind last."""
    counts = Counter(kinds)
    order = ("identical", "pixels", "copy", "crop", "turned", "edited", "variant")
    named = [
        translate("tui.kind_counted", number=counts[kind], kind=translate(f"tui.kind_{kind}"))
        for kind in order
        if counts[kind]
    ]
    return translate("tui.place_gap").join(named)


def shown_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a sentence with every text made fit for a terminal."""
    return {
        key: display_name(_one_line(put_into_words(value))) if isinstance(value, str) else value
        for key, value in values.items()
    }


def put_into_words(text: str) -> str:
    """Return a deferred sentence, and those inside it, in the current language; other text as it is."""
    deferred = read_deferred(text)
    if deferred is None:
        return text
    key, values = deferred
    return sentence(key, **{k: put_into_words(v) if isinstance(v, str) else v for k, v in values.items()})


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def sentence(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogue, or its bare key where this version has none or cannot fill it."""
    try:
        return translate(key, **values)
    except (KeyError, IndexError, ValueError):
        return key


class ShownNode(Protocol):
    """What is told of a node of a cluster; ``reason`` says why one is refused and may be deferred."""

    @property
    def state(self) -> str: ...
    @property
    def rate(self) -> float: ...
    @property
    def done(self) -> int: ...
    @property
    def retries(self) -> int: ...
    @property
    def reason(self) -> str: ...


def node_words(node: ShownNode) -> str:
    """Return what a node of a cluster does."""
    state = sentence(f"cluster.state_{node.state}")
    if node.reason:
        return f"{state}: {put_into_words(node.reason)}"
    shown = translate("cluster.row", state=state, rate=rate_words(node.rate), done=node.done)
    repeated = translate("cluster.summary_repeated", retries=node.retries) if node.retries else ""
    return "  ".join(filter(None, [shown, repeated]))


def nodes_summary(nodes: Sequence[ShownNode]) -> str:
    """Return in a few words how many nodes of a cluster work and how much they do a second together."""
    working = sum(node.state == "working" for node in nodes)
    rate, retries = sum(node.rate for node in nodes), sum(node.retries for node in nodes)
    words = translate("cluster.summary", working=working, count=len(nodes), rate=rate_words(rate))
    repeated = translate("cluster.summary_repeated", retries=retries) if retries else ""
    return "  ".join(filter(None, [words, repeated]))


def rate_words(rate: float) -> str:
    """Return work a second, with a decimal where it is little."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def log_sentence(name: str, values: Mapping[str, object]) -> str:
    """Return the sentence of a log line; its key where this version does not know it."""
    shown = shown_values(values)
    for surface in ("worker", "errors"):
        key = f"{surface}.{name}"
        if (words := sentence(key, **shown)) != key:
            return words
    return display_name(" ".join([name, *(f"{key}={value}" for key, value in shown.items())]))
