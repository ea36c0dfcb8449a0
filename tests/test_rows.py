"""The table of tests of which `make test` runs some rows only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.rows import EVERY, is_left_out

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("test", EVERY)
def test_each_name_of_the_table_is_a_test_with_rows(test: str) -> None:
    file, _, name = test.partition("::")
    functions = [node for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)]

    (function,) = [node for node in functions if node.name == name]

    assert any("parametrize" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_a_row_is_left_out_by_its_places() -> None:
    test = next(test for test, every in EVERY.items() if every == 2)

    assert not is_left_out(test, {"a": 1, "b": 1})
    assert is_left_out(test, {"a": 1, "b": 2})
    assert not is_left_out("tests/test_rows.py::test_of_all_rows", {"a": 1})
