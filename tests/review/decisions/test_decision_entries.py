"""The list of decisions: one entry for what was said at one moment, the newest first."""

from __future__ import annotations

from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.decisions.decision_entries import list_decisions
from dpm_tui.review.decisions.decision_table import DecisionTable


def test_what_was_said_at_once_is_one_entry_and_the_newest_is_first() -> None:
    entries = list_decisions(
        [
            Decision(("a", "b"), "variants", ""),
            Decision(("c", "d"), "variants", ""),
            Decision(("e", "f"), "variants", "2026-01-01T00:00:00+00:00", (b"e.jpg", b"")),
            Decision(("e", "g"), "variants", "2026-01-01T00:00:00+00:00", (b"e.jpg", b"g.jpg")),
            Decision(("h", "i"), "not_duplicates", "2026-01-02T00:00:00+00:00"),
        ]
    )
    assert [(entry.verdict, entry.count) for entry in entries] == [
        ("not_duplicates", 2), ("variants", 3), ("variants", 2), ("variants", 2),
    ]  # fmt: skip
    assert entries[1].names == (b"e.jpg", b"g.jpg", b"")
    assert entries[1].says(["g.j", "2026"], "variants")
    assert not entries[1].says(["h"], "differs")


def test_revoking_an_entry_leaves_what_was_said_later() -> None:
    table = DecisionTable()
    table.add(Decision(("a", "b", "c", "d"), "variants", "1"))
    table.add(Decision(("a", "b"), "not_duplicates", "2"))
    _, older = list_decisions(table.standing())
    for decision in older.revocation:
        table.add(decision)
    assert list(table.standing()) == [Decision(("a", "b"), "not_duplicates", "2")]
