from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import blobprep
from blobprep.errors import BlobChanged
from blobprep.inputs.resolve import resolve
from blobprep.inputs.sources import BlobPattern, Dataset, SourceScript
from blobprep.manifest import AccountRecord, ClaimRecord, ErrorRecord, IsolationRecord, Manifest, OutputRecord
from blobprep.protocol import Facts, TableFacts, Translation
from blobprep.reference import Reference
from blobprep.runs.options import RunOptions
from blobprep.runs.record import first_manifest, last_manifest, stopped_manifest, time_text
from blobprep.runs.session_use import ComputeResult
from blobprep.runs.verdict import Verdict
from tests.runs.arranging import IDENTITY, ask, dataset, located, memory, put

STARTED = datetime(2024, 5, 30, 18, 7, 0, 123_999, tzinfo=UTC)
ENDED = datetime(2024, 5, 30, 18, 8, tzinfo=UTC)
CLAIM = ClaimRecord("host", "1:1", ("results.parquet",))
SCHEMA = json.loads((Path(blobprep.__file__).parent / "manifest.schema.json").read_text())


def records(facts: Facts, error: ErrorRecord | None = None, **asked: Any) -> tuple[Manifest, Manifest]:
    """Return the first and the last manifest of a run with a dataset and a bundle."""
    store = memory()
    request = ask(store, run_id="20240530T180700Z-1f2e3d4c", parameters={"year": "2024"}, **asked)
    resolved = resolve(
        SourceScript(located(store, "scripts/prep.py")),
        {"dataset2": dataset(store, "a.csv", b"a\n1\n")},
        put(store, "m.zip", b"zip"),
    )
    first = first_manifest(request, resolved, IsolationRecord("strict", "strict", ("seccomp",)), CLAIM, STARTED)
    computed = ComputeResult(Verdict(facts, error), {"dataset2": ("00ff",)})
    written = (OutputRecord("results", "results.parquet", "az://work/out/results.parquet", "0x1", 1, "aa", 2, 1),)
    last = last_manifest(first, resolved, computed, written, {"resolve": 0.1}, ENDED)
    resolved.close()
    for each in (first, last):
        jsonschema.validate(json.loads(each.encode()), SCHEMA)
        assert Manifest.decode(each.encode()).encode() == each.encode()
    return first, last


def test_the_first_manifest_says_what_was_asked_and_what_will_be_read() -> None:
    first, _ = records(Facts(), settings={"account": "memory"})
    assert (first.status, first.started, first.ended) == ("running", "2024-05-30T18:07:00.123Z", None)
    asked = RunOptions("az://work/scripts/prep.py", parameters={"year": "2024"})
    assert first.request == {**asked.to_json(), "account": "memory"}
    assert RunOptions.from_json(first.request) == asked
    assert first.parameters == {"year": "2024"}
    assert first.claim == CLAIM
    assert first.script is not None
    assert first.script.reference == "az://work/scripts/prep.py"
    (blob,) = first.inputs["dataset2"].blobs
    assert (blob.reference, blob.size, blob.sha256, blob.protocol) == ("az://work/a.csv", 4, "", "memory")
    assert blob.etag.startswith("0x")
    assert first.accounts == (AccountRecord("memory", "memory", "memory:memory", "none"),)


def test_the_last_manifest_of_a_success_adds_what_happened() -> None:
    facts = Facts(
        inputs={"dataset2": TableFacts(1, 1)},
        translations=(Translation("results", "a", "cast", "it changed", lossy=True),),
        environment={"python": "3.11"},
        timings={"script": 2.0},
    )
    _, last = records(facts)
    assert (last.status, last.error, last.ended) == ("succeeded", None, "2024-05-30T18:08:00.000Z")
    assert (last.inputs["dataset2"].rows, last.inputs["dataset2"].columns) == (1, 1)
    assert last.inputs["dataset2"].blobs[0].sha256 == "00ff"
    assert last.translations[0]["detail"] == "it changed"
    assert last.environment == {"python": "3.11"}
    assert last.timings == {"script": 2.0, "resolve": 0.1}
    assert len(last.outputs) == 1


@pytest.mark.parametrize(("labels", "told"), [(("a",), True), (("a", "region"), False), ((), False)])
def test_columns_that_only_the_names_of_folders_hold_are_told(labels: tuple[str, ...], told: bool) -> None:
    store = memory()
    request = ask(store)
    for region in ("north", "south"):
        put(store, f"sales/region={region}/part.csv", b"a\n1\n")
    reference = Reference.parse("az://work/sales/**")
    sales = BlobPattern(located(store, "sales/**"), reference)
    resolved = resolve(SourceScript(located(store, "scripts/prep.py")), {"dataset1": Dataset(sales)}, None)
    first = first_manifest(request, resolved, IsolationRecord("strict", "strict", ()), CLAIM, STARTED)
    facts = Facts(inputs={"dataset1": TableFacts(2, 2 if told is False else 1, labels)})
    last = last_manifest(first, resolved, ComputeResult(Verdict(facts, None), {}), (), {}, ENDED)
    resolved.close()
    assert [(each["kind"], each["lossy"]) for each in last.translations] == [("partition", False)] * told


def test_a_module_zip_is_an_input_without_rows() -> None:
    _, last = records(Facts(inputs={"bundle": TableFacts(0, 0)}))
    assert last.inputs["bundle"].format == "zip"
    assert last.inputs["dataset2"].format == "csv"
    assert last.inputs["dataset2"].rows is None


def test_a_failure_is_recorded_with_its_error() -> None:
    _, last = records(Facts(), ErrorRecord("0085", "Error 0085: …", "Traceback …"))
    assert (last.status, last.error) == ("failed", ErrorRecord("0085", "Error 0085: …", "Traceback …"))


def test_a_child_cannot_say_how_long_the_parent_took() -> None:
    _, last = records(Facts(timings={"resolve": 99.0}))
    assert last.timings["resolve"] == 0.1


@pytest.mark.parametrize(
    ("error", "status", "code", "message"),
    [
        (BlobChanged("it changed", remedy="run again"), "failed", "BlobChanged", "it changed (run again)"),
        (RuntimeError(), "failed", "RuntimeError", "RuntimeError"),
        (KeyboardInterrupt(), "interrupted", "interrupted", "KeyboardInterrupt"),
        (SystemExit(143), "interrupted", "interrupted", "143"),
    ],
)
def test_a_run_that_was_stopped_says_by_what(error: BaseException, status: str, code: str, message: str) -> None:
    first, _ = records(Facts())
    stopped = stopped_manifest(first, error, ENDED)
    assert (stopped.status, stopped.error) == (status, ErrorRecord(code, message))
    assert stopped.ended == "2024-05-30T18:08:00.000Z"
    assert stopped.outputs == ()


def test_nothing_of_a_script_is_recorded_but_its_checksum() -> None:
    first, last = records(Facts())
    lines = [line.strip() for line in IDENTITY.decode().splitlines() if line.strip()]
    assert lines
    for manifest in (first, last):
        text = manifest.encode().decode()
        assert hashlib.sha256(IDENTITY).hexdigest() in text
        assert [line for line in lines if line in text] == []


def test_times_are_utc_to_the_millisecond() -> None:
    assert time_text(datetime(2024, 1, 2, 3, 4, 5, 6_999, tzinfo=UTC)) == "2024-01-02T03:04:05.006Z"
