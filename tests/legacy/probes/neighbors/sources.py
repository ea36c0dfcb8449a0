"""What sister packages import from the old SDK, read from their sources, and how they call it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from blobprep.legacy.names import MODULES, names_of

__all__ = ["Imported", "calls_that_do_not_fit", "imported", "lacking"]

_SDK = "azure.storage.common"


class Imported(NamedTuple):
    """A name that a file imports."""

    file: Path
    module: str
    name: str


def imported(packages: Path) -> Iterator[Imported]:
    """Read what the packages in a folder import from `azure.storage.common` and below."""
    for file, tree in _trees(packages):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith(_SDK):
                yield from (Imported(file, node.module or "", alias.name) for alias in node.names)


def lacking(packages: Path) -> list[str]:
    """Return what they import and the overlay does not have."""
    wanted = {(one.module, one.name) for one in imported(packages)}
    return sorted(f"{module}.{name}" for module, name in wanted if _ours(module, name) is None)


def calls_that_do_not_fit(packages: Path) -> list[str]:
    """Return the calls of what they import that the overlay's functions and classes do not take."""
    told = []
    for file, tree in _trees(packages):
        names = {one.name: _ours(one.module, one.name) for one in imported(file)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and not any(isinstance(arg, ast.Starred) for arg in node.args):
                called = _called(node.func, names)
                named = {keyword.arg: None for keyword in node.keywords}
                if callable(called) and None not in named and not _fits(called, len(node.args), named):
                    told.append(f"{file.name}:{node.lineno}: {ast.unparse(node)}")
    return told


def _trees(packages: Path) -> Iterator[tuple[Path, ast.Module]]:
    # An encoding with a mark at its start, since Windows wrote some.
    files = [packages] if packages.is_file() else sorted((packages / "azure").rglob("*.py"))
    yield from ((file, ast.parse(file.read_text("utf-8-sig"))) for file in files)


def _called(function: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(function, ast.Name):
        return names.get(function.id)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return getattr(names.get(function.value.id), function.attr, None)
    return None


def _fits(called: Any, count: int, named: dict[str, None]) -> bool:
    try:
        inspect.signature(called).bind(*[None] * count, **named)
    except TypeError:
        return False
    except ValueError:  # a class of C, such as `str`
        return True
    return True


def _ours(module: str, name: str) -> Any:
    rows = {row.theirs: row for row in names_of(module)} if module in MODULES else {}
    return getattr(import_module(rows[name].source), rows[name].ours) if name in rows else None
