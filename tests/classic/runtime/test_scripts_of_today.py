"""Scripts that work today do the same with the registry put to work, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

import blobprep

pytestmark = pytest.mark.usefixtures("forked")

_ROOT = Path(blobprep.__file__).parents[1]
_EXAMPLES = ("correlation", *(pytest.param(name, marks=pytest.mark.slow) for name in ("importance", "hello")))

_PREPARED = """\
import numpy as np
import pandas as pd
try:
    from sklearn.cross_validation import KFold
except ImportError:
    from sklearn.model_selection import KFold
try:
    Number = np.float
except AttributeError:
    Number = np.float64

def azureml_main(frame):
    print(KFold.__module__, hasattr(frame, "ix"), getattr(pd, "rolling_mean", "none"), "append" in dir(frame))
    try:
        chosen = frame.ix[0:1]
    except AttributeError:
        chosen = frame.loc[0:1]
    try:
        middle = frame.median()
    except TypeError:
        middle = frame.median(numeric_only=True)
    text = frame.assign(t="x", when=pd.Timestamp("2020-01-01"))
    print(text.dtypes.to_dict(), middle.to_dict(), type(frame.iloc[:, 0].to_numpy()[0]), Number)
    print(text["t"].str.replace("[x]", "y").tolist(), text["when"].dt.year.dtype)
    rows = []
    rows.append(chosen.describe())
    groups = text.groupby("t").sum(numeric_only=True)
    return pd.concat([*rows, groups]).reset_index(),
"""


def _outcome(run: Any) -> dict[str, Any]:
    assert run.status == "succeeded", run.log
    manifest = run.manifest
    assert manifest.classic == ()
    figures = [(row.name, row.sha256) for row in manifest.outputs if row.port == "figure"]
    frame = run.dataframe.to_csv().encode()
    return {"log": run.log, "figures": figures, "frame": hashlib.sha256(frame).hexdigest()}


def _runs(folder: Path, script: str, table: str, **options: Any) -> list[dict[str, Any]]:
    return [
        _outcome(blobprep.run(script, table, output=str(folder / mode), classic=mode, isolation="process", **options))
        for mode in ("off", "auto", "on")
    ]


@pytest.mark.parametrize("name", _EXAMPLES)
def test_an_example_does_the_same(name: str, tmp_path: Path) -> None:
    bundle = {"bundle": str(_ROOT / "examples/hello_bundle")} if name == "hello" else {}

    table = str(_ROOT / "examples/planets.csv")
    if name == "importance":  # the last column of its table is a class
        table = str(tmp_path / "classes.csv")
        Path(table).write_text("a,b,c,d,class\n" + "".join(f"{n},{n % 7},{n % 5},{n % 3},{n % 2}\n" for n in range(40)))
    off, *others = _runs(tmp_path, str(_ROOT / f"examples/{name}.py"), table, **bundle)

    assert others == [off, off]


@pytest.mark.slow
def test_a_script_that_is_prepared_for_old_and_new_does_the_same(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,2.5\n3,4.5\n5,6.5\n")
    (tmp_path / "prepared.py").write_text(_PREPARED)

    off, *others = _runs(tmp_path, str(tmp_path / "prepared.py"), str(tmp_path / "table.csv"))

    assert others == [off, off]
