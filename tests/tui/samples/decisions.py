"""Decisions of a person, made through a client."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.review.decisions.decision import Decision, decide, set_apart
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import make_file


def add_decisions(client: FakeClient) -> None:
    """Make three decisions of different times; one has lost its files, one a part of its pairs."""
    files = client.sample.files
    burst = (files.get(id_) or make_file(id_, f"gone/{id_}.png", 9, 9, 9) for id_ in range(1, 16))
    odd, *others = (make_file(id_, f"a/{id_}.jpg", 9, 9, 9) for id_ in range(20, 24))
    said = {
        "2026-11-02T09:00:00+00:00": decide(burst, "variants"),
        "2026-11-05T18:30:00+00:00": [Decision(("a" * 64, "b" * 64), "not_duplicates")],
        "2026-11-05T18:31:00+00:00": [Decision((f"{1:064x}", f"{2:064x}"), "")],
        "2026-11-20T10:00:00+00:00": set_apart(odd, others, "not_duplicates"),
    }
    for time, decisions in said.items():
        for decision in decisions:
            client.decisions.add(replace(decision, time=time))


def decided(client: FakeClient) -> dict[tuple[int, ...], str]:
    """Return what is decided, by the numbers of the files."""
    standing = client.decisions.standing()
    return {tuple(int(digest, 16) for digest in each.digests): each.verdict for each in standing}
