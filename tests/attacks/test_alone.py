"""Attacks with a child of their own: whatever they do, the run says how it ended, and nothing is left or lost.

The control is a careless program, which believes an exit status, follows every name, and waits as long as it takes.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace

import pytest

from blobprep.errors import OutputError
from blobprep.protocol import Facts
from blobprep.runs.result import Run
from blobprep.sandbox.kernel_support import detect
from tests.attacks.alone import ALONE, BOUNDED, Alone
from tests.attacks.assaulting import attack_alone
from tests.attacks.careless import run_carelessly
from tests.attacks.plain import SCRIPTS
from tests.attacks.test_attacks import run_as

pytestmark = pytest.mark.landlock

ABIS = sorted({abi for abi in (1, 3) if abi <= detect().landlock})
ROWS = [row for rows in ALONE.values() for row in rows]
# What the script does to blobprep's own part of its process, of which a careless program has none.
CONTROLLED = {
    "results": (
        "object_that_acts_when_unpickled",
        "frame_that_acts_when_unpickled",
        "attributes_that_act_when_unpickled",
        "arrow_type_of_ones_own",
        "object_whose_text_ends_the_process",
        "object_whose_text_never_comes",
        "tuple_that_is_not_there_twice",
        "foreign_numbers_of_system_calls",
    ),
    **{group: tuple(row.name for row in ALONE[group]) for group in ("endings", "outputs", "caps", "kept")},
}
BOUNDED_BY = BOUNDED.memory or 0
GROWN = 250 << 20
"""Bytes that a parent may take for what a child says; its facts alone may have sixteen million, as text."""
HELPERS = {
    "azureml_main",
    "failing",
    "looping",
    "pipe_of_results",
    "forge",
    "forged_failure",
    "mapped",
    "filled",
    "locked",
    "deleted",
    "said",
    "poured",
}


def named(row: Alone) -> str:
    return f"{row.group}-{row.name}"


@pytest.mark.parametrize("group", ALONE)
def test_the_rows_and_the_scripts_name_the_same_attacks(group: str) -> None:
    tree = ast.parse((SCRIPTS / f"{group}.py").read_text())
    found = [each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name not in HELPERS]

    assert sorted(found) == sorted(row.name for row in ALONE[group])


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=named(row), marks=() if row.quick else pytest.mark.slow) for row in ROWS]
)
def test_a_run_survives(row: Alone) -> None:
    assert_survived(row, None)


@pytest.mark.parametrize(
    "row",
    [
        # Files behind a lock take half a minute where the guard alone looks for them.
        pytest.param(row, id=named(row), marks=() if row.quick and "lock" not in row.name else pytest.mark.slow)
        for row in ALONE["kept"]
    ],
)
def test_a_run_survives_without_a_controller(row: Alone) -> None:
    assert_survived(row, None, controlled=False)


@pytest.mark.slow
@pytest.mark.parametrize("row", [pytest.param(row, id=named(row)) for row in ROWS])
def test_a_run_in_a_pool_survives(row: Alone) -> None:
    # What the first run has left ends the second one, in the same process, which is the script's own harm.
    outcome = "any" if row.name == "finalizer_that_exits" else row.outcome
    assert_survived(replace(row, outcome=outcome), None, pooled=True)


@pytest.mark.slow
@pytest.mark.parametrize("abi", ABIS)
@pytest.mark.parametrize("row", [pytest.param(row, id=named(row)) for row in ALONE["outputs"]])
def test_a_run_survives_with_an_older_landlock(row: Alone, abi: int) -> None:
    assert_survived(row, abi)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", ALONE)
@pytest.mark.parametrize("circumstances", ["root with a spare user", "user in a container"])
def test_a_run_of_somebody_else_survives(circumstances: str, group: str) -> None:
    those = ["tests/attacks/test_alone.py", "-k", f"test_a_run_survives and {group}- and not older_landlock"]
    done = run_as(circumstances, ["-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider", *those])

    assert done.returncode == 0, done.stdout[-5000:]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", CONTROLLED)
def test_a_careless_program_suffers_from_each(group: str) -> None:
    suffered = run_carelessly(group, CONTROLLED[group])

    assert [name for name in CONTROLLED[group] if not suffered[name]] == []


@pytest.mark.parametrize("group", ["results", "burdens"])
def test_forged_facts_have_the_shape_of_honest_ones(group: str) -> None:
    tree = ast.parse((SCRIPTS / f"{group}.py").read_text())
    (forged,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "FACTS"
    )
    assert set(forged) == {attribute.name for attribute in fields(Facts)}


def assert_survived(row: Alone, abi: int | None, *, controlled: bool = True, pooled: bool = False) -> None:
    aftermath = attack_alone(row.group, row.name, landlock=abi, controlled=controlled, pooled=pooled, how=row.how)

    assert aftermath.raised is None
    assert (aftermath.evidence, aftermath.left, aftermath.leaked) == ([], (), [])
    run = aftermath.run
    assert run is not None
    if row.outcome == "bounded":
        assert_bounded(run, exactly=controlled)
    elif row.outcome != "any":
        assert run.status == ("succeeded" if row.outcome in ("ok", "broken") else "failed"), run.log
    if row.outcome in ("time", "memory", "disk"):
        assert run.manifest.error is not None
        assert run.manifest.error.code == row.outcome
    if row.group == "burdens":
        assert aftermath.grown < GROWN
        assert sum(each.count for each in run.manifest.network.attempts) < 2000
        assert sum(line.startswith("blobprep | ") for line in run.log.splitlines()) < 100
        assert (
            not re.search("^(?:blobprep|succeeded|manifest).*forged", run.log, re.MULTILINE) or "outputs/: '" in run.log
        )
    assert row.says in run.log
    assert_log_is_tame(run)
    assert_figures_are_tame(run)
    assert_results(row, run)


def assert_bounded(run: Run, *, exactly: bool) -> None:
    """Without the kernel's controller more can be taken between two looks of the guard."""
    taken = [int(number) << 10 for number in re.findall(r"^out \| took (\d+)", run.log, re.MULTILINE)]
    code = run.manifest.error.code if run.manifest.error else ""
    # Whoever can say afterwards that it took more has had it for a while, whatever became of it in the end.
    ended = code in ("memory", "disk", "files")
    assert max(taken, default=0) <= BOUNDED_BY or (ended and not exactly), run.log
    assert taken or ended, (run.manifest.error, run.log)


def assert_log_is_tame(run: Run) -> None:
    """Every line has the name of its stream, nothing in it acts on a terminal, and it does not grow without end."""
    lines = run.log.split("\n")[:-1]
    assert all(re.match(r"(out|err|note|blobprep) \| ", line) for line in lines)
    assert not [line for line in lines if line.startswith("blobprep | forged")]
    assert re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", run.log) is None
    assert len(run.log) < 2_000_000
    assert len(run.manifest.encode()) < 1_000_000


def assert_figures_are_tame(run: Run) -> None:
    outputs = [each.name for each in run.manifest.outputs]
    assert len(outputs) < 1010
    assert all(name.isprintable() and ".." not in name.split("/") and len(name) < 600 for name in outputs)
    assert len(outputs) == len(set(outputs))


def assert_results(row: Alone, run: Run) -> None:
    if row.outcome == "ok":
        assert run.table.num_rows in (1, 2, 100_000)
    if row.outcome == "broken":
        with pytest.raises(OutputError):
            _ = run.table
    if run.status == "failed":
        assert "results.parquet" not in {each.name for each in run.manifest.outputs}
