"""``dpm-tui doctor [DIR]``: checks terminal, devices, formats, models and the state of a folder."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator

import numpy
import PIL
from PIL import features

from dpm_tui import __version__
from dpm_tui.catalog.formats import EXTRAS, is_installed
from dpm_tui.cli.folder import find_bin, find_layout, find_others
from dpm_tui.cli.sandbox_check import check_sandbox
from dpm_tui.cli.terminal_check import Check, check_terminal
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.neural.model_manifest import ChoiceFile, WeightFile, read_choice, read_manifest
from dpm_tui.recycle.repair.check_bins import check_bins
from dpm_tui.shell_commands import with_place
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.doctor.check_state import check_state, lock_for_repair, repair_findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR and ``--repair``."""
    text = translate("cli.doctor_folder_help")
    parser.add_argument("folder", metavar="DIR", nargs="?", default="", help=text)
    parser.add_argument("--repair", action="store_true", help=translate("cli.repair_help"))


def run(options: argparse.Namespace) -> int:
    """Print the findings; return exit code 5 for damaged state, 1 for any other problem, else 0."""
    layout = find_layout(options) if options.folder else None
    here = (layout.root, layout.thumbnails) if layout else (os.fsencode(os.path.dirname(__file__)), b"")
    checks = [*_check_program(), *check_sandbox(*here), *check_terminal(layout), *_check_models()]
    for good, text in checks:
        _say(good, text)
    code = ExitCode.DONE if all(good for good, _ in checks) else ExitCode.FAILED
    if layout is None:
        return code
    if not os.path.lexists(layout.folder):
        _say(True, translate("cli.doctor_no_state", path=display_name(layout.root)))
        return code
    findings = _check_folder(layout)
    for finding in findings:
        _print_finding(finding)
    if all(finding.good for finding in findings):
        return code
    if not options.repair:
        print(with_place(translate("cli.doctor_repair_hint")))
        return ExitCode.DAMAGED
    return _repair(layout)


def _check_folder(layout: Layout) -> list[Finding]:
    """Return every finding about the state of a folder, in the order in which they are printed."""
    return [
        *check_state(layout),
        *check_bins(layout.root, shared=layout.shared_bin, others=find_others(layout)),
    ]


def _repair(layout: Layout) -> int:
    """Repair under the lock what is not good; return the exit code after another check."""
    print(translate("cli.doctor_repairing"))
    lock = lock_for_repair(layout)
    try:
        for finding in repair_findings(_check_folder(layout)):
            _print_finding(finding)
        _recover(layout)
        left = [finding for finding in _check_folder(layout) if not finding.good]
    finally:
        lock.release()
    for finding in left:
        _print_finding(finding)
    print(translate("cli.doctor_left" if left else "cli.doctor_repaired"))
    return ExitCode.DAMAGED if left else ExitCode.DONE


def _recover(layout: Layout) -> None:
    """Finish what a crash left half done in the recycle bin, as every worker does at its start."""
    recovery = find_bin(layout).recover()
    if recovery:
        _say(True, translate("recycle.recovered", count=recovery.count))


def _say(good: bool, text: str) -> None:
    print(f"{'ok ' if good else '!! '} {text}")


def _print_finding(finding: Finding) -> None:
    _say(finding.good, translate(f"doctor.{finding.key}", **finding.values))
    if finding.remedy:
        print(f"    {translate(f'doctor.{finding.remedy}', **finding.values)}")


def _check_program() -> Iterator[Check]:
    python = ".".join(map(str, sys.version_info[:3]))
    packages = f"Pillow {PIL.__version__}, numpy {numpy.__version__}"
    yield True, f"dpm-tui {__version__}, Python {python}, {packages}"
    formats = ["JPEG", "PNG", "GIF", "BMP", "TIFF", "HEIC", "PSD"]
    formats += [name for name in ("webp", "avif") if features.check(name)]
    formats += ["JPEG2000"] if features.check("jpg_2000") else []
    formats += [each.words[0] for extra, each in EXTRAS.items() if is_installed(extra)]
    yield True, translate("cli.doctor_formats", formats=" ".join(formats).upper())
    for extra in EXTRAS:
        if not is_installed(extra):
            kind = translate(f"decode.kind_{extra}")
            yield True, translate("decode.needs_extra", kind=kind, extra=extra)


def _check_models() -> Iterator[Check]:
    try:
        files: dict[str, WeightFile | ChoiceFile] = {**read_manifest(), "choice": read_choice()}
        for name, file in files.items():
            good = hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256
            key = "cli.doctor_model" if good else "cli.doctor_model_changed"
            yield good, translate(key, name=name, path=display_name(str(file.path)))
        from dpm_tui.neural.embedder import describe_devices

        version, devices = describe_devices()
    except (DpmError, OSError, ImportError) as error:
        yield False, str(error)
        return
    yield True, translate("cli.doctor_devices", version=version, devices=", ".join(devices))
