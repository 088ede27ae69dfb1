"""Span: a range of lines of the list, from one file to another, across groups."""

from __future__ import annotations

from dataclasses import dataclass

from dpm_tui.review.library.list_layout import Place, Rows


@dataclass(frozen=True, slots=True)
class Span:
    """The files from one place to another, whichever comes first."""

    rows: Rows
    first: Place
    last: Place

    @classmethod
    def between(cls, rows: Rows, one: Place, other: Place) -> Span:
        """Return the span of two places."""
        return cls(rows, *sorted((one, other), key=rows.line))

    def __contains__(self, line: int) -> bool:
        return self.rows.line(self.first) <= line <= self.rows.line(self.last)

    def __len__(self) -> int:
        """The number of files."""
        headings = self.last.position - self.first.position
        return self.rows.line(self.last) - self.rows.line(self.first) + 1 - headings

    @property
    def files(self) -> list[int]:
        """The files in order."""
        files: list[int] = []
        for position in range(self.first.position, self.last.position + 1):
            members = self.rows.group(position).members
            begin = self.first.member if position == self.first.position else 0
            end = self.last.member + 1 if position == self.last.position else len(members)
            files += members[begin:end]
        return files
