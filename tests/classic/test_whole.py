"""Whole scripts of the time run unmodified, with the results that they had then."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.classic.whole import SCRIPTS, recorded, run, unlike

pytestmark = pytest.mark.usefixtures("forked")

# Two in children of their own, confined as a user's are; `make test-classic` runs all of them so.
_CONFINED = ("py2/figure_hold", "py3/bundle_pickle")


@pytest.mark.timeout(300)
def test_all_of_them_have_the_results_that_they_had() -> None:
    # In one process, which imports the libraries once; not in this one, which has other tests to run.
    command = [sys.executable, "-W", "ignore", "-m", "tests.classic.whole"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.keys() == SCRIPTS.keys() == recorded().keys()
    unequal = {name: lines for name, lines in told.items() if lines}
    assert not unequal, json.dumps(unequal, indent=1)


@pytest.mark.parametrize("name", _CONFINED)
def test_a_script_that_is_confined_has_the_results_that_it_had(name: str, tmp_path: Path) -> None:
    assert not unlike(name, run(SCRIPTS[name], tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SCRIPTS.keys() - set(_CONFINED)))
def test_each_other_script_does_so_too(name: str, tmp_path: Path) -> None:
    assert not unlike(name, run(SCRIPTS[name], tmp_path))


def test_half_of_them_are_of_each_language() -> None:
    assert sorted(script.environment for script in SCRIPTS.values()) == ["py27"] * 25 + ["py36"] * 25


def test_none_of_them_failed_then() -> None:
    assert [name for name, told in recorded().items() if "frame" not in told["results"]] == []
