"""Parameters that take what was given as it is."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.cli import help_pages
from blobprep.cli.app import command

LINES = (
    "run s.py a.csv",
    "run s.py a.csv b.csv --output out/ --param a=1 --param b=2 --format csv -q",
    "run s.py - --timeout 30 --duplicate-suffix 2 --limit memory=1GB --json -vv",
    "run s.py a.csv --config other.toml --second-output --artifact model.pkl --artifact report.txt",
    "ls az://raw/",
    "ls az://raw/ --recursive --account shop --quiet",
)


@pytest.mark.parametrize("line", LINES)
def test_values_are_those_that_typer_makes(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, *arguments = shlex.split(line)

    taken = command().commands[name].make_context(name, list(arguments)).params
    monkeypatch.setattr(help_pages, "spare_validation", lambda parameters: None)
    made = command().commands[name].make_context(name, list(arguments)).params

    assert taken == made
    assert [type(value) for value in taken.values()] == [type(value) for value in made.values()]


def test_a_run_loads_no_validator(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "s.py").write_text("def azureml_main(df):\n    return df,\n")
    code = (
        "import sys\nfrom blobprep.cli import main\n"
        "assert main(['run', 's.py', 'a.csv', '--output', 'out/', '--param', 'a=1', '--quiet']) == 0\n"
        "assert 'pydantic' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
