from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import blobprep
from tests.private_names import CHECKED, DOCUMENTED, PRIVATE_NAMES, PrivateName, of_this_python

HOUSE = Path(blobprep.__file__).parent
ROOT = Path(__file__).parents[1]
# The overlay's packages have the names that the old SDK had, private ones too.
OVERLAY = HOUSE / "legacy" / "overlay"
# Of these names of others blobprep speaks, and uses none.
SPOKEN_OF = {
    ("lint/machine.py", "pip._internal.main"),
    ("legacy/wire/authentication.py", "azure.storage.common._auth"),
}
SPOKEN_OF |= {
    ("diagnostics/network.py", "_proxy"),
    ("settings/listing.py", "_env"),
    ("lint/entry_point.py", "os._exit"),
}
SPOKEN_OF |= {("tables/codecs/excel/write.py", "_x"), ("sandbox/control_group.py", "_in_bytes")}
SPOKEN_OF |= {  # parts of the old SDK's names, and attributes that decorators give
    ("legacy/names.py", "._http"),
    ("legacy/names.py", "_ERROR_"),
    ("legacy/arguments.py", "_converter"),
    ("legacy/services/containers.py", "_converter"),
    ("legacy/wire/listings.py", "_set_size"),
}

Tree = list[ast.AST]


def nodes(code: str) -> Tree:
    return list(ast.walk(ast.parse(code)))


def is_private(name: str) -> bool:
    return re.search(r"(^|\.)_[a-zA-Z]", name) is not None


def own_names(tree: Tree) -> set[str]:
    """What a module defines itself: functions, classes, arguments, variables, attributes and slots."""
    found: set[str] = set()
    for node in tree:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and of_itself(node):
            found.add(node.attr)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__":
            found.update(str(each.value) for each in ast.walk(node.value) if isinstance(each, ast.Constant))
    return found


def of_itself(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}


def foreign_names(tree: Tree, is_own: Callable[[str], bool], of_the_house: set[str]) -> Iterator[str]:
    """The private names of others in a module: attributes, imports, and texts that could be looked up.

    Args:
        tree: the module's.
        is_own: tells of a name whether an attribute may have it because blobprep gave it.
        of_the_house: names that a text may have, such as those of slots.
    """
    for node in tree:
        if isinstance(node, ast.Attribute):
            name = node.attr
            if is_private(name) and name not in DOCUMENTED and not of_itself(node) and not is_own(name):
                yield name
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("blobprep"):
            yield from filter(is_private, [node.module or "", *(alias.name for alias in node.names)])
        elif isinstance(node, ast.Import):
            yield from filter(is_private, (alias.name for alias in node.names))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if "_" in text and re.fullmatch(r"[\w.]+", text) and is_private(text) and text not in of_the_house:
                yield text


def imported(tree: Tree) -> Iterator[str]:
    """The modules of ours that a module imports from, as paths that may not be there."""
    for node in tree:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("blobprep."):
            path = node.module.removeprefix("blobprep.").replace(".", "/")
            yield from (f"{path}.py", f"{path}/__init__.py")


def in_reach(module: str, imports: dict[str, set[str]]) -> set[str]:
    """A module and those of ours that it imports, and so on: it may have objects of theirs in its hands."""
    found, todo = set(), [module]
    while todo:
        each = todo.pop()
        if each not in found and each in imports:
            found.add(each)
            todo += imports[each]
    return found


def modules() -> dict[str, Tree]:
    paths = (path for path in sorted(HOUSE.rglob("*.py")) if OVERLAY not in path.parents)
    return {path.relative_to(HOUSE).as_posix(): nodes(path.read_text()) for path in paths}


def is_listed(module: str, name: str) -> bool:
    if (module, name) in SPOKEN_OF or (module.startswith("legacy/") and name.startswith("azure.storage.")):
        return True  # the old SDK's modules are blobprep's own
    names = {row.word for row in PRIVATE_NAMES if row.used_in == module}
    return name in names or any(name.startswith(f"{row.name}.") for row in PRIVATE_NAMES if row.used_in == module)


@pytest.mark.parametrize("row", [*of_this_python()], ids=lambda row: row.name)
def test_a_private_name_that_blobprep_leans_on_is_there(row: PrivateName) -> None:
    if row.library == "joblib" and find_spec("joblib") is None:
        pytest.skip("joblib is not installed; it comes with the extra `demo`")
    assert row.exists(), f"{row.name} has moved; {row.used_in} needs it: {row.why}"


def test_every_private_name_in_the_code_has_its_row() -> None:
    trees = modules()
    own = {module: own_names(tree) for module, tree in trees.items()}
    imports = {module: set(imported(tree)) for module, tree in trees.items()}
    of_the_house = set().union(*own.values())
    found = set()
    for module, tree in trees.items():

        def is_own(name: str, module: str = module) -> bool:
            return name in own[module] or any(name in own[each] for each in in_reach(module, imports))

        found |= {(module, name) for name in foreign_names(tree, is_own, of_the_house)}

    assert sorted(each for each in found if not is_listed(*each)) == []
    assert found >= SPOKEN_OF
    # What is found is no less than what is known, so the search has not gone blind.
    assert found >= {
        (row.used_in, row.word) for row in PRIVATE_NAMES if is_private(row.word) and row.library != "typer"
    }


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pandas as pd\npd.core._libs.x", ["_libs"]),
        ("from pyarrow import _csv", ["_csv"]),
        ("import _thread", ["_thread"]),
        ("import importlib\nimportlib.import_module('_socket')", ["_socket"]),
        ("getattr(frame, '_mgr')", ["_mgr"]),
        ("class A:\n    def _own(self): ...\ndef f(a): a._own()", []),
        ("self._value = 1\nother._value", []),
        ("cell._value = 1", ["_value"]),
        ("import os\nos._exit(1)", []),
    ],
)
def test_a_private_name_is_found_however_it_is_used(code: str, found: list[str]) -> None:
    tree = nodes(code)

    assert list(foreign_names(tree, own_names(tree).__contains__, set())) == found


@pytest.mark.parametrize("row", PRIVATE_NAMES, ids=lambda row: row.name)
def test_a_row_is_of_a_name_that_its_module_uses(row: PrivateName) -> None:
    assert re.search(rf"\b{re.escape(row.word)}", (HOUSE / row.used_in).read_text())


def test_the_versions_are_those_that_are_tested() -> None:
    """The lower bound, which `make test-lowest` installs, and the lock's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    lowest = dict(each.split(">=") for each in bounds)
    lock = re.findall(r"^([\w-]+)==([^ ]+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE)
    locked = dict(reversed(lock))  # of several versions the first, which is Python 3.11's
    libraries = set(CHECKED) - {"python"}

    assert {name: CHECKED[name] for name in libraries} == {
        name: (lowest.get(name, ""), locked[name]) for name in libraries
    }, "look at the names of what has changed, then write its version into tests/private_names.py"
    assert {row.library for row in PRIVATE_NAMES} == set(CHECKED)
