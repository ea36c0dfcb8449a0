"""A script that attacks in one run of a pool what comes after it, and is asked again."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

import blobprep
from blobprep.errors import BlobprepError
from tests.attacks.plain import SCRIPTS
from tests.remains import leaving_nothing

pytestmark = pytest.mark.landlock

_HELPERS = {"frame", "hidden", "is_open", "forged_end", "azureml_main"}
ATTACKS = [
    node.name
    for node in ast.parse((SCRIPTS / "between.py").read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name not in _HELPERS
]
QUICK = {"forged_end_of_the_next"}
PATIENCE = 100.0  # seconds that all of them may take, whatever the one before did, on a busy machine too
ATTACKING, HONEST = (
    5.0,
    30.0,
)  # seconds that one of them may take: no honest one needs so many, however busy a machine is


@pytest.mark.parametrize(
    "attack",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in ATTACKS],
)
def test_what_one_run_does_is_not_the_next_one_s_harm(attack: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with leaving_nothing(), blobprep.Pool(workers=1) as pool:
        before, attacking, *after = [_ask(pool, attack, do, tmp_path) for do in ("honest", "attack", *["honest"] * 4)]

    assert before == "honest"
    # The attack may fail, and so may one run that is asked in the same process, each with an error of its own.
    assert attacking in ("attack", "failed")
    assert sorted(after) in (["honest"] * 4, ["failed"] + ["honest"] * 3)
    assert time.monotonic() - began < PATIENCE


def _ask(pool: blobprep.Pool, attack: str, do: str, folder: Path) -> str:
    data = folder / "do.csv"
    data.write_text(f"do\n{do}\n")
    try:
        run = pool.run(
            SCRIPTS / "between.py",
            data,
            output=str(folder / "out"),
            overwrite=True,
            parameters={"attack": attack},
            isolation="strict",
            timeout=ATTACKING if do == "attack" else HONEST,
        )
    except BlobprepError:
        return "failed"
    if run.status != "succeeded":
        assert run.manifest.error is not None
        return "failed"
    table = run.table.to_pydict()
    assert table["do"] == [do]
    (answer,) = table["answer"]
    return str(answer)
