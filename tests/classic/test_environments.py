"""Environments of the time are built from locks, where there is a Python of the time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.classic.environments import ENVIRONMENTS, build, variables

_REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "classic"


def test_one_whose_python_is_not_here_is_left_out_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    built = build(tmp_path)

    assert built == {}
    said = capsys.readouterr().out
    assert "py27: left out, there is no Python 2.7 here" in said
    assert "py36: left out, there is no Python 3.6 here" in said


def test_a_python_on_the_path_that_is_another_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretender = tmp_path / "python2.7"
    pretender.write_text("#!/bin/sh\necho 3.11\n")
    pretender.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert build(tmp_path) == {}
    assert "py27: left out" in capsys.readouterr().out


def test_one_that_its_lock_describes_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for environment in ENVIRONMENTS:
        home = tmp_path / environment.name
        home.mkdir()
        (home / ".installed").write_text((_REQUIREMENTS / f"{environment.name}.txt").read_text())

    assert build(tmp_path) == {one.name: tmp_path / one.name / "bin" / "python" for one in ENVIRONMENTS}


def test_nothing_of_this_python_reaches_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/here")
    monkeypatch.setenv("VIRTUAL_ENV", "/there")

    passed = variables()

    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & passed.keys()
    assert passed["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: environment.name)
def test_what_an_environment_is_said_to_have_is_locked_with_hashes(environment) -> None:  # type: ignore[no-untyped-def]
    lock = (_REQUIREMENTS / f"{environment.name}.txt").read_text()

    locked = {name.lower(): version for name, version in re.findall(r"^([\w-]+)==(\S+) \\$", lock, re.MULTILINE)}

    said = dict(one.split() for one in environment.libraries.split(", "))
    assert said.items() <= locked.items()
    assert lock.count("--hash=sha256:") >= len(locked)
