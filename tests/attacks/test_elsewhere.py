"""Attacks in another interpreter: none that it can express comes through at `strict`.

The interpreter that runs the tests is one of them, and it can express all; those of the time are in `make test-all`.
"""

from __future__ import annotations

import sys

import pytest

from blobprep.sandbox.kernel_support import detect
from blobprep.sandbox.users import SPARE_USERS
from tests.attacks.alone import ALONE, Alone
from tests.attacks.assaulting import Report, attack_alone, attack_confined
from tests.attacks.table import ATTACKS, GROUPS
from tests.attacks.test_alone import assert_log_is_tame, named
from tests.attacks.test_attacks import ABIS, CIRCUMSTANCES, assert_nothing_came_of, attacked
from tests.bridge.interpreters import ALL, HERE
from tests.sandbox.elsewhere import ORDINARY

pytestmark = pytest.mark.landlock

# How a Python says that it does not have what an attack uses, of which nothing is then shown.
_LACKING = ("cannot be said", "NameError", "AttributeError", "TypeError", "ImportError", "ModuleNotFoundError")
_MOST_LACKING = 30
"""Attacks, of all groups together, that Python 2 cannot express; every later version can."""

# What ends or burdens the script's own process, or leaves something in its folder: all of it is there too. The other
# groups are about channels of the child that a script in another interpreter does not have.
_ROWS = [row for group in ("endings", "outputs", "caps", "kept") for row in ALONE[group]]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("interpreter", ALL)
def test_no_attack_comes_through_there(interpreter: str, group: str) -> None:
    report = attack_confined(group, interpreter=interpreter)

    assert_nothing_came_of(report)
    assert set(report.said) == {attack.name for attack in ATTACKS[group]}
    if interpreter == HERE:
        assert report.unsaid == ()
        assert lacking(report) <= {"broker_with_zero_byte"}


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", ALL)
def test_hardly_any_attack_cannot_be_said_there(interpreter: str) -> None:
    reports = [attack_confined(group, interpreter=interpreter) for group in GROUPS]

    assert sum(len(lacking(report)) for report in reports) <= _MOST_LACKING


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("abi", ABIS[:-1])
def test_no_attack_comes_through_there_with_an_older_landlock(abi: int, group: str) -> None:
    report = attack_confined(group, abi, interpreter=sys.executable)

    assert_nothing_came_of(report)
    assert report.measures[0] == f"landlock ABI {abi}"


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("circumstances", CIRCUMSTANCES)
def test_no_attack_of_anybody_comes_through_there(circumstances: str, group: str) -> None:
    report = attacked(circumstances, group, str(detect().landlock), "elsewhere")

    assert_nothing_came_of(report)
    assert report.unsaid == ()
    (uid,) = (int(word.removeprefix("uid ")) for word in report.measures if word.startswith("uid "))
    assert uid == ORDINARY if circumstances.startswith("user") else uid in SPARE_USERS


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", ALL)
@pytest.mark.parametrize("row", [pytest.param(row, id=named(row)) for row in _ROWS])
def test_a_run_survives_what_its_script_does_there(row: Alone, interpreter: str) -> None:
    aftermath = attack_alone(row.group, row.name, how={**row.how, "interpreter": interpreter})

    assert aftermath.raised is None
    assert (aftermath.evidence, aftermath.left, aftermath.leaked) == ([], (), [])
    run = aftermath.run
    assert run is not None
    if row.outcome in ("time", "memory", "disk") and interpreter == HERE:
        assert run.manifest.error is not None
        assert run.manifest.error.code == row.outcome
    assert_log_is_tame(run)


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_no_attack_comes_through_there_in_a_namespace(group: str) -> None:
    from blobprep.sandbox.namespaces import try_namespace

    if missing := try_namespace():
        pytest.skip(missing)
    report = attack_confined(group, detect().landlock, interpreter=HERE, namespace="require")

    assert_nothing_came_of(report)
    assert "namespace" in report.measures


def lacking(report: Report) -> set[str]:
    return {name for name, said in report.said.items() if any(f"{word}" in said for word in _LACKING)}
