"""Real children that go beyond a limit, at both levels; and, as the control of each, children that just do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from blobprep.limits import Limits, limit_error
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level
from tests.sandbox.elsewhere import command_as, why_not
from tests.sandbox.running import Outcome, run_script

pytestmark = pytest.mark.usefixtures("forked")

ROOT = Path(__file__).parents[2]
MEBIBYTE = 1024 * 1024
LEVELS: list[Level] = list(dict.fromkeys(("process", DEFAULT_LEVEL)))  # type: ignore[list-item]
# The same eyes look at both: `make test` tries most limits at the level that is the default here.
BOTH = [each if each == DEFAULT_LEVEL else pytest.param(each, marks=pytest.mark.slow) for each in LEVELS]
SMALL = Limits(
    timeout=60,
    cpu=5,
    memory=600 * MEBIBYTE,
    disk=20 * MEBIBYTE,
    files=200,
    processes=200,
    log=2 * MEBIBYTE,
    figures=10,
    figures_size=10_000,
)
ROOMY = replace(SMALL, memory=None, processes=60)  # stacks of threads are memory too


def use(how: str, level: Level, limits: Limits = SMALL, then: str = "wait") -> Outcome:
    """Have a child use much; whatever it does, nothing of it is left."""
    outcome = run_script("limits.py", level=level, parameters={"how": how, "then": then}, limits=limits)
    assert not Path(outcome.folder).parent.exists()
    return outcome


def assert_beyond(name: str, outcome: Outcome, limits: Limits = SMALL) -> None:
    expected = limit_error(name, limits)
    assert outcome.verdict.error is not None
    assert (outcome.verdict.error.code, outcome.verdict.raises) == (expected.code, None)
    assert outcome.message.startswith(expected.message)
    assert f"[script] {name}" in outcome.message
    assert outcome.verdict.remedy == expected.remedy


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("level", BOTH)
@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("many_files=40", "disk"),
        ("one_file=40", "disk"),
        ("empty_files=300", "files"),
        ("write_out=4", "log"),
    ],
)
def test_what_goes_beyond_a_limit_is_ended_by_it(how: str, name: str, level: Level) -> None:
    assert_beyond(name, use(how, level))


@pytest.mark.parametrize("level", BOTH)
def test_too_many_threads_are_ended(level: Level) -> None:
    assert_beyond("processes", use("threads=120", level, ROOMY), ROOMY)


def test_too_many_processes_are_ended() -> None:
    assert_beyond("processes", use("processes=70", "process", ROOMY), ROOMY)


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("level", BOTH)
def test_cpu_time_of_all_threads_is_limited_and_not_that_of_the_start(level: Level) -> None:
    limits = Limits(cpu=0.4)

    outcome = use("spend=0.1 spend=1000", level, limits)

    assert_beyond("cpu", outcome, limits)
    assert outcome.ending.cause == "cpu"


@pytest.mark.slow
def test_a_script_that_does_not_mind_the_signal_of_cpu_time_is_ended_all_the_same() -> None:
    limits = Limits(cpu=1.2)

    outcome = use("spend_and_refuse_to_end=1000", DEFAULT_LEVEL, limits)

    assert_beyond("cpu", outcome, limits)
    assert "out | not me" in outcome.lines


@pytest.mark.parametrize("level", BOTH)
def test_what_is_just_within_the_limits_is_as_if_there_were_none(level: Level) -> None:
    how = "spend=0.2 one_file=9 many_files=9 empty_files=150 pool=150 write_out=1 figures=10 hold=200"

    outcome = use(how, level, then="go on")

    assert outcome.verdict.error is None, outcome.message
    assert outcome.results.decode().split() == ["done", "1"]
    assert len(outcome.images) == 10


@pytest.mark.slow
def test_where_there_is_no_limit_nothing_is_ended() -> None:
    without = Limits(*[None] * 10)

    outcome = use(
        "one_file=20 empty_files=50 pool=150 write_out=3 figures=11 hold=600", DEFAULT_LEVEL, without, "go on"
    )

    assert outcome.verdict.error is None, outcome.message
    assert "lines cut" not in outcome.log
    assert len(outcome.images) == 11


# What a script makes of an exception that a limit gave it


@pytest.mark.parametrize(
    ("how", "name", "said"),
    [
        ("one_file=40", "disk", "OSError: [Errno 27] File too large"),
        ("one_file_caught=40", "disk", "SystemExit: no room, as it seems"),
        pytest.param("hole=40", "disk", "OSError: [Errno 27] File too large", marks=pytest.mark.slow),
        ("hold_caught=900", "memory", "RuntimeError: it did not work"),
        pytest.param("hold_and_leave=900", "memory", "SystemExit: 3", marks=pytest.mark.slow),
        pytest.param("database=40", "disk", "OperationalError: disk I/O error", marks=pytest.mark.slow),
    ],
)
def test_an_exception_that_a_limit_gave_is_that_limit_whatever_becomes_of_it(how: str, name: str, said: str) -> None:
    outcome = use(how, DEFAULT_LEVEL)

    assert_beyond(name, outcome)
    assert said in outcome.message
    assert outcome.verdict.error is not None
    assert 'File "limits.py"' in outcome.verdict.error.traceback


@pytest.mark.usefixtures("executed")
def test_a_script_that_makes_do_with_less_succeeds() -> None:
    assert use("hold_less_then=900", DEFAULT_LEVEL).verdict.error is None


def test_the_signal_of_a_file_that_is_too_large_is_the_limit_too() -> None:
    outcome = use("one_file_deadly=40", DEFAULT_LEVEL)

    assert_beyond("disk", outcome)
    assert outcome.ending.code == -25


# Ways around


@pytest.mark.parametrize(
    ("how", "name", "level"),
    [
        ("deleted_files=40", "disk", DEFAULT_LEVEL),
        pytest.param("mapped_files=40", "disk", DEFAULT_LEVEL, marks=pytest.mark.slow),
        pytest.param("array=40", "disk", DEFAULT_LEVEL, marks=pytest.mark.slow),  # NumPy reserves the room beforehand
        ("closed_folder=300", "files", "process"),
        ("write_past_python=4", "log", DEFAULT_LEVEL),
        pytest.param("temporary_file=25", "disk", DEFAULT_LEVEL, marks=pytest.mark.slow),
        pytest.param("deep_folders=300", "files", DEFAULT_LEVEL, marks=pytest.mark.slow),
    ],
)
def test_ways_around_a_limit_lead_to_it(how: str, name: str, level: Level) -> None:
    assert_beyond(name, use(how, level))


def test_a_child_with_a_user_of_its_own_is_refused_threads_by_the_kernel() -> None:
    if reason := why_not():
        pytest.skip(reason)
    done = subprocess.run(
        command_as(None, [sys.executable, "-m", "tests.sandbox.crowding"]),
        cwd=ROOT,
        env={**os.environ, "HOME": "/nonexistent", "TMPDIR": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert (told["code"], told["cause"]) == ("processes", "")
    assert told["message"].startswith(limit_error("processes", SMALL).message)
    assert "RuntimeError: can't start new thread" in told["message"]
    assert told["uid"] is not None
