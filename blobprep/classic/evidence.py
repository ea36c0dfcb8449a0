"""Whether a script is surely of then: it cannot run with the libraries of today as they are.

Only such a script is given what changed without an error, such as the defaults of estimators. One that runs today must
not meet them, however much it looks like one of then: `from_csv` may be a function of its own, and `as_matrix` is
SciPy's. So a name counts only where it can be looked up, in a module that is imported, or where it is a method that
nothing but a frame ever had; and not where the script is prepared that it is missing.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
from collections.abc import Iterator
from typing import Any, Final

from blobprep.classic.runtime.callers import prepared_for

__all__ = ["is_surely_of_then"]

_LIBRARIES: Final = ("matplotlib", "numpy", "pandas", "scipy", "sklearn")

_OF_FRAMES_ALONE: Final = frozenset(
    """
    as_blocks clip_lower clip_upper combineAdd combineMult convert_objects get_dtype_counts get_ftype_counts iget_value
    irow iterkv reindex_axis sortlevel
    """.split()
)
"""Methods of frames and series that they no longer have, and that no other library has or had."""

_INDEXER: Final = "ix"


def is_surely_of_then(text: str, bundle: str | None = None) -> bool:
    """Tell whether a script asks, without being prepared for the answer, for what the installed libraries lack.

    Args:
        text: its source.
        bundle: the folder of its modules, which may hide libraries; None if there are none.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    modules: dict[str, str] = {}  # by the name that the script gives them
    nodes = list(ast.walk(tree))
    return any(
        not prepared_for(text, line, name, errors)
        for line, name, errors in (*_missing_imports(nodes, modules, bundle), *_missing_names(nodes, modules))
    )


_Missing = Iterator[tuple[int, str, tuple[str, ...]]]


def _missing_imports(nodes: list[ast.AST], modules: dict[str, str], bundle: str | None) -> _Missing:
    """Yield the imports of what is not there, and note the modules that are."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if not _is_library(alias.name, bundle):
                    continue
                if _is_missing(alias.name):
                    yield node.lineno, alias.name, ("ModuleNotFoundError", "ImportError")
                else:
                    top = alias.name.partition(".")[0]
                    modules[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and _is_library(node.module, bundle):
            if _is_missing(node.module):
                yield node.lineno, node.module, ("ModuleNotFoundError", "ImportError")
                continue
            for alias in node.names:
                if alias.name != "*" and _lacks(node.module, alias.name):
                    yield node.lineno, alias.name, ("ImportError",)
                elif alias.name != "*" and not _is_missing(f"{node.module}.{alias.name}"):
                    modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"


def _missing_names(nodes: list[ast.AST], modules: dict[str, str]) -> _Missing:
    """Yield the attributes that a module lacks, and those that only frames had."""
    for node in nodes:
        if isinstance(node, ast.Attribute):
            base = node.value
            of_module = isinstance(base, ast.Name) and base.id in modules
            if (of_module and _lacks(modules[base.id], node.attr)) or (not of_module and node.attr in _OF_FRAMES_ALONE):  # type: ignore[attr-defined]
                yield node.lineno, node.attr, ("AttributeError",)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == _INDEXER:
            yield node.lineno, _INDEXER, ("AttributeError",)


def _is_library(name: str, bundle: str | None) -> bool:
    top = name.partition(".")[0]
    hidden = bundle is not None and any(os.path.exists(os.path.join(bundle, top + kind)) for kind in ("", ".py"))
    return top in _LIBRARIES and not hidden


def _is_missing(module: str) -> bool:
    """Return whether a library is installed, and lacks a module; one that is not installed at all proves nothing."""
    top = module.partition(".")[0]
    try:
        return importlib.util.find_spec(top) is not None and importlib.util.find_spec(module) is None
    except ModuleNotFoundError:  # so is the one above it
        return importlib.util.find_spec(top) is not None
    except Exception:  # what a library raises when it is imported is the script's to see
        return False


def _lacks(module: str, name: str) -> bool:
    try:
        loaded: Any = importlib.import_module(module)
        return not hasattr(loaded, name) and _is_missing(f"{module}.{name}")
    except Exception:
        return False
