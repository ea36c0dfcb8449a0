"""The table of removals against the installed libraries: what it calls removed is gone, and replacements exist."""

from __future__ import annotations

import builtins
import importlib
import inspect
import sys
import types
import warnings
from typing import Any

import matplotlib as mpl
import pytest

from blobprep.lint.codes import CODES
from blobprep.lint.removal_table import REMOVED, RemovedName
from blobprep.lint.removed_learning import MOVED_TO_MODEL_SELECTION
from blobprep.lint.removed_python import BUILTINS
from tests.checks.calls import CALLS

pytestmark = pytest.mark.locked

ROWS = REMOVED.rows
NAMES = [each for each in REMOVED.gone if not each.keyword]
ARGUMENTS = [each for each in REMOVED.gone if each.keyword]


def shown(each: RemovedName) -> str:
    return f"{each.path}({each.keyword}{'' if each.value is None else '=' + each.value})" if each.keyword else each.path


@pytest.fixture(autouse=True)
def quiet():
    """Libraries warn of much when they are looked through, and draw figures."""
    mpl.use("agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def found(path: str) -> Any:
    """Return what has a full name; raises where there is nothing."""
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            value = getattr(value, part)
        return value
    raise ImportError(path)


@pytest.mark.parametrize("each", NAMES, ids=shown)
def test_what_is_called_gone_is_gone(each: RemovedName) -> None:
    paths = [each.path.replace("*", kind) for kind in ("DataFrame", "Series")] if "*" in each.path else [each.path]
    for path in paths:
        with pytest.raises((ImportError, AttributeError)):
            found(path)


@pytest.mark.parametrize("each", ARGUMENTS, ids=shown)
def test_an_argument_that_is_called_gone_is_refused(each: RemovedName) -> None:
    call = CALLS.get(shown(each))
    if call is None and each.path.startswith("sklearn.grid_search."):
        with pytest.raises((ImportError, AttributeError)):  # the argument went with its module
            found(each.path)
    elif call is None:
        kind = found(each.path.replace("pandas.*", "pandas.DataFrame"))
        signature = inspect.signature(kind)
        assert each.keyword not in signature.parameters
        assert not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in signature.parameters.values())
    else:
        with pytest.raises((TypeError, ValueError, AttributeError)) as raised:
            call()
        assert each.keyword in str(raised.value) or each.value is not None or "No group keys" in str(raised.value)


@pytest.mark.parametrize("path", sorted({path for row in ROWS for path in row.new.split()}))
def test_what_takes_its_place_is_there(path: str) -> None:
    assert found(path) is not None


def test_builtins_of_python_2_are_gone_and_what_takes_their_place_is_there() -> None:
    for name, (_, same) in BUILTINS.items():
        assert not hasattr(builtins, name)
        assert not same or found(same if "." in same else f"builtins.{same}")


def test_what_moved_to_model_selection_is_there() -> None:
    module = importlib.import_module("sklearn.model_selection")
    assert [name for name in MOVED_TO_MODEL_SELECTION if not hasattr(module, name)] == []


def test_every_row_has_a_code_and_a_way_that_exists() -> None:
    from blobprep.lint import rewrites

    ways = set(rewrites.REWRITES) | set(rewrites.OTHER_WAYS)
    for row in ROWS:
        assert row.code in CODES
        assert not row.rewrite or row.rewrite.partition(":")[0] in ways, row


def test_a_removal_in_a_later_python_is_not_reported_yet() -> None:
    for row in ROWS:
        if row.code in ("BP115", "BP116"):
            assert tuple(int(part) for part in row.since.split(".")) <= sys.version_info


def test_modules_are_modules() -> None:
    """A way that moves a module leads to one."""
    for row in ROWS:
        way, _, new = row.rewrite.partition(":")
        if way == "module":
            assert isinstance(importlib.import_module(new), types.ModuleType)
