"""Shows the picture that would go beside the one that stays."""

from __future__ import annotations

from dpm_tui.review.marks.plan import Move
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.previews.subject import Subject
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.theme import Look


class MovePictures:
    """Fills previews with two files of a group, the one that goes first."""

    def __init__(self, session: Session, look: Look, panes: PreviewPanes) -> None:
        self._session = session
        self._look = look
        self._panes = panes

    def show(self, move: Move) -> None:
        """Show victim and keeper of a move, or what is left of them."""
        at = self._session.library.member_at
        found = at(move.group, move.victim.path), at(move.group, move.keeper.path)
        if found[0] is None or found[1] is None:
            self._panes.show([])
        else:
            self.show_pair(found[0].id, found[1].id)

    def show_pair(self, going: int, staying: int) -> None:
        """Show a file that goes and one that stays; both are in the same group."""
        session, look = self._session, self._look
        group, lines = session.marks.group_of(going), GroupLines(session, look)
        files = [session.library.files[id_] for id_ in (going, staying)]
        width = self._panes.caption_width([file.shape for file in files])
        self._panes.show(
            [
                Subject(
                    file.id,
                    lines.caption(group, group.members.index(file.id), width),
                    content=file.facts.digest,
                    shape=file.shape,
                    frame=look[role],
                )
                for file, role in zip(files, ("remove", "keep"), strict=True)
            ]
        )
