"""Forecast of a run: how long the rest may take, stages that are still to come included.

What a step of a stage costs is measured in this run, or else was learned in earlier ones, or else is usual
beside what decoding costs here. How many steps there will be follows in the same way. Nothing of it is exact,
so the time left is a span.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.reporter import Stage

CANDIDATES, COPIES = "candidates", "copies"
"""What is learned besides the seconds of a step of each stage: candidates a picture, and how many of those
are to be looked at at full size."""
_TIMED = (Stage.DECODE, Stage.FINGERPRINT, Stage.MATCH, Stage.VERIFY, Stage.INSPECT)
_SURE_STEPS, _SURE_SECONDS = 20, 2.0
"""From when on what was measured of a stage counts."""
_FEW_STEPS = 3
_RECENT_SECONDS = 20.0
_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the most that something may be."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class _Guess:
    """A number that may be so many times as large or as small."""

    middle: float
    factor: float = 1.0

    def __mul__(self, other: _Guess) -> _Guess:
        # Two guesses are hardly ever both wrong by as much, and in the same direction.
        doubt = math.hypot(math.log(self.factor), math.log(other.factor))
        return _Guess(self.middle * other.middle, math.exp(doubt))


def _add_up(parts: Sequence[_Guess]) -> Span:
    """Return what several guesses may come to together."""
    middle = sum(part.middle for part in parts)
    below = math.hypot(*(part.middle * (1 - 1 / part.factor) for part in parts))
    above = math.hypot(*(part.middle * (part.factor - 1) for part in parts))
    return Span(max(middle - below, 0.0), middle + above)


_USUAL_NUMBERS = {CANDIDATES: _Guess(1.4, 2.2), COPIES: _Guess(0.22, 1.8)}
_USUAL_SECONDS = {Stage.FINGERPRINT: _Guess(0.014, 2.0), Stage.MATCH: _Guess(0.001, 3.0)}
_BESIDE_DECODING = {Stage.VERIFY: _Guess(1.6, 1.6), Stage.INSPECT: _Guess(13.0, 1.6)}
"""What a step costs where nothing of it was measured: in seconds, or in pictures that are decoded meanwhile.

Measured with pictures of 0.1 to 10 megapixels on two cores.
"""
_LEAST_SECONDS = {Stage.VERIFY: 0.008, Stage.INSPECT: 0.02}
"""A pair costs something however small the pictures are."""
_LOADING = _Guess(2.5, 2.0)
"""Seconds in which the network is loaded."""
_AS_LEARNED, _NUMBER_AS_LEARNED = 1.3, 1.5
_AS_MEASURED, _AS_PROJECTED = 1.1, 1.3
_LATER_ROUNDS = 0.08
"""Share of the pairs looked at that come once other files take the lead of their families."""
_SMALLER_LAST = 0.25
"""The best pictures come first when copies are looked at, and those are large: what follows is cheaper."""
_FAMILY_ROUND = _Guess(0.03, 3.0)
"""The same once families were completed."""
_GROUPING = _Guess(1.0, 2.0)
"""Seconds in which the groups are made, and what is not needed any more goes."""


@dataclass(slots=True)
class _StageClock:
    """The steps and seconds of one stage; it may come several times in a run."""

    total: int = 0
    first_total: int = 0
    largest: int = 0
    done: int = 0
    steps: int = 0
    seconds: float = 0.0
    began: float = 0.0
    first: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)

    def begin(self, total: int) -> None:
        self.close()
        self.total, self.done, self.first, self.began = total, 0, 0, 0.0
        self.first_total = self.first_total or total
        self.largest = max(self.largest, total)
        self.recent.clear()

    def close(self) -> None:
        """Add what the stage did this time to what it did before."""
        if self.recent:
            self.steps += self.done - self.first
            self.seconds += self.recent[-1][0] - self.began
            self.first, self.began = self.done, self.recent[-1][0]

    def step(self, now: float, done: int, total: int) -> None:
        if done <= 0 and self.done <= 0:
            return
        if not self.recent:
            # Whatever had to be loaded before the first step is no part of what a step costs.
            self.began, self.first = now, done
        self.done, self.total, self.largest = done, total, max(self.largest, total)
        if not self.recent or now - self.recent[-1][0] >= _SAMPLE_SECONDS or done >= total:
            self.recent.append((now, done))
            while now - self.recent[0][0] > _RECENT_SECONDS:
                self.recent.popleft()

    def measured(self, least: int = _SURE_STEPS) -> _Guess | None:
        """Return what a step costs: between its average and that of the last seconds; after so many."""
        recent = tuple(self.recent)
        steps, seconds = self.steps, self.seconds
        if recent:
            steps, seconds = steps + recent[-1][1] - self.first, seconds + recent[-1][0] - self.began
        if steps < least or seconds < _SURE_SECONDS:
            return None
        average = newest = seconds / steps
        if len(recent) > 1 and (ahead := recent[-1][1] - recent[0][1]) >= _SURE_STEPS:
            newest = max((recent[-1][0] - recent[0][0]) / ahead, average / 10)
        apart = max(average, newest) / min(average, newest)
        return _Guess(math.sqrt(average * newest), math.sqrt(apart) * _AS_MEASURED)


class RunForecast:
    """Follows the stages of one run; ``learned`` is what that of an earlier run was.

    ``left`` may be called from any thread, everything else from the run's.
    """

    def __init__(
        self, learned: Mapping[str, float] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._learned = dict(learned or {})
        self._clock = clock
        self._held = 0.0
        self._paused_at = 0.0
        self._stages = {stage: _StageClock() for stage in _TIMED}
        self._now: Stage | None = None
        self._families: dict[bytes, bytes] = {}
        self._joined = 0

    def begin(self, stage: Stage, total: int) -> None:
        """Begin a stage, perhaps once more."""
        self._now = stage
        if stage in self._stages:
            self._stages[stage].begin(total)

    def step(self, stage: Stage, done: int, total: int) -> None:
        """Take note of progress."""
        if stage in self._stages:
            self._stages[stage].step(self._running_time(), done, total)

    def pair(self, first: bytes, second: bytes, kind: str) -> None:
        """Take note of a pair; copies are looked at at full size later, each once in its family."""
        if kind != Kind.COPY:
            return
        one, other = self._root(first), self._root(second)
        if one != other:
            self._families[one] = other
            self._joined += 1

    def pause(self, paused: bool) -> None:
        """Stop the clock, or let it go on."""
        now = self._clock()
        if paused and not self._paused_at:
            self._paused_at = now
        elif not paused and self._paused_at:
            self._held += now - self._paused_at
            self._paused_at = 0.0

    @property
    def learned(self) -> dict[str, float]:
        """What a step of each stage costs and how many there are, from this run as far as it is known."""
        known = dict(self._learned)
        for stage, clock in self._stages.items():
            if (cost := clock.measured()) is not None:
                known[stage.value] = cost.middle
        counts = [self._stages[stage].largest for stage in (Stage.FINGERPRINT, Stage.VERIFY, Stage.INSPECT)]
        pictures, candidates, copies = counts
        if pictures >= _SURE_STEPS and self._stages[Stage.VERIFY].largest:
            known[CANDIDATES] = candidates / pictures
        if candidates >= _SURE_STEPS and self._now is Stage.INSPECT:
            known[COPIES] = copies / candidates
        return known

    def left(self) -> Span | None:
        """Return how many seconds the rest of the run may take; None while nothing can be said."""
        now = self._now
        if now not in self._stages:
            return None
        parts = [_GROUPING]
        for stage, steps in self._to_come(now):
            if not steps.middle:
                continue
            if (cost := self._cost(stage)) is None:
                return None
            parts.append(steps * cost * self._trend(stage))
            if stage is Stage.FINGERPRINT and not self._stages[stage].done:
                parts.append(_LOADING)
        return _add_up(parts)

    def _trend(self, stage: Stage) -> _Guess:
        """Return how much cheaper the steps that are left are than those that were measured."""
        clock = self._stages[stage]
        if stage is not Stage.INSPECT or stage is not self._now or clock.measured() is None:
            return _Guess(1.0)
        left = 1 - clock.done / max(clock.total, 1)
        return _Guess(1 - _SMALLER_LAST * left, 1 + _SMALLER_LAST * left)

    def _to_come(self, now: Stage) -> Iterator[tuple[Stage, _Guess]]:
        """Yield the stage that is under way and those after it, each with the steps that are left."""
        clocks = self._stages
        rest = _Guess(max(clocks[now].total - clocks[now].done, 0))
        looked_at = clocks[Stage.INSPECT].largest
        for stage in _TIMED[_TIMED.index(now) :]:
            if stage is not now:
                again = stage is Stage.INSPECT and looked_at
                yield stage, _FAMILY_ROUND * _Guess(looked_at) if again else self._expected(stage, now)
            elif stage is Stage.INSPECT:
                rounds = _LATER_ROUNDS * clocks[stage].first_total
                grown = clocks[stage].total > clocks[stage].first_total
                yield stage, _Guess(rest.middle + (0.0 if grown else rounds))
            else:
                yield stage, rest

    def _expected(self, stage: Stage, now: Stage) -> _Guess:
        """Return how many steps a stage will have that has not begun."""
        clocks = self._stages
        pictures = _Guess(clocks[Stage.DECODE if now is Stage.DECODE else Stage.FINGERPRINT].total)
        if stage in (Stage.FINGERPRINT, Stage.MATCH):
            return pictures
        if now is not Stage.VERIFY:
            candidates = pictures * self._number(CANDIDATES)
            return candidates if stage is Stage.VERIFY else candidates * self._number(COPIES)
        verifying = clocks[Stage.VERIFY]
        if verifying.total * 2 < verifying.largest:
            return _Guess(self._joined, _AS_PROJECTED)  # what families lack comes last
        share = verifying.done / max(verifying.total, 1)
        if share > 0.1 and self._joined >= 5:
            return _Guess(self._joined / share, _AS_PROJECTED)
        return _Guess(verifying.total) * self._number(COPIES)

    def _number(self, name: str) -> _Guess:
        if name in self._learned:
            return _Guess(self._learned[name], _NUMBER_AS_LEARNED)
        return _USUAL_NUMBERS[name]

    def _cost(self, stage: Stage) -> _Guess | None:
        """Return the seconds of a step: as measured, as learned, or as usual."""
        if (measured := self._stages[stage].measured()) is not None:
            return measured
        expected, few = self._expected_cost(stage), self._stages[stage].measured(_FEW_STEPS)
        if expected is None or few is None:
            return expected
        apart = max(expected.middle, few.middle) / min(expected.middle, few.middle)
        return _Guess(math.sqrt(expected.middle * few.middle), max(math.sqrt(apart), expected.factor))

    def _expected_cost(self, stage: Stage) -> _Guess | None:
        """Return the seconds of a step where little or nothing was measured: as learned, or as usual."""
        if stage.value in self._learned:
            return _Guess(self._learned[stage.value], _AS_LEARNED)
        if stage in _USUAL_SECONDS:
            return _USUAL_SECONDS[stage]
        decoding = None if stage is Stage.DECODE else self._cost(Stage.DECODE)
        if decoding is None:
            return None
        beside = decoding * _BESIDE_DECODING[stage]
        return _Guess(max(beside.middle, _LEAST_SECONDS[stage]), beside.factor)

    def _running_time(self) -> float:
        return (self._paused_at or self._clock()) - self._held

    def _root(self, member: bytes) -> bytes:
        while (above := self._families.get(member, member)) != member:
            self._families[member] = self._families.get(above, above)
            member = above
        return member
