"""What the rule in force would free, in words."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.tui.session.session import Session
from dpm_tui.units import long_size


def words_on_freeable(session: Session) -> str:
    """Return what the rule would free, and at most could be, in words; nothing while that still changes."""
    freeable = ReclaimableSpace() if session.running else session.freeable
    if not freeable.beside:
        return ""
    return translate("tui.freeable", size=long_size(freeable.bytes), beside=long_size(freeable.beside))
