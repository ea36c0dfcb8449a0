"""What the doctor says of another interpreter, each really started."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.diagnostics import StepFinding
from blobprep.diagnostics.examination import doctor
from blobprep.settings import Workspace
from tests.bridge.interpreters import ALL, HERE, bare_python

pytestmark = pytest.mark.landlock


def finding_of(interpreter: str, settings: str = "") -> StepFinding:
    path = Path("blobprep.toml")
    path.write_text(settings)
    (finding,) = doctor(interpreter=interpreter, workspace=Workspace(config=path))
    return finding


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("interpreter", ALL)
def test_an_interpreter_that_has_all_is_named_with_its_versions(interpreter: str) -> None:
    finding = finding_of(interpreter)

    assert finding.mark == "ok", finding
    assert finding.text.startswith(f'scripts can run in {interpreter} at isolation "strict": CPython ')
    assert "with pandas " in finding.text


def test_at_level_off_it_is_examined_in_a_process() -> None:
    assert 'at isolation "process"' in finding_of(HERE, '[script]\nisolation = "off"\n').text


def test_an_interpreter_without_pandas_lacks_it() -> None:
    finding = finding_of(bare_python("3.9"))

    assert (finding.mark, finding.error) == ("fail", "InterpreterUnusable")
    assert "it has no numpy that can be imported" in finding.text
    assert finding.remedy == "install there what is missing, or name another interpreter"


def test_what_a_program_says_that_is_no_python_is_the_cause() -> None:
    finding = finding_of("/bin/cat")

    assert "ended with status 1 before it had begun" in finding.text
    assert finding.cause.startswith("it said: ")


@pytest.mark.parametrize(
    ("interpreter", "told"),
    [
        ("/nowhere/python", "there is no interpreter at /nowhere/python"),
        ("nonsense", "'nonsense' is not the name of a conda environment"),
        ("./shim", "is a script that starts an interpreter"),
        ("./plain", "is not a file that you may execute"),
        ("./text", "is not a program of this system"),
    ],
)
def test_what_is_no_interpreter_is_told_without_starting_anything(interpreter: str, told: str) -> None:
    Path("shim").write_text("#!/bin/sh\ntouch started\n")
    Path("text").write_text("no program")
    Path("plain").write_text("")
    for name in ("shim", "text"):
        Path(name).chmod(0o755)

    finding = finding_of(interpreter)

    assert (finding.mark, finding.error) == ("fail", "InterpreterUnusable")
    assert told in finding.text
    assert not Path("started").exists()


def test_the_one_that_the_settings_name_is_examined_with_the_rest() -> None:
    Path("blobprep.toml").write_text('[script]\ninterpreter = "/nowhere/python"\n')

    diagnosis = doctor(workspace=Workspace(config=Path("blobprep.toml")))

    assert [finding.text for finding in diagnosis if finding.topic == "interpreter"] == [
        "there is no interpreter at /nowhere/python"
    ]
