"""Attacks that share a child: none comes through at `strict`, whoever runs it, and every one does without confinement.

As what: this process's user (root, in most containers and here), root where the child becomes a spare user, an ordinary
user, and both again with the capabilities and the filter of a container. Landlock as this kernel has it, and its ABI 1
and 3.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.sandbox.kernel_support import detect
from blobprep.sandbox.network.rules import Endpoint, Rules
from blobprep.sandbox.users import SPARE_USERS
from tests.attacks.assaulting import Report, attack_confined, attack_unconfined
from tests.attacks.plain import SCRIPTS
from tests.attacks.table import ATTACKS, FOR_NO_CONTAINER, FOR_ROOT, GROUPS
from tests.sandbox.elsewhere import ORDINARY, command_as, why_not

pytestmark = pytest.mark.landlock

ROOT = Path(__file__).parents[2]
ABIS = sorted({abi for abi in (1, 3, detect().landlock) if abi <= detect().landlock})
CIRCUMSTANCES = ["root with a spare user", "user", "root in a container", "user in a container"]

# What only the broker knows to do; the control is the endpoint it is told to allow.
BROKERED = {each.name for each in ATTACKS["network"] if each.name.startswith("broker")}
# How a kernel says that it was built without something.
MAY_BE_MISSING = {"modules", "ports_of_the_machine", "quota"}
MISSING = [f"[Errno {number}]" for number in (errno.ENOSYS, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)]


@pytest.mark.parametrize("group", GROUPS)
def test_the_table_and_the_scripts_name_the_same_attacks(group: str) -> None:
    tree = ast.parse((SCRIPTS / f"{group}.py").read_text())
    taking_aim = [
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and [argument.arg for argument in each.args.args][:1] == ["aim"]
    ]

    assert taking_aim == [each.name for each in ATTACKS[group]]


@pytest.mark.parametrize("group", GROUPS)
def test_without_confinement_every_attack_does_its_harm(group: str) -> None:
    excused = set() if os.geteuid() == 0 else FOR_ROOT
    contained = "Seccomp:\t2" in Path("/proc/self/status").read_text()

    assert stopped(group, attack_unconfined(group)) <= BROKERED | excused | (FOR_NO_CONTAINER if contained else set())


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("circumstances", CIRCUMSTANCES[1:])
def test_without_confinement_others_attacks_do_what_harm_they_can(circumstances: str, group: str) -> None:
    excused = FOR_ROOT if circumstances.startswith("user") else set()
    contained = FOR_NO_CONTAINER if circumstances.endswith("container") else set()
    names = {each.name for each in ATTACKS[group]}

    found = stopped(group, attacked(circumstances, group, "unconfined")) - BROKERED

    assert found <= excused | contained
    assert found >= (excused | contained) & names - MAY_BE_MISSING


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("abi", [*(pytest.param(abi, marks=pytest.mark.slow) for abi in ABIS[:-1]), *ABIS[-1:]])
def test_confined_no_attack_comes_through(group: str, abi: int) -> None:
    report = attack_confined(group, abi)

    assert_nothing_came_of(report)
    assert report.measures[0] == f"landlock ABI {abi}"


@pytest.mark.parametrize("group", GROUPS)
def test_in_a_pool_no_attack_comes_through(group: str) -> None:
    assert_nothing_came_of(attack_confined(group, pooled=True))


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("abi", ABIS)
@pytest.mark.parametrize("circumstances", CIRCUMSTANCES)
def test_confined_no_attack_of_anybody_comes_through(circumstances: str, abi: int, group: str) -> None:
    report = attacked(circumstances, group, str(abi))

    assert_nothing_came_of(report)
    assert report.measures[0] == f"landlock ABI {abi}"
    (uid,) = (int(each.removeprefix("uid ")) for each in report.measures if each.startswith("uid "))
    assert uid == ORDINARY if circumstances.startswith("user") else uid in SPARE_USERS


def test_the_broker_leads_to_what_is_allowed_and_to_nothing_else() -> None:
    """The control of what is asked of the broker: one of them names an endpoint that the rules name too."""
    report = attack_confined(
        "network", rules=lambda aims: Rules(frozenset({Endpoint("127.0.0.1", aims["broker_as_named"]["port"])}))
    )

    assert set(report.through) == {"broker_as_named"}
    assert sorted(report.through["broker_as_named"]) == ["it did it", "its server was reached: TCP"]


def assert_nothing_came_of(report: Report) -> None:
    assert report.through == {}
    assert report.error == ""
    assert report.left == ()
    assert {"seccomp", "no capabilities"} <= set(report.measures)


def attacked(circumstances: str, group: str, landlock: str, where: str = "here") -> Report:
    """Have somebody else attack, here or in another interpreter."""
    done = run_as(circumstances, ["-m", "tests.attacks.assaulting", group, landlock, where])
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return Report(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


def run_as(circumstances: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run Python as somebody else; skips where nobody here can be."""
    if reason := why_not():
        pytest.skip(reason)
    contained = ["-m", "tests.attacks.container"] if circumstances.endswith("container") else []
    user = ORDINARY if circumstances.startswith("user") else None
    return subprocess.run(
        command_as(user, [sys.executable, *contained, *arguments]),
        cwd=ROOT,
        env={**os.environ, "HOME": "/nonexistent", "TMPDIR": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )


def stopped(group: str, report: Report) -> set[str]:
    """Name the attacks that did nothing, but for those of which this kernel knows nothing."""
    names = {each.name for each in ATTACKS[group]} - set(report.through)
    return {name for name in names if not any(each in report.said[name] for each in MISSING)}
