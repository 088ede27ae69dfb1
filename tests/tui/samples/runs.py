"""Statuses of a run of the worker."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.worker.protocol.messages import FoundPair, RunStatus

FINISHED = RunStatus(
    phase="finished", stage="group", done=6, total=6, elapsed=65.0, files=1300, pictures=1234, added=12,
    changed=3, gone=1, unreadable=2, skipped={"symlink": 2, "other_type": 40}, pairs=11, groups=6,
    model="auto", threshold=0.6, device="cpu", memory=412_000_000, cpu=12.0, pid=4711,
    broken={"damaged": 1, "too_big": 1}, ended="2023-11-14T22:13:20+00:00",
)  # fmt: skip
RUNNING = replace(
    FINISHED, phase="running", stage="decode", done=512, total=1234, rate=42.0, seconds_left=17.0, groups=3,
    left_least=160.0, left_most=340.0,
    pairs=4, cpu=187.0, broken={}, ended="", latest=(
        FoundPair("holiday/IMG_4411.jpg", "phone/wa_8812.jpg", "copy", 0.991, 1, 3),
        FoundPair("art/dragon.png", "art/dragon_smile.png", "variant", 0.902, 4, 6),
        FoundPair("art/一条很长的龙的图片名称.png", "old/scanned pictures of grandma/1.tif", "turned", 0.97,
            9, 11),
    ),
)  # fmt: skip


def run_steps() -> list[RunStatus]:
    """Return statuses of a run a second apart, at an uneven speed."""
    done, steps = RUNNING.done, []
    for second, speed in enumerate((40, 44, 12, 30, 60, 58, 41, 20, 35, 42)):
        done += speed
        steps.append(replace(RUNNING, done=done, elapsed=RUNNING.elapsed + second + 1))
    return steps
