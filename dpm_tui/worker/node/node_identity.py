"""Node identity: what a node and the worker must have in common for the same results."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from dpm_tui import __version__
from dpm_tui.catalog.formats import name_readers
from dpm_tui.catalog.inspection import VERSION as INSPECTION
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.pipeline.decoding.thumbnail import READER
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge

CLUSTER_VERSION = 1
"""Goes up whenever jobs or answers change."""
PARTS = ("version", "decoders", "models", "judge")
"""What is compared, in the order in which a difference is named."""


def read_own_identity() -> dict[str, str]:
    """Return what this computer has of everything in PARTS.

    A library that decodes counts with its version: another one may read other pixels.
    """
    models = sorted(f"{card.name} {card.identity[:12]}" for card in load_cards().values())
    return {
        "version": f"{__version__}/{CLUSTER_VERSION}",
        "decoders": f"{READER}/simplejpeg {version('simplejpeg')}/{name_readers()}",
        "models": ", ".join(models),
        "judge": f"{AlignedJudge.version}/{INSPECTION}/opencv {version('opencv-python-headless')}",
    }


def find_difference(mine: Mapping[str, str], other: Mapping[str, str]) -> str:
    """Return which of PARTS is the first that differs, empty where none does."""
    return next((part for part in PARTS if mine.get(part) != other.get(part)), "")
