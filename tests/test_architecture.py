"""The floors of the house: which module may know which, held in the sources and in clean interpreters."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tests.support.sources import PACKAGE, imported_names, module_trees

FLOORS = {
    "locale": 1, "plain": 1, "amount": 1, "wording": 1, "names": 1, "quoted": 1, "errors": 1, "heap": 1,
    "deferred": 1,
    "": 1,
    "pipeline": 2,
    "review": 3, "neural": 3, "state": 3, "report": 3,
    "demo": 3,
    "recycle": 4,
    "worker": 5,
    "tui": 6, "cli": 6, "__main__": 7,
}  # fmt: skip
LINES_AT_MOST = 300
SCREEN = ("textual", "rich", "rich_pixels")
PROBE = """
import importlib, json, sys
wanted, forbidden = json.loads(sys.argv[1])
met = {}
for name in wanted:
    importlib.import_module(name)
    for loaded in list(sys.modules):
        if any(loaded == bad or loaded.startswith(bad + ".") for bad in forbidden):
            met.setdefault(loaded, name)
print(json.dumps(met))
"""


def room(module: str) -> str:
    """Return the package or top module below ``dpm_tui`` that a module belongs to."""
    return [*module.split("."), ""][1]


def modules_in(*rooms: str) -> list[str]:
    """Return every module of some rooms."""
    return [module for module in module_trees() if room(module) in rooms]


def loaded_by(modules: Iterable[str], forbidden: Iterable[str]) -> dict[str, str]:
    """Import in a clean interpreter; return forbidden module -> the one whose import brought it."""
    order = json.dumps([list(modules), list(forbidden)])
    result = subprocess.run(
        [sys.executable, "-c", PROBE, order], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert result.returncode == 0, result.stderr
    met: dict[str, str] = json.loads(result.stdout)
    return met


def ours(*rooms: str) -> list[str]:
    """Return rooms as names to forbid."""
    return [f"dpm_tui.{name}" for name in rooms]


@pytest.mark.parametrize("module", list(module_trees()))
def test_no_import_runs_up(module: str) -> None:
    floor = FLOORS[room(module)]
    for name in imported_names(module):
        if name.split(".")[0] == "dpm_tui":
            assert FLOORS[room(name)] <= floor, f"{module} imports {name}"


def test_rooms_of_one_floor_do_not_import_each_other_in_a_circle() -> None:
    arrows = {
        (room(module), room(name))
        for module in module_trees()
        for name in imported_names(module)
        if name.startswith("dpm_tui.") and FLOORS[room(name)] == FLOORS[room(module)]
    }
    assert {(one, other) for one, other in arrows if one != other and (other, one) in arrows} == set()


@pytest.mark.parametrize("module", list(module_trees()))
def test_outside_libraries_stay_in_their_room(module: str) -> None:
    outside = {name.split(".")[0] for name in imported_names(module)}
    if room(module) != "tui":
        assert outside.isdisjoint(SCREEN)
    if room(module) != "neural":
        assert outside.isdisjoint({"torch", "safetensors"})
    if room(module) != "pipeline":
        assert "cv2" not in outside


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_module_is_too_long_to_be_read(path: object) -> None:
    assert isinstance(path, type(PACKAGE))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_AT_MOST


def test_names_and_errors_know_nothing_of_ours_but_the_sentences() -> None:
    others = ours(*{room(module) for module in module_trees()} - {"", "locale", "names", "errors"})
    assert loaded_by(["dpm_tui.names", "dpm_tui.errors"], others) == {}
    assert {name for name in imported_names("dpm_tui.names") if name.startswith("dpm_tui")} == set()
    assert {name for name in imported_names("dpm_tui.errors") if name.startswith("dpm_tui")} == {
        "dpm_tui.locale"
    }


def test_the_package_itself_imports_nothing() -> None:
    statements = module_trees()["dpm_tui"].body
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in statements)


def test_the_pipeline_is_pure() -> None:
    forbidden = [
        *ours("state", "worker", "recycle", "review", "neural", "tui", "cli", "report"),
        "torch",
        *SCREEN,
    ]
    assert loaded_by(modules_in("pipeline"), forbidden) == {}


def test_the_review_is_pure() -> None:
    forbidden = [*ours("state", "worker", "recycle", "tui", "cli", "neural"), "torch", "cv2", *SCREEN]
    assert loaded_by(modules_in("review"), forbidden) == {}


def test_nothing_below_the_app_loads_torch_or_a_screen_when_imported() -> None:
    below = [module for module in module_trees() if room(module) not in ("tui", "neural", "__main__")]
    children = {"dpm_tui.worker.__main__"}
    assert loaded_by([*sorted(set(below) - children), *children], ["torch", *SCREEN]) == {}


def test_the_list_of_models_is_read_without_torch() -> None:
    assert loaded_by(["dpm_tui.neural", "dpm_tui.neural.manifest"], ["torch", *SCREEN]) == {}


@pytest.mark.parametrize("module", ["dpm_tui.cli", "dpm_tui.worker.client"])
def test_what_starts_the_app_is_light(module: str) -> None:
    assert loaded_by([module], ["torch", "cv2", "dpm_tui.pipeline.decode", *SCREEN]) == {}


def test_the_app_loads_neither_models_nor_decoders_nor_the_bin() -> None:
    forbidden = ["torch", "cv2", "dpm_tui.pipeline.decode", "dpm_tui.recycle.recycle_bin"]
    assert loaded_by(["dpm_tui.tui.app", "dpm_tui.tui.run"], forbidden) == {}


CHANGES = {
    "open", "unlink", "remove", "rename", "replace", "mkdir", "makedirs", "rmdir", "removedirs", "truncate",
    "link", "symlink",
}  # fmt: skip
BY_PATH = {
    ("dpm_tui.state.folder", "open"), ("dpm_tui.state.folder", "mkdir"),
    ("dpm_tui.state.state_folder", "makedirs"), ("dpm_tui.state.decision_file", "open"),
    ("dpm_tui.recycle.plan_file", "open"), ("dpm_tui.recycle.plan_file", "unlink"),
    ("dpm_tui.recycle.recycle_bin", "makedirs"),
}  # fmt: skip
"""Where a folder is opened or made for the first time, and files that a person names."""


@pytest.mark.parametrize("module", modules_in("state", "recycle"))
def test_what_lies_in_folders_of_ours_is_reached_through_their_descriptors(module: str) -> None:
    for node in ast.walk(module_trees()[module]):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, name = node.func.value, node.func.attr
        if not isinstance(owner, ast.Name) or owner.id not in ("os", "shutil"):
            continue
        held = any(str(keyword.arg).endswith("dir_fd") for keyword in node.keywords)
        changes = owner.id == "shutil" or name in CHANGES
        assert held or not changes or (module, name) in BY_PATH, f"{module}:{node.lineno} {name}"
