"""Clients of the time call real services; they have another address and key, and nothing else is changed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blobprep.service.configuration import define
from blobprep.service.registry import Services
from tests.service.clients.environments import FOLDER
from tests.service.live import SCRIPTS, Live, serving

HERE = Path(__file__).parent
TOP = HERE.parents[2]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("services")
    columns = {"a": "Double", "b": "Int32", "flag": "Boolean", "name": "String"}
    definitions = [
        define(
            "typed",
            {
                "script": str(SCRIPTS / "typed.py"),
                "columns1": columns,
                "parameters": {"factor": "1"},
                "device": "none",
            },
        ),
        define("failing", {"script": str(SCRIPTS / "failing.py")}),
        define(
            "expressions",
            {"script": str(TOP / "examples/service/expressions.py"), "columns1": {"expression": "String"}},
        ),
    ]
    with serving(Services(definitions), folder) as server:
        yield server


def _played(live: Live, client: str) -> dict[str, Any]:
    urls = json.dumps({service.name: live.address(service.name) for service in live.services})
    python = FOLDER / client / "bin" / "python"
    if not python.exists():
        pytest.skip("`make test-service` sets the clients up")
    command = [str(python), "-W", "ignore", str(HERE / f"with_{client}.py"), urls, json.dumps(dict(live.keys))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_azureml_calls_a_service_and_reads_its_answer(live: Live) -> None:
    told = _played(live, "azureml")

    assert told["one"] == 4.0
    assert told["several"] == [1.1, 4.0]
    assert told["text"] == ["2 * (3 + 4)", "14"]


def test_azureml_tells_why_a_call_failed(live: Live) -> None:
    told = _played(live, "azureml")

    kind, text = told["failing"]
    assert kind == "RuntimeError"
    assert text.startswith("Error 0085: The following error occurred during script evaluation")
    assert "No module named 'no_such_module'" in text
    assert told["refused"] == ["RuntimeError", "Invalid credentials provided."]
    assert told["mismatch"][0] == "ValueError"
    assert "InputMismatchError" in told["mismatch"][1]


def test_azmlclient_calls_a_service_in_both_forms(live: Live) -> None:
    told = _played(live, "azmlclient")

    assert told["table"]["output1"]["columns"] == ["a"]
    assert [row[0] for row in told["table"]["output1"]["data"]] == [1.1, None]
    assert told["swagger"] == told["table"]
    assert told["parameters"]["output1"]["data"][0] == [11.0]
    assert "ModuleExecutionError" in told["failure"][1]
