"""The examples and the demonstration run as their pages say."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from blobprep import demonstration

TOP = Path(__file__).parents[1]
LINES = re.findall(r"\| `(blobprep run [^`]+)` \|", (TOP / "examples" / "README.md").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TOP / "examples", tmp_path / "examples")
    return tmp_path


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("line", LINES)
def test_an_example_runs_as_its_line_says(line: str, folder: Path) -> None:
    _, *arguments = shlex.split(line)

    told = _run(folder, str(Path(sys.executable).with_name("blobprep")), *arguments)

    assert told.startswith("succeeded")


def test_there_are_lines_to_run() -> None:
    assert len(LINES) == 3


def test_blobs_travel_over_http_to_the_emulator_and_back(azurite: str, folder: Path) -> None:
    told = _run(folder, sys.executable, "examples/over_http.py", azurite)

    assert "read az://raw/planets.csv over http: 445 bytes" in told
    assert "wrote az://prepared/planets/results.parquet" in told


@pytest.mark.skipif(find_spec("sklearn") is None, reason="the extra `demo` is not installed")
def test_the_demonstration_ranks_features_with_trees(tmp_path: Path) -> None:
    made = demonstration.demo(tmp_path / "demo")

    assert made.with_trees
    assert (made.ranking.status, made.hello.status) == ("succeeded", "succeeded")
    assert made.ranking.table.num_rows == 30
    assert list(made.ranking.figures) == ["figures/ranking.png", "figures/scatter_matrix.png"]
    assert "Hello, world, from the bundle!" in made.hello.log
    assert made.ranking.manifest.inputs["dataset1"].rows == 569


@pytest.mark.slow
def test_without_scikit_learn_the_demonstration_ranks_by_correlation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstration, "find_spec", lambda name: None)

    made = demonstration.demo(tmp_path / "demo")

    assert not made.with_trees
    assert made.ranking.status == "succeeded"
    assert made.ranking.table.column_names == ["feature", "correlation"]
    assert made.table == "planets.csv"


def test_a_package_has_the_examples_that_the_demonstration_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    example = demonstration._example

    def noted(name: str) -> bytes:
        read.add(name.partition("/")[0])
        return example(name)

    monkeypatch.setattr(demonstration, "_example", noted)
    for folder, found in (("with", True), ("without", None)):
        monkeypatch.setattr(demonstration, "find_spec", lambda name, found=found: found and find_spec(name))
        demonstration.demo(tmp_path / folder)

    wheel = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = {name.removeprefix("examples/"): where for name, where in wheel["force-include"].items()}
    assert packed == {name: f"blobprep/demonstration/examples/{name}" for name in read | {"importance.py"}}
