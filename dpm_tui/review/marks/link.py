"""Links: what may stand in the place of an identical file that goes, so that its name stays."""

from __future__ import annotations

from enum import StrEnum


class Link(StrEnum):
    """What takes the name of a file that goes to the recycle bin."""

    NONE = ""
    """Nothing: the name goes, too."""
    REFLINK = "reflink"
    """A file of its own that shares the data of the kept one on the disk until either is written to."""
    HARD = "hard"
    """Another name of the kept file: whoever edits one edits both."""


LINKS = tuple(link.value for link in Link if link)
"""The links that a person can choose."""
