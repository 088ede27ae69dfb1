"""The sources of the package, parsed: tests read from them what no run would show."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "dpm_tui"


def module_name(path: Path) -> str:
    """Return the dotted name of a module of the package."""
    parts = ("dpm_tui", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def module_trees() -> dict[str, ast.Module]:
    """Return module name -> its syntax tree, for every module of the package."""
    return {
        module_name(path): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imported_names(module: str) -> Iterator[str]:
    """Yield every module of ours that ``module`` imports, at its top or inside a function."""
    for node in ast.walk(module_trees()[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in module_trees() else node.module


def literal_calls(names: frozenset[str], position: int = 0) -> Iterator[tuple[str, str]]:
    """Yield module and literal argument at ``position`` of each call of a function or method so named."""
    for module, tree in module_trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or len(node.args) <= position:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            argument = node.args[position]
            if called in names:
                for part in (
                    (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
                ):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield module, part.value
