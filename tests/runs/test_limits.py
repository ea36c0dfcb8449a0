"""A run that a limit ended: a value with its record, whose error has a name."""

from __future__ import annotations

import pytest

from blobprep import errors
from blobprep.limits import Limits
from blobprep.runs.execute import execute
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level
from tests.runs.arranging import ask, memory, names

pytestmark = pytest.mark.usefixtures("forked")

LEVELS: list[Level] = list(dict.fromkeys(("process", DEFAULT_LEVEL)))  # type: ignore[list-item]
DRAWING = b"""
import pandas as pd
def azureml_main():
    for number in range(3):
        with open(f"plot{number}.png", "wb") as file:
            file.write(bytes(1000))
    return pd.DataFrame({"a": [1]})
"""
WRITING = b"""
def azureml_main():
    with open("large", "wb") as file:
        for _ in range(40):
            file.write(bytes(1024 * 1024))
"""
PRINTING = b"""
def azureml_main():
    while True:
        print("x" * 1000)
"""


@pytest.mark.parametrize("level", LEVELS)
def test_too_many_figures_end_a_run_which_keeps_those_within_the_limit(level: Level) -> None:
    store = memory()

    run = execute(ask(store, DRAWING, isolation=level, limits=Limits(figures=2)))

    error = run.manifest.error
    assert error is not None
    assert (run.status, error.code) == ("failed", "figures")
    assert error.message == "the script created more than 2 figures, the limit set by [script] figures"
    figures = {"figures/plot0.png", "figures/plot1.png"}
    assert names(store) == {"manifest.json", "log.txt", "script.py", "report.html", *figures}
    assert run.log.endswith(
        f"blobprep | {error.message}\n"
        "blobprep | raise the limit with --limit figures=…, or change the script to use less\n"
    )
    with pytest.raises(errors.FiguresExceeded, match="more than 2 figures"):
        run.raise_for_failure()


def test_as_many_figures_as_are_allowed_are_no_failure() -> None:
    run = execute(ask(memory(), DRAWING, limits=Limits(figures=3, figures_size=3000)))

    assert run.status == "succeeded"
    assert len(run.figures) == 3


def test_a_flood_of_output_ends_a_run_whose_log_keeps_its_start_and_its_end() -> None:
    run = execute(ask(memory(), PRINTING, limits=Limits(log=10**7, log_kept=10**5)))

    assert (run.status, run.manifest.error and run.manifest.error.code) == ("failed", "log")
    assert 0.9 * 10**5 < len(run.log) < 1.1 * 10**5
    assert "lines cut" in run.log
    with pytest.raises(errors.LimitError) as caught:
        run.raise_for_failure()
    assert isinstance(caught.value, errors.LogExceeded)
    assert isinstance(caught.value, errors.RunFailed)
    assert caught.value.code == "log"


def test_an_exception_that_a_limit_gave_stands_in_the_log_with_the_users_line() -> None:
    run = execute(ask(memory(), WRITING, limits=Limits(disk=20 * 2**20)))

    assert (run.status, run.manifest.error and run.manifest.error.code) == ("failed", "disk")
    lines = [line.removeprefix("note | ") for line in run.log.splitlines()]
    assert lines[0] == "Traceback (most recent call last):"
    assert "    file.write(bytes(1024 * 1024))" in lines
    assert lines[-2].startswith("the script wrote more than 20 MiB, the limit set by [script] disk")
    assert "--limit disk=" in lines[-1]
    with pytest.raises(errors.DiskExceeded):
        run.raise_for_failure()
