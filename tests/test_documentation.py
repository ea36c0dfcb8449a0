"""README says what is so: its computed parts are fresh, and it names every command, option, setting, error and exit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep import errors
from blobprep.cli.application import command
from blobprep.cli.exits import EXIT_CODES
from tests.readme import README, renewed

TEXT = README.read_text()
COMMANDS = command().commands
HIDDEN = {"--help", "--install-completion", "--show-completion"}


@pytest.mark.locked
def test_computed_parts_of_readme_are_fresh() -> None:
    assert renewed(TEXT) == TEXT, "run: .venv/bin/python -m tests.readme"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_readme_knows_every_command_and_option(name: str) -> None:
    assert f"`blobprep {name}" in TEXT
    options = {each for option in COMMANDS[name].params for each in option.opts if each.startswith("--")}
    missing = [each for each in options - HIDDEN if not re.search(rf"{each}\b", TEXT)]
    assert missing == []


@pytest.mark.parametrize("code", sorted({*EXIT_CODES.values()}))
def test_readme_knows_every_exit_code(code: int) -> None:
    assert re.search(rf"^\| {code}\b|^\| 130, {code}|^\| {code},", TEXT, re.MULTILINE)


def test_readme_knows_every_error() -> None:
    assert [name for name in errors.__all__ if f"`{name}`" not in TEXT] == []


def test_every_link_of_readme_leads_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT)
    assert targets
    assert [target for target in targets if not (README.parent / target).exists()] == []


def test_python_of_readme_runs(tmp_path: Path) -> None:
    """The blocks run in order, in a folder with the examples, as a newcomer would paste them."""
    script, usage = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[:2]
    (tmp_path / "prep.py").write_text(script)
    (tmp_path / "examples").symlink_to(README.parent / "examples")
    done = subprocess.run(
        [sys.executable, "-c", usage], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "succeeded 4 ['figures/planets.png']"
