"""The examples and the demonstration run as their pages say."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Demonstrated:
    """The demonstration with and without scikit-learn, and the examples that both have read."""

    trees: demonstration.Demonstration
    correlation: demonstration.Demonstration
    read: frozenset[str]


@pytest.fixture(scope="module")
def demonstrated(forked: None, tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    read: set[str] = set()
    example = demonstration._example

    def noted(name: str) -> bytes:
        read.add(name.partition("/")[0])
        return example(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration, "_example", noted)
        trees = demonstration.demo(tmp_path_factory.mktemp("trees") / "demo")
        patch.setattr(demonstration, "find_spec", lambda name: None)
        correlation = demonstration.demo(tmp_path_factory.mktemp("correlation") / "demo")
    return Demonstrated(trees, correlation, frozenset(read))


@pytest.mark.skipif(find_spec("sklearn") is None, reason="the extra `demo` is not installed")
def test_the_demonstration_ranks_features_with_trees(demonstrated: Demonstrated) -> None:
    made = demonstrated.trees

    assert made.with_trees
    assert (made.ranking.status, made.hello.status) == ("succeeded", "succeeded")
    assert made.ranking.table.num_rows == 30
    assert list(made.ranking.figures) == ["figures/ranking.png", "figures/scatter_matrix.png"]
    assert "Hello, world, from the bundle!" in made.hello.log
    assert made.ranking.manifest.inputs["dataset1"].rows == 569


def test_without_scikit_learn_the_demonstration_ranks_by_correlation(demonstrated: Demonstrated) -> None:
    made = demonstrated.correlation

    assert not made.with_trees
    assert made.ranking.status == "succeeded"
    assert made.ranking.table.column_names == ["feature", "correlation"]
    assert made.table == "planets.csv"


def test_a_package_has_the_examples_that_the_demonstration_reads(demonstrated: Demonstrated) -> None:
    wheel = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = {name.removeprefix("examples/"): where for name, where in wheel["force-include"].items()}
    assert packed == {name: f"blobprep/demonstration/examples/{name}" for name in demonstrated.read | {"importance.py"}}
