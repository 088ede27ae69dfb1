"""The floors of the house: which module may know which, held in the sources and in clean interpreters."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.support.sources import PACKAGE, imported_names, module_trees

FLOORS = {
    "locale": 1, "dataclass_json": 1, "units": 1, "text_format": 1, "file_names": 1, "shell_commands": 1,
    "errors": 1, "memory": 1, "deferred_text": 1, "lru_cache": 1, "html_template": 1, "path_keys": 1,
    "path_order": 1, "": 1,
    "catalog": 2,
    "pipeline": 3, "review": 3, "report": 3,
    "state": 4, "neural": 4, "demo": 4,
    "recycle": 5,
    "worker": 6,
    "review_session": 7,
    "tui": 8, "cli": 8, "web": 8, "__main__": 9,
}  # fmt: skip
MAX_LINES = 300
MIN_FILES, MAX_FILES = 3, 16
SMALL_FOLDERS = {"dpm_tui.tui", "dpm_tui.recycle"}
SCREEN = ("textual", "rich", "rich_pixels", "textual_image")
SERVER = ("textual_serve", "aiohttp")
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


def package_of(module: str) -> str:
    """Return the package or top module below ``dpm_tui`` that a module belongs to."""
    return [*module.split("."), ""][1]


def modules_in(*packages: str) -> list[str]:
    """Return every module of some packages."""
    return [module for module in module_trees() if package_of(module) in packages]


def loaded_by(modules: Iterable[str], forbidden: Iterable[str]) -> dict[str, str]:
    """Import in a clean interpreter; return forbidden module -> the one whose import brought it.

    What is forbidden must exist: else a module that was renamed would be allowed from then on.
    """
    forbidden = list(forbidden)
    ours = [name for name in forbidden if name.startswith("dpm_tui.")]
    assert set(ours) <= set(module_trees()), set(ours) - set(module_trees())
    order = json.dumps([list(modules), forbidden])
    result = subprocess.run(
        [sys.executable, "-c", PROBE, order], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert result.returncode == 0, result.stderr
    met: dict[str, str] = json.loads(result.stdout)
    return met


def named(*packages: str) -> list[str]:
    """Return packages as names to forbid."""
    return [f"dpm_tui.{name}" for name in packages]


def ours_imported_by(module: str) -> set[str]:
    """Return the modules of ours that a module imports, in functions and for type checking as well."""
    return {name for name in imported_names(module) if name in module_trees() and name != module}


def folder_of(module: str) -> str:
    """Return the folder that a module lies in."""
    return module.rpartition(".")[0]


def top_of(name: str) -> str:
    """Return the library that a name belongs to."""
    return name.split(".")[0]


def is_package(module: str) -> bool:
    """Return whether a module is the ``__init__`` of a folder."""
    return any(other.startswith(module + ".") for other in module_trees())


FOLDERS = {folder_of(module) for module in module_trees() if not is_package(module)}


def room_of(module: str) -> str:
    """Return what a module belongs to: its folder, or itself where it lies beside folders."""
    folder = folder_of(module)
    return module if any(other.startswith(folder + ".") for other in FOLDERS) else folder


def circle_in(arrows: Mapping[str, set[str]]) -> list[str]:
    """Return one circle of arrows, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_import_runs_up() -> None:
    up = [
        f"{module} imports {name}"
        for module in module_trees()
        for name in ours_imported_by(module)
        if FLOORS[package_of(name)] > FLOORS[package_of(module)]
    ]
    assert up == []


def test_no_circle_of_files() -> None:
    assert circle_in({module: ours_imported_by(module) for module in module_trees()}) == []


def test_no_circle_of_folders() -> None:
    arrows: dict[str, set[str]] = defaultdict(set)
    for module in module_trees():
        if not is_package(module):
            others = {room_of(name) for name in ours_imported_by(module) if not is_package(name)}
            arrows[room_of(module)] |= others - {room_of(module)}
    assert circle_in(arrows) == []


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    sizes = Counter(folder_of(module) for module in module_trees() if not is_package(module))
    assert {folder: size for folder, size in sizes.items() if size > MAX_FILES} == {}
    small = {folder for folder, size in sizes.items() if size < MIN_FILES}
    assert small - SMALL_FOLDERS - {"dpm_tui.locale", ""} == set()


def test_no_module_is_too_long_to_be_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > MAX_LINES} == {}


def test_outside_libraries_stay_in_their_package() -> None:
    homes = {**dict.fromkeys(SCREEN, "tui"), "torch": "neural", "safetensors": "neural", "cv2": "pipeline"}
    homes |= {**dict.fromkeys(SERVER, "web"), "distributed": "worker"}
    strays = [
        f"{module} imports {name}"
        for module in module_trees()
        for name in imported_names(module)
        if homes.get(name.split(".")[0], package_of(module)) != package_of(module)
    ]
    assert strays == []


def test_only_the_cluster_knows_dask() -> None:
    """Whoever has not installed the extra must be able to import everything else."""
    users = {module for module in module_trees() if "distributed" in {*map(top_of, imported_names(module))}}
    assert users
    assert {folder_of(module) for module in users} == {"dpm_tui.worker.cluster", "dpm_tui.worker.node"}


@pytest.mark.slow
def test_a_worker_without_a_cluster_does_not_load_dask() -> None:
    assert loaded_by(["dpm_tui.worker.server.root_service"], ["distributed"]) == {}


@pytest.mark.slow
def test_the_review_and_the_reports_need_nothing_of_the_pipeline() -> None:
    forbidden = named("pipeline")
    assert loaded_by(modules_in("review", "report"), forbidden) == {}


@pytest.mark.slow
def test_names_and_errors_know_nothing_of_ours_but_the_sentences() -> None:
    others = {package_of(module) for module in module_trees()} - {"", "locale", "file_names", "errors"}
    assert loaded_by(named("file_names", "errors"), named(*others)) == {}
    assert ours_imported_by("dpm_tui.file_names") == set()
    assert ours_imported_by("dpm_tui.errors") == {"dpm_tui.locale"}


def test_the_package_itself_imports_nothing() -> None:
    statements = module_trees()["dpm_tui"].body
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in statements)


@pytest.mark.slow
def test_the_pipeline_is_pure() -> None:
    above = named("state", "worker", "recycle", "review", "neural", "tui", "cli", "report")
    assert loaded_by(modules_in("pipeline"), [*above, "torch", *SCREEN]) == {}


@pytest.mark.slow
def test_the_review_is_pure() -> None:
    others = named("state", "worker", "recycle", "tui", "cli", "neural")
    assert loaded_by(modules_in("review"), [*others, "torch", "cv2", *SCREEN]) == {}


@pytest.mark.slow
def test_the_review_with_its_worker_knows_nobody_who_shows_it() -> None:
    others = named("tui", "cli", "recycle.recycle_bin")
    assert loaded_by(modules_in("review_session"), [*others, "torch", "cv2", *SCREEN]) == {}


@pytest.mark.slow
def test_nothing_below_the_app_loads_torch_or_a_screen_when_imported() -> None:
    above = ("tui", "web", "neural", "__main__")
    below = [module for module in module_trees() if package_of(module) not in above]
    children = {"dpm_tui.worker.__main__"}
    assert loaded_by([*sorted(set(below) - children), *children], ["torch", *SCREEN, *SERVER]) == {}


@pytest.mark.slow
def test_the_list_of_models_is_read_without_torch() -> None:
    assert loaded_by(["dpm_tui.neural", "dpm_tui.neural.model_manifest"], ["torch", *SCREEN]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("module", ["dpm_tui.cli", "dpm_tui.worker.client"])
def test_what_starts_the_app_is_light(module: str) -> None:
    assert loaded_by([module], ["torch", "cv2", "dpm_tui.pipeline.decoding.thumbnail", *SCREEN]) == {}


@pytest.mark.slow
def test_the_app_loads_neither_models_nor_decoders_nor_the_bin() -> None:
    forbidden = ["torch", "cv2", "dpm_tui.pipeline.decoding.thumbnail", "dpm_tui.recycle.recycle_bin"]
    assert loaded_by(["dpm_tui.tui.app", "dpm_tui.tui.launch"], forbidden) == {}


CHANGES = {
    "open", "unlink", "remove", "rename", "replace", "mkdir", "makedirs", "rmdir", "removedirs", "truncate",
    "link", "symlink",
}  # fmt: skip
BY_PATH = {
    ("dpm_tui.state.disk.held_folder", "open"), ("dpm_tui.state.disk.held_folder", "mkdir"),
    ("dpm_tui.state.disk.private_folder", "makedirs"), ("dpm_tui.state.review.decision_export", "open"),
    ("dpm_tui.recycle.moving.plan_file", "open"), ("dpm_tui.recycle.moving.plan_file", "unlink"),
    ("dpm_tui.recycle.recycle_bin", "makedirs"),
}  # fmt: skip
"""Where a folder is opened or made for the first time, and files that a person names."""


def test_what_lies_in_folders_of_ours_is_reached_through_their_descriptors() -> None:
    found = [
        f"{module}:{node.lineno} {node.func.attr}"
        for module in modules_in("state", "recycle")
        for node in ast.walk(module_trees()[module])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("os", "shutil")
        and (node.func.value.id == "shutil" or node.func.attr in CHANGES)
        and not any(str(keyword.arg).endswith("dir_fd") for keyword in node.keywords)
        and (module, node.func.attr) not in BY_PATH
    ]
    assert found == []
