"""`batch.json`."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from blobprep.batches.record.summary import BatchSummary, Cause
from blobprep.batches.record.totals import Totals, describe_end
from blobprep.batches.records import Counts, ItemError, Outages
from blobprep.batches.work import WorkItem
from blobprep.manifest import ClaimRecord, ErrorRecord, ScriptRecord
from tests.batches.coordinating import JOB, PASSES, done, failed, item
from tests.generating import spoiled

SCHEMA = json.loads((files("blobprep") / "batch.schema.json").read_text())

FULL = BatchSummary(
    batch_id="20240530T180700Z-1f2e3d4c",
    status="failed",
    started="2024-05-30T18:07:00.000Z",
    options={"run": {"script": "prep.py"}, "resume": True},
    script=ScriptRecord("prep.py", "ab" * 32),
    bundle=ScriptRecord("lib", "cd" * 32),
    engine="local",
    workers=2,
    versions={"python": "3.11"},
    counts=Counts(done=3, skipped=2, failed=1, pending=4),
    outages=Outages(2, 7, 12.5, "ServerBusy", lasts=True),
    gone=1,
    size=100,
    rows_in=30,
    rows_out=20,
    causes=(Cause("0085", "KeyError: 'mass'", 1, "az://contoso@raw/a.csv"),),
    message="1 item of 10 failed",
    error=ErrorRecord("StoreUnavailable", "no", remedy="wait"),
    claim=ClaimRecord("host/boot/pid", "12:345", ()),
    merged=7,
    ended="2024-05-30T18:07:02.000Z",
    seconds=1.5,
)
FIRST = BatchSummary("1", "running", "2024-05-30T18:07:00.000Z", {}, ScriptRecord("prep.py", "ab" * 32))


@pytest.mark.parametrize("summary", [FULL, FIRST], ids=["full", "first"])
def test_a_summary_reads_back_and_keeps_to_its_schema(summary: BatchSummary) -> None:
    assert BatchSummary.decode(summary.encode()) == summary
    jsonschema.validate(json.loads(summary.encode()), SCHEMA)


def test_its_counts_are_told_together_and_add_up() -> None:
    told = json.loads(FULL.encode())
    assert list(told)[:3] == ["schema", "batch_id", "status"]
    assert told["counts"] == {"matched": 10, "done": 3, "skipped": 2, "failed": 1, "pending": 4}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "blobprep/batch/9"},
        {"status": "asleep"},
        {"counts": {"matched": 9, "done": 3, "skipped": 2, "failed": 1, "pending": 4}},
        {"counts": {"matched": 2, "done": 3, "skipped": -1, "failed": 0, "pending": 0}},
        {"counts": {"matched": 10}},
        {"merged": "7"},
        {"other": 1},
        {"script": "prep.py"},
        {"claim": {"host": "a"}},
    ],
)
def test_what_is_no_summary_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"it is not|its schema"):
        BatchSummary.decode(json.dumps({**FULL.to_json(), **change}).encode())


@given(spoiled(FULL.to_json()))
def test_a_spoiled_summary_is_refused_or_read(values: Any) -> None:
    try:
        BatchSummary.decode(json.dumps(values).encode())
    except ValueError:
        pass


# What the records come to


def test_sums_are_of_all_records_and_causes_of_those_that_failed() -> None:
    works = [WorkItem(JOB, item(number), "") for number in range(6)]
    other = ItemError("0085", "…", "Traceback …\nKeyError: 'radius'\n")
    records = [
        done(works[0]),
        replace(done(works[1]), status="skipped"),
        failed(works[2]),
        failed(works[3], other),
        failed(works[4], PASSES),
        replace(done(works[5]), rows_in=None, rows_out=None),
    ]
    totals = Totals()
    assert list(totals.over(records)) == records
    assert (totals.size, totals.rows_in, totals.rows_out, totals.seconds) == (60, 6, 4, 5.0)
    assert [(cause.code, cause.message, cause.count, cause.item) for cause in totals.causes] == [
        ("0085", "KeyError: 'mass'", 2, item(2).key),  # whatever name was missing
        ("LimitError", "the worker ran out of memory", 1, item(4).key),
    ]


def test_causes_are_bounded() -> None:
    totals = Totals()
    words = ["".join(chr(97 + (number // 26**place) % 26) for place in range(3)) for number in range(500)]
    records = (failed(WorkItem(JOB, item(n), ""), ItemError("0085", f"no {word}")) for n, word in enumerate(words))
    assert len(list(totals.over(records))) == 500
    assert (totals.causes[0].message, totals.causes[0].count) == ("other failures", 400)


CAUSES = (Cause("0085", "KeyError: 'mass'", 2, "a"),)


@pytest.mark.parametrize(
    ("counts", "causes", "exceeded", "stopped", "told"),
    [
        (Counts(done=3), (), "", False, ""),
        (Counts(done=3), (), "", True, ""),
        (Counts(done=1, failed=2), CAUSES, "", False, "2 items of 3 failed; most often (2): KeyError: 'mass'"),
        (
            Counts(failed=2, pending=7),
            CAUSES,
            "1",
            False,
            "2 items of 9 failed, more than --max-failures 1 allows, so no more were begun; most often (2): "
            "KeyError: 'mass'; 7 items were not run",
        ),
        (Counts(done=1, pending=1), (), "", True, "the batch was stopped before 1 item of 2 was run"),
    ],
)
def test_an_end_is_told(counts: Counts, causes: tuple[Cause, ...], exceeded: str, stopped: bool, told: str) -> None:
    assert describe_end(counts, causes, exceeded=exceeded, stopped=stopped) == told
