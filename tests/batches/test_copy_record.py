"""The record of `cp` and `sync`: a batch whose items are copies."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
import pytest

from blobprep.batches.copies.jobs import cp, sync
from blobprep.batches.record.summary import BatchSummary
from blobprep.batches.worker.attempt import worker_name
from blobprep.errors import BlobNotFound, ClaimLost, InvalidOption, InvalidReference, OutputExists
from blobprep.manifest import ScriptRecord
from blobprep.settings import Workspace
from blobprep.stores.memory import MemoryStore
from tests.stores.test_contract import AWKWARD
from tests.transfer.stores import HookedStore

RECORD = "az://records/job/"


@pytest.fixture
def store() -> HookedStore:
    store = HookedStore("contoso")
    for container in ("raw", "copy", "records"):
        store.create_container(container)
    for name in ("a", "b", "c/d"):
        stage(store, "raw", name, name.encode())
    return store


@pytest.fixture
def workspace(store: HookedStore, tmp_path: Any) -> Workspace:
    return Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})


def stage(store: MemoryStore, container: str, name: str, data: bytes) -> None:
    """Write a blob that has no MD5."""
    upload = store.upload(container, name)
    upload.put(0, data)
    upload.commit(1, content_type="text/plain")


def summary(store: MemoryStore) -> BatchSummary:
    return BatchSummary.decode(store.read("records", "job/batch.json"))


def lines(store: MemoryStore) -> list[dict[str, Any]]:
    return [json.loads(line) for line in store.read("records", "job/items.jsonl").splitlines()]


def test_a_record_has_a_line_for_each_copy_and_counts_that_add_up(store: HookedStore, workspace: Workspace) -> None:
    store.before("read", "b", lambda: stage(store, "raw", "b", b"changed"), times=100)

    copies = cp("az://raw/**", "az://copy/to/", record=RECORD, workspace=workspace)

    told, listed = summary(store), lines(store)
    assert copies.record == RECORD
    assert (told.status, told.script, told.counts.done, told.counts.failed, told.counts.matched) == (
        *("failed", None),
        *(2, 1, 3),
    )
    assert told.causes[0].code == "BlobChanged"
    assert [(line["key"], line["status"], line["attempt"]) for line in listed] == [
        ("a", "done", 1),
        ("b", "failed", 3),
        ("c/d", "done", 1),
    ]
    for line, copied in zip(listed, copies, strict=True):
        assert [blob["reference"] for blob in line["inputs"]] == [f"az://contoso@raw/{line['key']}"]
        assert line["output"] == f"az://contoso@copy/to/{line['key']}"
        assert [blob["etag"] for blob in line["outputs"]] == ([copied.etag] if copied.etag else [])
        assert line["inputs"][0]["etag"] == copied.source_etag
    assert listed[1]["error"]["code"] == "BlobChanged"
    store.read("records", "job/items.parquet")
    assert sorted(item.blob for item in store.list("records")) == [
        f"job/{name}" for name in ("batch.json", "items.jsonl", "items.parquet")
    ]


def test_what_a_record_knows_is_not_copied_again_though_it_has_no_md5(
    store: HookedStore, workspace: Workspace, tmp_path: Any
) -> None:
    target = f"{tmp_path}/to/"
    for attempt in range(3):
        copies = cp("az://raw/", target, record=RECORD, resume=attempt > 0, workspace=workspace)

        assert copies.counts.copied == (0 if attempt else 3)
        assert [line["status"] for line in lines(store)] == ["skipped" if attempt else "done"] * 3
    stage(store, "raw", "a", b"A")
    (tmp_path / "to" / "b").write_bytes(b"B")
    known = lines(store)
    with pytest.raises(OutputExists, match="a blob has no MD5; nothing was copied"):
        cp("az://raw/", target, record=RECORD, resume=True, workspace=workspace)
    assert (summary(store).status, lines(store)) == ("failed", known)
    copies = cp("az://raw/", target, record=RECORD, resume=True, overwrite=True, workspace=workspace)

    assert [copy.status for copy in copies] == ["copied", "copied", "skipped"]
    assert [(tmp_path / "to" / name).read_bytes() for name in ("a", "b", "c/d")] == [b"A", b"b", b"c/d"]
    table = pq.read_table(BytesIO(store.read("records", "job/items.parquet")))
    assert table.column("status").to_pylist() == ["done", "done", "skipped"]


def test_sync_goes_on_with_its_record_and_records_deletions_in_their_place(
    store: HookedStore, workspace: Workspace
) -> None:
    sync("az://raw/", "az://copy/", record=RECORD, workspace=workspace)
    stage(store, "copy", "aa", b"old")
    dry = sync("az://raw/", "az://copy/", record=RECORD, delete=True, dry_run=True, workspace=workspace)
    copies = sync("az://raw/", "az://copy/", record=RECORD, delete=True, workspace=workspace)

    assert [copy.status for copy in dry] == ["skipped"] * 3 + ["pending"]
    assert [copy.status for copy in copies] == ["skipped"] * 3 + ["deleted"]
    assert [(line["key"], line["status"], len(line["inputs"])) for line in lines(store)] == [
        ("a", "skipped", 1),
        ("aa", "done", 0),
        ("b", "skipped", 1),
        ("c/d", "skipped", 1),
    ]
    assert summary(store).status == "succeeded"


def test_an_interrupted_job_says_so_in_its_record_and_is_gone_on_with(store: HookedStore, workspace: Workspace) -> None:
    for number in range(100):
        stage(store, "raw", f"x/{number:03}", b"x")

    def interrupt(done: int, total: int) -> None:
        if done > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cp("az://raw/x/*", "az://copy/", record=RECORD, workspace=workspace, progress=interrupt)
    cut = summary(store)
    copies = cp("az://raw/x/*", "az://copy/", record=RECORD, resume=True, workspace=workspace)

    assert (cut.status, cut.counts.matched) == ("interrupted", 100)
    assert cut.counts.done > 30
    assert (copies.counts.skipped, copies.counts.copied) == (cut.counts.done, cut.counts.pending)
    assert (summary(store).status, len(lines(store))) == ("succeeded", 100)


def test_a_record_that_is_there_is_not_replaced_unasked(store: HookedStore, workspace: Workspace) -> None:
    cp("az://raw/**", "az://copy/", record=RECORD, workspace=workspace)

    with pytest.raises(OutputExists, match="holds the record of the copies"):
        cp("az://raw/**", "az://copy/", record=RECORD, workspace=workspace)
    other = BatchSummary("20260101T000000Z-00000000", "succeeded", "2026-01-01", {}, ScriptRecord("prep.py", "0" * 64))
    store.write("records", "job/batch.json", other.encode(), content_type="application/json")
    with pytest.raises(OutputExists, match="which ran a script"):
        sync("az://raw/", "az://copy/", record=RECORD, workspace=workspace)

    for record in ("az://raw/records/", "az://copy/", "az://copy/records/"):
        with pytest.raises(InvalidReference, match="a record must not be among what is copied"):
            cp("az://raw/**", "az://copy/", record=record, workspace=workspace)


def test_a_job_whose_record_is_taken_over_ends(store: HookedStore, workspace: Workspace) -> None:
    def take(done: int, total: int) -> None:
        stolen = summary(store)
        if stolen.batch_id != "other":
            values = stolen.to_json() | {"batch_id": "other"}
            store.write("records", "job/batch.json", json.dumps(values).encode(), content_type="application/json")

    with pytest.raises(ClaimLost, match="taken over"):
        cp("az://raw/**", "az://copy/", record=RECORD, workspace=workspace, progress=take)

    assert summary(store).batch_id == "other"


def test_one_blob_has_a_record_too(store: HookedStore, workspace: Workspace) -> None:
    for attempt in range(2):
        copies = cp("az://raw/c/d", "az://copy/", record=RECORD, resume=attempt > 0, workspace=workspace)

        assert copies.counts.copied == 1 - attempt
        assert [(line["key"], line["output"]) for line in lines(store)] == [("d", "az://contoso@copy/d")]


def test_a_job_that_cannot_begin_leaves_a_record_that_is_gone_on_with(store: HookedStore, workspace: Workspace) -> None:
    with pytest.raises(BlobNotFound):
        cp("az://raw/none/*", "az://copy/", record=RECORD, workspace=workspace)
    assert (summary(store).status, summary(store).counts.matched) == ("failed", 0)

    assert cp("az://raw/**", "az://copy/", record=RECORD, resume=True, workspace=workspace).counts.copied == 3


def test_names_of_any_kind_are_copied_recorded_and_known_again(store: HookedStore, workspace: Workspace) -> None:
    for name in AWKWARD:
        stage(store, "raw", f"x/{name}", name.encode())

    for attempt in range(2):
        copies = sync("az://raw/x/**", "az://copy/", record=RECORD, delete=True, workspace=workspace)

        assert copies.counts.copied == (0 if attempt else len(AWKWARD))
        assert [line["key"] for line in lines(store)] == sorted(AWKWARD)
    assert {item.blob: store.read("copy", item.blob) for item in store.list("copy")} == {  # type: ignore[union-attr]
        name: name.encode() for name in AWKWARD
    }


def test_a_report_shows_what_failed_and_how_long_copies_took(store: HookedStore, workspace: Workspace) -> None:
    store.before("read", "b", lambda: stage(store, "raw", "b", b"changed"), times=100)

    cp("az://raw/**", "az://copy/to/", record=RECORD, report=True, workspace=workspace)

    page = store.read("records", "job/report.html").decode()
    assert "3 items: 2 done, 1 failed" in page
    for told in (
        "az://raw/b changed while it was read",
        "BlobChanged",
        "Slowest items",
        "az://raw/**",
        "az://copy/to/",
    ):
        assert told in page
    assert "traceback" not in page.partition("<h2")[2]
    assert "Lossy translations" not in page
    assert {line["worker"] for line in lines(store)} == {worker_name()}
    assert all(line["started"] <= line["ended"] and line["seconds"] > 0 for line in lines(store))
    with pytest.raises(InvalidOption, match="a report is part of a record"):
        sync("az://raw/", "az://copy/", report=True, workspace=workspace)
