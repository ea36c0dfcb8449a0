"""The bridge's modules are valid for Python 2.7 and all later versions, and import nothing but what is there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import blobprep.bridge
from tests.bridge.interpreters import bare_python

FOLDER = Path(blobprep.bridge.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
LATER = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom, ast.AsyncFunctionDef, ast.Match)
ALLOWED = {"numpy", "pandas", "matplotlib", "pytz"}
COMPILING = "import sys\nfor name in sys.argv[1:]:\n    compile(open(name).read(), name, 'exec')\n"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_has_no_syntax_of_later_versions(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text())):
        assert not isinstance(node, LATER), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert node.returns is None, node.name
            assert arguments.kwonlyargs + arguments.posonlyargs == [], node.name
            assert all(argument.annotation is None for argument in arguments.args), node.name
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, ast.ClassDef):
            assert node.bases, f"{node.name} would be an old class in Python 2"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_imports_the_standard_library_numpy_and_pandas_only(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            assert name.partition(".")[0] in sys.stdlib_module_names | ALLOWED, name


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.12", "3.13"])
def test_the_modules_are_programs_in_every_version_that_is_here(version: str) -> None:
    subprocess.run([bare_python(version), "-c", COMPILING, *map(str, MODULES)], check=True)
