"""What to do next: one sentence for every state of the folder and its worker."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.text_format import sentence
from dpm_tui.tui.lines.log_lines import spell_out
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.units import long_size


def next_step(session: Session) -> str:
    """Return what a user would do now, or what keeps them from it."""
    status = session.status
    if session.link is Link.CONNECTING:
        return translate("tui.link_connecting")
    if session.link is Link.LOST:
        why = " ".join(session.trouble.split()) or translate("tui.link_lost")
        return f"{why} {translate('tui.next_reconnect')}"
    if status.attention:
        return sentence(f"tui.attention_{status.attention}")
    step = _running(session) if session.running else _resting(session)
    return f"{translate(session.view_only)} {step}" if session.view_only else step


def _running(session: Session) -> str:
    if session.status.phase == "paused":
        return translate("tui.next_paused")
    return translate("tui.next_running_groups" if session.library.groups else "tui.next_running")


def _resting(session: Session) -> str:
    status, marks = session.status, session.marks
    if status.phase == "failed":
        errors = [line for line in session.log if line.level == "error"]
        why = spell_out(errors[-1]) if errors else translate("tui.phase_failed")
        return f"{why} {translate('tui.next_failed')}"
    if marks.removed and not session.view_only:
        return translate("tui.next_marked", count=len(marks.removed), size=long_size(marks.size))
    if status.phase == "stopped":
        return translate("tui.next_stopped")
    if status.groups:
        return translate("tui.next_groups")
    if status.phase == "finished":
        return translate("tui.next_no_groups" if status.pictures else "tui.next_no_pictures")
    return translate("tui.press_start")
