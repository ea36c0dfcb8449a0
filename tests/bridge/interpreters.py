"""The interpreters that the tests of the bridge run scripts in.

One is always there: the one that runs the tests, as another interpreter. Those of the time are built by `make
test-classic` below `.venv/classic`; others are named by a variable of the tests, `BLOBPREP_TESTS_INTERPRETERS`, as
paths with `os.pathsep` between them.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import pytest

__all__ = ["ALL", "EVERY", "HERE", "OLD", "bare_python", "of_the_time"]

_CLASSIC: Final = Path(__file__).parents[2] / ".venv" / "classic"
_MORE: Final = os.environ.get("BLOBPREP_TESTS_INTERPRETERS", "")
_FOUND: Final = {
    **{name: str(_CLASSIC / name / "bin" / "python") for name in ("py27", "py36")},
    **{f"more{at}": path for at, path in enumerate(filter(None, _MORE.split(os.pathsep)))},
}

HERE: Final = sys.executable


def _parameter(name: str, path: str, *marks: Any) -> Any:
    missing = not Path(path).exists()
    reason = f"there is no interpreter at {path}; make test-classic builds it"
    return pytest.param(path, id=name, marks=[pytest.mark.skipif(missing, reason=reason), *marks])


OLD: Final = [_parameter(name, path, pytest.mark.slow) for name, path in _FOUND.items()]
"""Interpreters of the time, as parameters; skipped where they are not there."""

ALL: Final = [pytest.param(HERE, id="today"), *OLD]
"""These, and today's."""

EVERY: Final = [pytest.param(HERE, id="today"), *(_parameter(name, path) for name, path in _FOUND.items())]
"""The same, for tests that take no time."""


def of_the_time(name: str) -> str:
    """Return the path of an interpreter of the time, or skip the test."""
    path = _FOUND[name]
    if not Path(path).exists():
        pytest.skip(f"there is no interpreter at {path}; make test-classic builds it")
    return path


def bare_python(version: str) -> str:
    """Return the path of a Python of a version without any packages, or skip the test."""
    pyenv = list((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python{version}"))
    found = shutil.which(f"python{version}")
    if found is not None and "shims" not in found:
        return found
    if not pyenv:
        pytest.skip(f"there is no Python {version} on this machine")
    return str(pyenv[0])
