"""Which files of a script and its bundle a run translates from Python 2: the same rules, without a run.

A script and the modules at the top of its bundle ran in one interpreter. What only Python 2 accepts makes what imports
it Python 2, and a script in Python 2 makes those modules so, unless one can only be Python 3.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from blobprep import python2_names
from blobprep.lint import Examination, Source
from blobprep.lint.evidence import find_evidence, fits_python2

__all__ = ["Examined", "find_translated"]

Examined = Mapping[str, tuple[Source, Examination]]
"""Python files by name, and what was found in each."""


def find_translated(script: Examined, inside: Examined) -> Iterator[tuple[bool, str]]:
    """Yield the files that a run would translate: whether it is of the bundle, and its name.

    Args:
        script: the script, alone; empty where a bundle is checked by itself.
        inside: the files of the bundle.
    """
    trees = {name: _parse(source) for name, (source, _) in inside.items()}
    old = _find_old_modules(inside, trees)
    beside = False
    for name, (source, examined) in script.items():
        if beside := _is_python2(source, examined, _parse(source), old):
            yield False, name
    for name, (source, examined) in inside.items():
        tree = trees[name]
        follows = beside and "/" not in name and tree is not None and fits_python2(tree)
        if follows or _is_python2(source, examined, tree, old):
            yield True, name


def _parse(source: Source) -> ast.Module | None:
    """Return the tree of what Python 3 accepts, else None."""
    try:
        return ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_python2(source: Source, examined: Examination, tree: ast.Module | None, old: frozenset[str]) -> bool:
    if tree is None:
        codes = {finding.code for finding in examined.findings}
        return not codes & {"BP001", "BP003"} and any(code.startswith("BP1") for code in codes)
    return (bool(old) or python2_names.are_in(source.data)) and find_evidence(tree, old=old) is not None


def _find_old_modules(inside: Examined, trees: Mapping[str, ast.Module | None]) -> frozenset[str]:
    """Return the modules at the top of a bundle that only Python 2 accepts, and those that import such."""
    importers: dict[str, list[str]] = {}
    pending = []
    for name, tree in trees.items():
        module = _module(name)
        if module and tree is None and _is_python2(*inside[name], tree, frozenset()):
            pending.append(module)
        elif module and tree is not None:
            for imported in _imported(tree):
                importers.setdefault(imported, []).append(module)
    old: set[str] = set()
    while pending:
        module = pending.pop()
        old.add(module)
        pending += importers.pop(module, ())
    return frozenset(old)


def _module(name: str) -> str:
    """Return the module that a file at the top of a bundle is: `a.py`, `a/__init__.py`; else nothing."""
    path = PurePosixPath(name.removesuffix("/__init__.py")).with_suffix("")
    return "" if path.parent.name else path.name


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that the top of a source imports."""
    for node in tree.body:
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]
