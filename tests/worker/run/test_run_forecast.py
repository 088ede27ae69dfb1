"""The forecast of a run: what it says of the time left, and what it learns for the next one."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dpm_tui.pipeline.reporter import Stage
from dpm_tui.worker.run.run_forecast import CANDIDATES, COPIES, RunForecast, Span


@dataclass
class Story:
    """A run that is told to a forecast: stages with their steps and the seconds of a step."""

    learned: dict[str, float] = field(default_factory=dict)
    now: float = 100.0

    def __post_init__(self) -> None:
        self.forecast = RunForecast(self.learned, lambda: self.now)

    def stage(self, stage: Stage, total: int, cost: float, steps: int = -1, copies: int = 0) -> None:
        """Let a stage come with so many steps, of which the first few are done."""
        self.forecast.begin(stage, total)
        for done in range(1, (total if steps < 0 else steps) + 1):
            self.now += cost
            self.forecast.step(stage, done, total)
            if done <= copies:
                self.forecast.pair(b"keeper", b"%d" % done, "copy")

    @property
    def left(self) -> Span:
        """What is said now."""
        left = self.forecast.left()
        assert left is not None
        return left


def test_nothing_is_said_before_anything_was_measured() -> None:
    story = Story()
    assert story.forecast.left() is None
    story.forecast.begin(Stage.INVENTORY, 0)
    assert story.forecast.left() is None
    story.stage(Stage.DECODE, 1000, 0.02, steps=3)
    assert story.forecast.left() is None


def test_the_later_stages_count_while_pictures_are_read() -> None:
    story = Story()
    story.stage(Stage.DECODE, 600, 0.011, steps=590)
    left = story.left
    assert left.least > 20, "the ten pictures that are left take no second, the rest of the run does"
    assert left.least < 54 < left.most


def test_what_earlier_runs_took_narrows_the_span() -> None:
    learned = {
        "decode": 0.011, "fingerprint": 0.014, "match": 0.001, "verify": 0.016, "inspect": 0.18,
        CANDIDATES: 1.4, COPIES: 0.21,
    }  # fmt: skip
    fresh, old = Story(), Story(learned)
    for story in (fresh, old):
        story.stage(Stage.DECODE, 600, 0.011, steps=300)
    truth = 300 * 0.011 + 600 * (0.014 + 1.4 * (0.016 + 0.21 * 0.18))
    assert old.left.least < truth < old.left.most
    assert old.left.most / old.left.least < fresh.left.most / fresh.left.least


def test_copies_that_were_found_say_how_many_will_be_looked_at() -> None:
    few, many = Story(), Story()
    for story, copies in ((few, 10), (many, 200)):
        story.stage(Stage.DECODE, 600, 0.02)
        story.stage(Stage.FINGERPRINT, 600, 0.01)
        story.stage(Stage.VERIFY, 800, 0.02, steps=400, copies=copies)
    assert many.left.least > few.left.most


def test_a_steady_last_stage_ends_when_it_says() -> None:
    story = Story()
    story.stage(Stage.DECODE, 600, 0.02)
    story.stage(Stage.FINGERPRINT, 600, 0.01)
    story.stage(Stage.VERIFY, 800, 0.02, copies=200)
    story.stage(Stage.INSPECT, 200, 0.2, steps=100)
    assert 18 < story.left.least < story.left.most < 28


def test_the_few_pairs_that_families_lack_are_not_taken_for_the_whole_stage() -> None:
    story = Story()
    story.stage(Stage.DECODE, 600, 0.02)
    story.stage(Stage.FINGERPRINT, 600, 0.01)
    story.stage(Stage.VERIFY, 800, 0.02, copies=200)
    before = story.left
    story.stage(Stage.VERIFY, 4, 0.02, steps=2)
    assert story.left.most == pytest.approx(before.most, rel=0.4)
    story.stage(Stage.INSPECT, 200, 0.2)
    story.stage(Stage.VERIFY, 2, 0.02)
    assert story.left.most < 10


def test_a_pause_costs_nothing() -> None:
    story = Story()
    story.stage(Stage.DECODE, 600, 0.02, steps=300)
    before = story.left
    story.forecast.pause(True)
    story.now += 3600
    assert story.left == before
    story.forecast.pause(False)
    story.now += 0.02
    story.forecast.step(Stage.DECODE, 301, 600)
    assert story.left.most == pytest.approx(before.most, rel=0.05)


def test_loading_the_network_is_no_part_of_what_a_picture_costs() -> None:
    story = Story()
    story.forecast.begin(Stage.FINGERPRINT, 1000)
    story.now += 60
    for done in range(1, 500):
        story.now += 0.01
        story.forecast.step(Stage.FINGERPRINT, done, 1000)
    assert story.forecast.learned["fingerprint"] == pytest.approx(0.01, rel=0.05)


def test_a_run_with_nothing_to_do_forgets_nothing_that_was_learned() -> None:
    story = Story({"decode": 0.02, CANDIDATES: 1.5})
    for stage in (Stage.DECODE, Stage.FINGERPRINT, Stage.MATCH, Stage.VERIFY, Stage.INSPECT):
        story.stage(stage, 0, 0.0)
    assert story.forecast.learned == {"decode": 0.02, CANDIDATES: 1.5}
    assert story.left.most < 5


def test_a_run_tells_the_next_one_what_it_learned() -> None:
    story = Story()
    story.stage(Stage.DECODE, 600, 0.02)
    story.stage(Stage.FINGERPRINT, 500, 0.01)
    story.stage(Stage.VERIFY, 800, 0.02, copies=200)
    story.stage(Stage.INSPECT, 200, 0.2)
    learned = story.forecast.learned
    assert learned[CANDIDATES] == pytest.approx(1.6)
    assert learned[COPIES] == pytest.approx(0.25)
    assert learned["decode"] == pytest.approx(0.02, rel=0.1)
    assert learned["inspect"] == pytest.approx(0.2, rel=0.1)
