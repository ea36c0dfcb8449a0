"""What is installed, read from the names of the folders that installers leave beside it.

`importlib.metadata` takes 10 ms to import and to find the same, in the parent and in the child of every run.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator

__all__ = ["installed_version"]

_KINDS = ("dist-info", "egg-info")


@functools.cache
def installed_version(name: str) -> str:
    """Return the version of an installed distribution; empty if there is none, or its folder does not say.

    >>> installed_version("no-such-distribution")
    ''
    """
    wanted = _normal(name)
    for folder in filter(lambda item: isinstance(item, str), sys.path):  # a script may put anything there
        for entry in _entries(folder):
            stem, _, kind = entry.rpartition(".")
            found, _, version = stem.partition("-")
            if kind in _KINDS and version and _normal(found) == wanted:
                return version.partition("-")[0]  # what else is there is the version of Python
    return ""


def _normal(name: str) -> str:
    """Return a name as all its spellings are compared."""
    return name.lower().replace("-", "_").replace(".", "_")


def _entries(folder: str) -> Iterator[str]:
    try:
        yield from os.listdir(folder or os.curdir)  # noqa: PTH208  paths take as long to make as all the rest
    except (OSError, ValueError):  # there is none, or it is a zip
        return
