"""Small profiles and views, from which tests make pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from blobprep.manifest import (
    AccountRecord,
    BlobRecord,
    ErrorRecord,
    InputRecord,
    IsolationRecord,
    Manifest,
    OutputRecord,
    ScriptRecord,
)
from blobprep.protocol.profiles import (
    Associations,
    Bins,
    BoxPlot,
    ColumnProfile,
    DrawnColumn,
    FrequentValue,
    SampleRows,
    TableProfile,
)
from blobprep.report.views import FigureView, LogLine, RunView

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x08"
TRACEBACK = """Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/pandas/core/frame.py", line 4330, in __getitem__
    indexer = self.columns.get_loc(key)
KeyError: 'mass'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "prep.py", line 8, in azureml_main
    result = clean(dataframe1)
  File "prep.py", line 5, in clean
    return frame[frame["mass"] > 1]
           ~~~~~^^^^^^^^
  File "/usr/lib/python3.11/site-packages/pandas/core/frame.py", line 4330, in __getitem__
    indexer = self.columns.get_loc(key)
KeyError: 'mass'
"""


def numeric(name: str = "mass", **changes: Any) -> ColumnProfile:
    column = ColumnProfile(
        name,
        "double",
        "numeric",
        count=98,
        missing=2,
        unique=97,
        minimum=0.5,
        maximum=65536.25,
        mean=3.14159265,
        median=2,
        deviation=1.25,
        skewness=0.1,
        kurtosis=-0.5,
        quantiles=((0.25, 1.0), (0.75, 4.5)),
        zeros=0,
        negative=0,
        infinite=0,
        bins=Bins((0.5, 10.0, 100.0), (90, 8)),
        log_bins=Bins((0.5, 5.0, 50.0), (80, 18)),
        box=BoxPlot(1.0, 2.0, 4.5, 0.5, 8.0, (99.0,)),
        missing_shape=(0, 2),
    )
    return replace(column, **changes)


def text(name: str = "planet", **changes: Any) -> ColumnProfile:
    column = ColumnProfile(
        name,
        "string",
        "text",
        count=100,
        missing=0,
        unique=2,
        shortest=4,
        longest=5,
        mean_length=4.5,
        frequent=(FrequentValue("Mars", 60, 4), FrequentValue("Venus", 40, 5)),
    )
    return replace(column, **changes)


def table(*columns: ColumnProfile, rows: int = 100, cells: tuple[tuple[str | None, ...], ...] = ()) -> TableProfile:
    columns = columns or (text(), numeric())
    cells = cells or (tuple("1" for _ in columns), tuple(None for _ in columns))
    return TableProfile(
        rows=rows,
        width=len(columns),
        memory=2_048,
        columns=columns,
        sample=SampleRows(tuple(range(len(cells))), len(columns), cells),
        drawn=tuple(
            DrawnColumn(place, (1.0, None, 0.0), () if column.kind == "numeric" else ("Mars", "Venus"))
            for place, column in enumerate(columns)
        ),
        associations=Associations((0, 1), (1.0, 0.5, 0.5, 1.0)) if len(columns) > 1 else Associations(),
    )


def manifest(**changes: Any) -> Manifest:
    made = Manifest(
        run_id="20261130T181604Z-627860da",
        status="succeeded",
        started="2026-11-30T18:16:04.244Z",
        ended="2026-11-30T18:16:05.744Z",
        request={"script": "prep.py", "overwrite": True},
        parameters={"threshold": "0.75"},
        isolation=IsolationRecord("strict", "strict", ("seccomp",)),
        accounts=(AccountRecord("contoso", "https", "https://contoso.blob.core.windows.net", "account key"),),
        script=ScriptRecord("az://scripts/prep.py", "ab" * 32),
        inputs={
            "dataset1": InputRecord(
                (BlobRecord("az://raw/planets.csv", "0x8DC1", "2026-11-29", 445, "cd" * 32, "https"),), "csv", 100, 2
            )
        },
        outputs=(
            _output("results", "results.parquet", rows=100, columns=2),
            _output("device", "figures/a b.png", origin="saved"),
            _output("device", "log.txt"),
        ),
        environment={"python": "3.11.7", "pandas": "3.1.1"},
        timings={"resolve": 0.1, "compute": 1.2, "script": 0.9},
    )
    return replace(made, **changes)


def _output(port: str, name: str, **more: Any) -> OutputRecord:
    return OutputRecord(port, name, f"az://raw/out/{name}", "0x8DC2", 1234, "ef" * 32, **more)


def failed(traceback: str = TRACEBACK, **changes: Any) -> Manifest:
    error = ErrorRecord(
        "0085", "Error 0085: The following error occurred:\r\n" + traceback, traceback, "Look at 'mass'."
    )
    return manifest(status="failed", error=error, outputs=(_output("device", "log.txt"),), **changes)


def view(**changes: Any) -> RunView:
    made = RunView(
        manifest(),
        (LogLine("out", "rows: 100"), LogLine("err", "careful"), LogLine("note", "done")),
        {"dataset1": table(), "results": table()},
        (FigureView("a b.png", "figures/a%20b.png", PNG, len(PNG)),),
    )
    return replace(made, **changes)
