"""The error that a picture cannot be decoded, and what raises it before anything is: the size."""

from __future__ import annotations

from dpm_tui.catalog.formats import is_installed
from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer


class UndecodableError(Exception):
    """A file whose picture cannot be decoded; ``status`` says why.

    ``starved`` says that more memory might have helped, ``needs`` how much is enough, 0 if unknown.
    """

    def __init__(
        self, status: Status, reason: str, digest: str = "", *, starved: bool = False, needs: int = 0
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.digest = digest
        self.starved = starved
        self.needs = needs


def check_size(width: int, height: int, memory: int, need: float) -> None:
    """Raise UndecodableError for a picture that does not fit into ``memory`` at ``need`` bytes a pixel."""
    needs = int(width * height * need)
    if needs > memory:
        reason = defer("decode.pixels", width=width, height=height)
        raise UndecodableError(Status.TOO_BIG, reason, starved=True, needs=needs)


def check_installed(extra: str, kind: str) -> None:
    """Raise UndecodableError where the extra is not installed that reads a ``kind`` of pictures."""
    if not is_installed(extra):
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.needs_extra", kind=kind, extra=extra))
