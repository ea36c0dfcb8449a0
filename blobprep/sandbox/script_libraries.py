"""The libraries that a script names at its top, which the template of its children may import in advance. Pure."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Final

__all__ = ["libraries_at_top"]

_SURVIVING: Final = ("matplotlib", "scipy", "seaborn", "sklearn", "statsmodels")
"""Libraries that are known to survive a fork, and that keep nothing which a confined child replaces: sockets, maps and
locks. A module zip may hide any of them, so they are imported in advance only where there is none."""


@lru_cache(maxsize=64)  # a pool is given the same scripts again and again
def libraries_at_top(source: bytes) -> frozenset[str]:
    r"""Return the names of modules that a script imports first of all, as far as they can be imported in advance.

    >>> sorted(libraries_at_top(b"import os, matplotlib.pyplot as plt\nfrom sklearn.svm import SVC"))
    ['matplotlib.pyplot', 'sklearn.svm']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # running it says why
        return frozenset()
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            names.update(name.name for name in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            names.add(statement.module)
    return frozenset(name for name in names if name.partition(".")[0] in _SURVIVING)
