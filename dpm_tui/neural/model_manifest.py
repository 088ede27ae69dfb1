"""The manifest of the weight files, read without loading torch.

Imported by whatever needs to know of the models before, or without, running them.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.candidates.fingerprint import MODELS, ModelCard

PASSES = "regions-2"
"""Names what a vector is made of besides weights and side; another name has all vectors made anew."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One entry of ``manifest.toml``; ``input_px`` is the side of the square a picture is squashed to.

    ``choice`` is the digest of what chooses between the models.
    """

    path: Path
    sha256: str
    input_px: int
    dims: int
    threshold: float
    choice: str = ""

    @property
    def identity(self) -> str:
        """The hex digest of the weights and of how they are used: others give vectors of another kind.

        Another choice has other pictures in each model: a copy must not be sought where no vector was made.
        """
        used = f"{PASSES} {self.input_px} {self.sha256} {self.choice}"
        return hashlib.sha256(used.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChoiceFile:
    """Where the weights of the choice between the models lie, and the digest of their bytes."""

    path: Path
    sha256: str


def find_weights() -> Path:
    """Return the folder of the weight files: inside the wheel, else beside the package."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_models"
    return inside if inside.is_dir() else package.parent / "models"


@cache
def read_manifest(folder: Path | None = None) -> dict[str, WeightFile]:
    """Return model name -> weight file; raises DpmError naming the file that cannot be used."""
    with _manifest(folder) as (path, table):
        return {
            name: WeightFile(
                path=path.parent / os.path.basename(table[name]["file"]),
                sha256=str(table[name]["sha256"]),
                input_px=int(table[name]["input_px"]),
                dims=int(table[name]["dims"]),
                threshold=float(table[name]["threshold"]),
                choice=str(table.get("choice", {}).get("sha256", "")),
            )
            for name in MODELS
        }


@cache
def read_choice(folder: Path | None = None) -> ChoiceFile:
    """Return the weights that choose between the models; raises DpmError."""
    with _manifest(folder) as (path, table):
        entry = table["choice"]
        return ChoiceFile(path.parent / os.path.basename(entry["file"]), str(entry["sha256"]))


@contextmanager
def _manifest(folder: Path | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    path = (folder or find_weights()) / "manifest.toml"
    try:
        yield path, tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise DpmError("manifest_unusable", path=display_name(str(path)), reason=str(error)) from error


def load_cards() -> dict[str, ModelCard]:
    """Return what a run needs to know of each model; raises DpmError."""
    return {
        name: ModelCard(name, file.identity, file.dims, file.threshold)
        for name, file in read_manifest().items()
    }
