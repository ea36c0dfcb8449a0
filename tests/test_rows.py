"""The table of tests of which `make test` runs some rows only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.rows import EVERY, left_out

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("test", EVERY)
def test_each_name_of_the_table_is_a_test_with_rows(test: str) -> None:
    file, _, name = test.partition("::")
    functions = [node for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)]

    (function,) = [node for node in functions if node.name == name]

    assert any("parametrize" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_every_nth_row_is_run_and_the_first_one_is_among_them() -> None:
    test = next(test for test, every in EVERY.items() if every == 2)
    rows = [(("a", at), ("b", at)) for at in range(5)]

    assert left_out(test, rows[::-1]) == {rows[1], rows[3]}
    assert left_out(test, rows[1:2]) == set()
    assert left_out("tests/test_rows.py::test_of_all_rows", rows) == set()


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize(("letter", "code"), [("a", 1), ("b", 2)])
def test_pytest_gives_each_row_places_that_no_other_one_has(
    letter: str, code: int, number: int, request: pytest.FixtureRequest
) -> None:
    items = [item for item in request.session.items if item.nodeid.startswith(request.node.nodeid.partition("[")[0])]
    places = {tuple(sorted(item.callspec.indices.items())) for item in items}  # type: ignore[attr-defined]

    assert len(places) == len(items)
