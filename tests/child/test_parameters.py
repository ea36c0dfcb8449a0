"""Parameters as environment variables of the script."""

from __future__ import annotations

import os

import pytest

from blobprep.bridge.script import parameter_variables
from blobprep.child.script.parameters import set_parameters


def test_a_parameter_is_a_variable_while_the_script_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOBPREP_PARAMETER_YEAR", "before")
    monkeypatch.delenv("BLOBPREP_PARAMETER_REGION", raising=False)

    with set_parameters({"YEAR": "2024", "REGION": "west"}):
        during = [os.environ[f"BLOBPREP_PARAMETER_{name}"] for name in ("YEAR", "REGION")]

    assert during == ["2024", "west"]
    assert os.environ["BLOBPREP_PARAMETER_YEAR"] == "before"
    assert "BLOBPREP_PARAMETER_REGION" not in os.environ


@pytest.mark.parametrize("name", ["", "a=b", "a b", "a\n", "größe", "a\0"])
def test_a_name_that_no_variable_can_have_has_none(name: str) -> None:
    assert parameter_variables({name: "x"}) == {}


def test_a_value_that_no_variable_can_hold_has_none() -> None:
    assert parameter_variables({"a": "x\0y", "b": "x\ny"}) == {"BLOBPREP_PARAMETER_b": "x\ny"}
