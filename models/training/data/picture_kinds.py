"""What pictures are, photographs or illustrations, where the name of their archive does not say it.

``picture_kinds.toml`` holds, by archives of one name and by source, the kind of most pictures and the names
of those of another kind. All were judged by looking at the pictures alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KINDS = ("photo", "illustration")
EITHER = "either"
"""Neither answer is wrong: renders like photographs, scans of prints, photographs of drawings, collages."""
LIST = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class SourceKinds:
    """The kind of most pictures of a source, and of the others by the stem of their name."""

    usual: str
    others: Mapping[str, str]


class PictureKinds:
    """The kinds of all pictures that were looked at."""

    def __init__(self, sources: Mapping[tuple[str, str], SourceKinds]) -> None:
        self.sources = sources

    @classmethod
    def read(cls, path: Path = LIST) -> PictureKinds:
        """Return what a list says; raises ValueError for a kind that there is not, or a name said twice."""
        found = {}
        for archives, sources in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for source, table in sources.items():
                usual = table.pop("usual")
                named = [(name, kind) for kind, names in table.items() for name in names.split()]
                if not {usual, *table} <= {*KINDS, EITHER} or len({name for name, _ in named}) < len(named):
                    raise ValueError(f"{path}: {archives}.{source}")
                found[archives, source] = SourceKinds(usual, dict(named))
        return cls(found)

    def kind(self, archive: Path, source: str, name: str) -> str:
        """Return the kind of a picture of an archive such as ``dev-photo-00``, or EITHER."""
        archives = archive.name.removesuffix(".tar").rstrip("0123456789").rstrip("-")
        said = self.sources.get((archives, source))
        if said is None:
            return next(kind for kind in KINDS if kind in archives)
        return said.others.get(Path(name).stem, said.usual)
