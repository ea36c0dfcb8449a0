"""`show` of a batch: found by its prefix, record or page, whether it has ended, still runs, or was cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import blobprep
from blobprep.account import Account
from blobprep.batches.record.complete import write_lines, write_table
from blobprep.batches.record.journal import segment_name
from blobprep.batches.record.spool import encode_record
from blobprep.batches.record.summary import BatchSummary
from blobprep.batches.records import Counts, ItemRecord, Outages
from blobprep.errors import InputError, InvalidReference
from blobprep.manifest import ScriptRecord
from blobprep.outputs.processes import this_process
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation
from tests.batches.report.building import record

SUMMARY = BatchSummary(
    "20261130T180000Z-627860da",
    "failed",
    "2026-11-30T18:00:00.000Z",
    {"run": {"script": "prep.py", "dataset1": "az://raw/2024/*.csv", "output": "az://prepared/2024/{stem}/"}},
    ScriptRecord("prep.py", "ab" * 32),
    engine="local",
    workers=2,
    counts=Counts(done=2, failed=1),
    ended="2026-11-30T18:10:00.000Z",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "account" / "prepared").mkdir(parents=True)
    account = Account("contoso", folder=tmp_path / "account")
    return Workspace(environment={}, folder=tmp_path, accounts={"contoso": account})


@pytest.fixture
def prefix(workspace: Workspace) -> BlobLocation:
    return workspace.locate("az://prepared/2024/_batch/")


def put(prefix: BlobLocation, name: str, data: bytes) -> None:
    place = prefix.child(name)
    place.store.write(place.container, place.blob, data, content_type="application/json")


def leave(prefix: BlobLocation, records: Iterable[ItemRecord], **changes: object) -> None:
    put(prefix, "batch.json", replace(SUMMARY, **changes).encode())  # type: ignore[arg-type]
    made = list(records)
    write_lines(prefix, map(encode_record, made))
    write_table(prefix, made)
    put(prefix, "report.html", b"<!doctype html>")


@pytest.mark.parametrize("name", ["", "batch.json", "report.html"])
def test_a_batch_is_found_by_its_prefix_its_record_and_its_page(
    name: str, workspace: Workspace, prefix: BlobLocation
) -> None:
    leave(prefix, [record("a"), record("b", "failed"), record("c")])

    page = blobprep.show(f"az://prepared/2024/_batch/{name}", workspace=workspace)

    assert (page.kind, page.title) == ("batch", "az://prepared/2024/_batch/")
    assert b"KeyError: &#39;mass&#39;" in page.html or b"KeyError: &#x27;mass&#x27;" in page.html
    assert page.text.startswith("failed  az://prepared/2024/_batch/\n")
    assert "3 items: 2 done, 1 failed\n" in page.text
    assert "KeyError: 'mass' (0085)" in page.text


def test_a_batch_that_was_cut_off_is_shown_from_its_segments(workspace: Workspace, prefix: BlobLocation) -> None:
    put(prefix, "batch.json", replace(SUMMARY, status="running", ended=None, counts=Counts(pending=5)).encode())
    put(prefix, segment_name(1), encode_record(record("a", "failed")) + encode_record(record("b")))
    put(prefix, segment_name(2), encode_record(record("a")))

    page = blobprep.show("az://prepared/2024/_batch/", workspace=workspace)

    assert page.to_json()["counts"] == {"matched": 5, "done": 2, "skipped": 0, "failed": 0, "pending": 3}
    assert "The batch goes on" in page.text

    gone = replace(SUMMARY, status="running", ended=None, claim=replace(this_process(()), process="1:1"))
    waiting = Outages(2, 7, 93.2, "ServerBusy", lasts=True)
    put(prefix, "batch.json", replace(gone, counts=Counts(pending=5), outages=waiting).encode())
    text = " ".join(blobprep.show("az://prepared/2024/_batch/", workspace=workspace).text.split())
    assert re.search(
        r"The batch was cut off: its last sign of life is \d+ seconds old\. --resume goes on with it\.", text
    )
    assert "waited 0:01:33 in all, since storage refused what 7 items asked, the last time: ServerBusy" in text


def test_the_document_of_a_batch_is_json_with_its_record(workspace: Workspace, prefix: BlobLocation) -> None:
    leave(prefix, [record("a"), record("b", "failed"), record("c", "failed")])

    document = json.loads(json.dumps(blobprep.show("az://prepared/2024/_batch/", workspace=workspace).to_json()))

    assert document["schema"] == "blobprep/show/1"
    assert document["batch"]["schema"] == "blobprep/batch/1"
    (cause,) = document["causes"]
    assert (cause["count"], cause["told"]) == (2, "KeyError: 'mass'")
    assert cause["items"] == ["az://contoso@raw/2024/b.csv", "az://contoso@raw/2024/c.csv"]
    assert document["times"]["count"] == 3


def test_a_page_that_is_saved_beside_a_local_record_leads_to_the_items(tmp_path: Path) -> None:
    home = tmp_path / "out" / "_batch"
    home.mkdir(parents=True)
    settings = Workspace(environment={}, folder=tmp_path)
    prefix = settings.locate(f"{home}/")
    leave(prefix, [replace(made, output=f"{tmp_path}/out/a/", outputs=()) for made in [record("a")]])

    page = blobprep.show(str(home), workspace=settings)
    page.save(tmp_path / "page.html")

    assert 'href="./out/a/manifest.json"' in (tmp_path / "page.html").read_text()
    assert "manifest.json" not in page.html.decode()


def test_a_blob_that_only_has_the_name_is_a_table(workspace: Workspace, prefix: BlobLocation) -> None:
    put(prefix, "batch.json", b'[{"a": 1}, {"a": 2}]')

    assert blobprep.show("az://prepared/2024/_batch/batch.json", workspace=workspace).kind == "table"


def test_a_record_of_another_version_says_so(workspace: Workspace, prefix: BlobLocation) -> None:
    put(prefix, "batch.json", b'{"schema": "blobprep/batch/9"}')

    with pytest.raises(InputError, match=r"batch\.json cannot be read: its schema is 'blobprep/batch/9'"):
        blobprep.show("az://prepared/2024/_batch/", workspace=workspace)


def test_a_batch_cannot_be_compared(workspace: Workspace, prefix: BlobLocation) -> None:
    leave(prefix, [record("a")])

    with pytest.raises(InvalidReference, match="is neither a table nor a run"):
        blobprep.show("az://prepared/2024/_batch/", "az://prepared/2024/_batch/", workspace=workspace)
