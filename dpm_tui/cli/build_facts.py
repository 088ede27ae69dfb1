"""Build facts: the versions of this program and of what it stands on, and its models, for a bug report."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from dpm_tui import __version__
from dpm_tui.catalog.formats import name_readers
from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.neural.model_manifest import read_choice, read_manifest

_PACKAGES = {
    "torch": ("torch",),
    "Pillow": ("pillow",),
    "OpenCV": ("opencv-python-headless", "opencv-python", "opencv-contrib-python-headless"),
    "textual": ("textual",),
    "numpy": ("numpy",),
}
"""Names for a person -> packages that may bring it, whose versions are read without loading them."""
_DIGITS = 12


def list_build_facts() -> list[str]:
    """Return a line each: the program, what it runs on, its packages, readers of formats, and its models."""
    packages = (f"{name} {_version_of(names)}" for name, names in _PACKAGES.items())
    return [
        f"dpm-tui {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        ", ".join(packages),
        translate("cli.build_formats", readers=name_readers() or "-"),
        translate("cli.build_models", models=", ".join(_models())),
    ]


def _version_of(packages: tuple[str, ...]) -> str:
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "-"


def _models() -> Iterator[str]:
    """Yield each model with the beginning of its digest, as the manifest says."""
    try:
        files = {
            **{name: file.sha256 for name, file in read_manifest().items()},
            "choice": read_choice().sha256,
        }
    except (DpmError, OSError) as error:
        yield str(error)
        return
    yield from (f"{name} {sha256[:_DIGITS]}" for name, sha256 in files.items())
