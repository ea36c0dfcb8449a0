"""Recordings are written so that a difference between two is a line for each case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.legacy.lines import in_lines
from tests.legacy.probes.comparing import GOLDEN

_OF_MODELS = Path(__file__).parent / "models"


def test_each_case_has_a_line_of_its_own() -> None:
    assert in_lines({"b": {"y": 1, "x": [2]}, "a": "ä"}) == '{\n"a": "\\u00e4",\n"b": {"x": [2], "y": 1}\n}\n'


def test_cases_may_be_further_down() -> None:
    assert in_lines({"calls": {"put": {"x": 1}, "get": 2}}, 2) == '{\n"calls": {\n"get": 2,\n"put": {"x": 1}\n}\n}\n'


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        *(pytest.param(path, 1, id=path.stem) for path in sorted(GOLDEN.glob("*.json"))),
        *(pytest.param(path, 2, id=path.stem) for path in sorted(_OF_MODELS.glob("golden_*.json"))),
    ],
)
def test_recordings_are_as_they_are_written(path: Path, depth: int) -> None:
    text = path.read_text(encoding="utf-8")

    assert in_lines(json.loads(text), depth) == text
