"""What a batch leaves of itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from blobprep.batches.options import BatchOptions
from blobprep.batches.record.complete import delete_segments, write_lines, write_table
from blobprep.batches.record.earlier import EarlierRecords, list_segments
from blobprep.batches.record.journal import Journal, segment_name
from blobprep.batches.record.open_record import OpenRecord
from blobprep.batches.record.spool import RecordSpool, encode_record
from blobprep.batches.record.summary import BATCH, BatchSummary
from blobprep.batches.records import Counts, ItemOutput, ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.errors import BlobprepError, OutputError, StoreUnavailable
from blobprep.outputs.claim import claim
from blobprep.outputs.processes import this_process
from blobprep.runs.options import RunOptions
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.location import BlobLocation
from tests.batches.coordinating import BROKEN, JOB, done, failed, item
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, located, memory, names


def record(number: int, **values: Any) -> ItemRecord:
    return replace(done(WorkItem(JOB, item(number), f"{number:064x}")), **values)


def prefix(store: Any = None) -> BlobLocation:
    return located(store or memory(), "out/_batch/")


def put(place: BlobLocation, name: str, records: list[ItemRecord]) -> None:
    target = place.child(name)
    data = b"".join(map(encode_record, records))
    target.store.write(CONTAINER, target.blob, data, content_type="application/x-ndjson")


def read(place: BlobLocation, merged: int = 0) -> list[ItemRecord]:
    with closing(EarlierRecords(place, merged)) as earlier:
        return [found for found, _ in earlier]


FULL = record(
    3,
    parts={"year": "2024"},
    outputs=(ItemOutput("results.parquet", "az://contoso@work/out/3/results.parquet", "0x9", 7, "ef" * 32, 2, 3),),
    error=BROKEN,
)


def test_a_record_reads_back_from_its_line() -> None:
    assert ItemRecord.from_json(json.loads(encode_record(FULL))) == FULL


# The spool


def test_a_spool_keeps_the_newest_record_of_each_item_and_counts_them() -> None:
    with closing(RecordSpool()) as spool:
        for number in range(3):
            spool.add("pending", encode_record(record(number, status="pending")))
        spool.replace(1, "failed", encode_record(record(1, status="failed")))
        spool.replace(1, "done", encode_record(record(1)))
        spool.replace(2, "failed", encode_record(record(2, status="failed")))
        assert [found.status for found in spool.records()] == ["pending", "done", "failed"]
        assert [found.key for found in spool.records("failed", "done")] == [item(1).key, item(2).key]
        assert spool.counts == Counts(done=1, failed=1, pending=1)
        assert spool.counts.matched == len(spool) == 3


# The journal


def test_segments_are_sorted_and_hold_the_newest_of_each_item() -> None:
    place = prefix()
    with Journal(place, 4) as journal:
        for number in (5, 1, 3, 1):
            found = record(number)
            journal.add(found.key, encode_record(found))
    assert journal.next == 5
    assert [found.key for found in read(place)] == [item(number).key for number in (1, 3, 5)]
    assert [number for number, _ in list_segments(place)] == [4]


def test_a_full_segment_is_written_at_once() -> None:
    place = prefix()
    large = record(1, error=replace(BROKEN, traceback="x" * BLOCK_SIZE))
    written = threading.Event()
    hooked = Hooked(place.store, after=lambda operation, blob: written.set())
    with Journal(prefix(hooked), 1, interval=1e6) as journal:
        journal.add(large.key, encode_record(large))
        assert written.wait(30)
    assert read(place) == [large]


def test_a_segment_that_is_there_already_is_not_replaced() -> None:
    place = prefix()
    put(place, segment_name(1), [record(9)])
    with Journal(place, 1) as journal:
        journal.add(item(2).key, encode_record(record(2)))
    assert [found.key for found in read(place)] == [item(2).key, item(9).key]


def test_what_a_store_does_not_take_is_written_later() -> None:
    place = prefix()
    failures, written = iter([True, True]), threading.Event()

    def fail_twice(operation: str, blob: str) -> None:
        if next(failures, False):
            raise StoreUnavailable("for now")

    hooked = Hooked(place.store, before=fail_twice, after=lambda operation, blob: written.set())
    with Journal(prefix(hooked), 1, interval=0.001) as journal:
        journal.add(item(1).key, encode_record(record(1)))
        assert written.wait(30)
    assert journal.fault is None
    assert read(place) == [record(1)]


def test_a_store_that_stays_away_does_not_hold_up_the_end() -> None:
    def fail(operation: str, blob: str) -> None:
        raise StoreUnavailable("for good")

    with Journal(prefix(Hooked(memory(), before=fail)), 1) as journal:
        journal.add(item(1).key, encode_record(record(1)))
    assert isinstance(journal.fault, StoreUnavailable)


# What is there


def test_the_newest_record_of_each_item_counts() -> None:
    place = prefix()
    put(place, "items.jsonl", [record(number, attempt=1) for number in (1, 2, 3)])
    put(place, segment_name(7), [record(2, attempt=2), record(5, attempt=2)])
    put(place, segment_name(8), [record(0, attempt=3), record(5, attempt=3)])
    assert [(found.key, found.attempt) for found in read(place)] == [
        (item(number).key, attempt) for number, attempt in ((0, 3), (1, 1), (2, 2), (3, 1), (5, 3))
    ]


def test_segments_that_are_part_of_the_whole_do_not_count() -> None:
    place = prefix()
    put(place, "items.jsonl", [record(1, attempt=2)])
    put(place, segment_name(7), [record(1, attempt=1)])
    assert [found.attempt for found in read(place, merged=8)] == [2]


def test_segments_are_read_several_at_a_time_and_count_in_their_order() -> None:
    place = prefix()
    for number in range(1, 41):
        put(place, segment_name(number), [record(0, attempt=number), record(number, attempt=number)])
    reading, together = list[str](), threading.Event()

    def meet(operation: str, blob: str) -> None:
        if operation == "read":
            reading.append(blob)
            if len(reading) > 1:
                together.set()
            assert together.wait(30)  # by another one that is read meanwhile

    found = read(prefix(Hooked(place.store, before=meet)))
    assert [one.attempt for one in found] == [40, *range(1, 41)]


def test_a_segment_that_goes_while_it_is_read_is_left_out() -> None:
    place = prefix()
    for number in (1, 2, 3):
        put(place, segment_name(number), [record(number)])

    def remove(operation: str, blob: str) -> None:
        if operation == "read" and blob.endswith("2.jsonl"):
            place.store.delete(CONTAINER, blob)

    assert [found.key for found in read(prefix(Hooked(place.store, before=remove)))] == [item(1).key, item(3).key]


def test_there_may_be_nothing() -> None:
    assert read(prefix()) == []


@pytest.mark.parametrize("data", [b"[]\n", b"{\n", b'{"key": 1}\n', b'{"key": "a"}\n', b"\xff\n"])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    place = prefix()
    target = place.child("items.jsonl")
    target.store.write(CONTAINER, target.blob, data, content_type="text/plain")
    with pytest.raises(OutputError, match="record") as raised:
        read(place)
    assert "--record" in raised.value.remedy


# The whole


def test_all_lines_are_written_whatever_their_size() -> None:
    place = prefix()
    records = [record(number, error=replace(BROKEN, traceback="x" * 3_000_000)) for number in range(8)]
    write_lines(place, map(encode_record, records))
    assert read(place) == records


def test_a_table_has_a_row_for_each_record() -> None:
    place = prefix()
    write_table(place, iter([FULL, record(4, status="pending", started="", ended="")]))
    data = place.child("items.parquet").read()
    rows = pq.read_table(_file(data)).to_pylist()
    assert [row["key"] for row in rows] == [item(3).key, item(4).key]
    assert rows[0]["inputs"][0]["etag"] == "0x1"
    assert rows[0]["parts"] == [("year", "2024")]
    assert rows[0]["error"]["code"] == "0085"
    assert rows[0]["outputs"][0]["rows"] == 2
    assert rows[0]["timings"] == [("compute", 0.5)]
    assert f"{rows[0]['started']:%Y-%m-%dT%H:%M:%S%z}" == "2024-05-30T18:07:00+0000"
    assert (rows[1]["started"], rows[1]["error"]) == (None, None)


def test_a_table_escapes_names_of_files_that_are_no_text() -> None:
    place = prefix()
    odd = replace(FULL, key="/data/\udcff.csv", parts={"stem": "\udcff"})
    write_table(place, iter([odd]))
    (row,) = pq.read_table(_file(place.child("items.parquet").read())).to_pylist()
    assert (row["key"], row["parts"]) == ("/data/\\udcff.csv", [("stem", "\\udcff")])


def _file(data: bytes) -> Any:
    import io

    return io.BytesIO(data)


def test_a_whole_that_cannot_be_made_leaves_the_one_before() -> None:
    place = prefix()
    put(place, "items.jsonl", [record(1)])

    def lines() -> Iterator[bytes]:
        yield encode_record(failed(WorkItem(JOB, item(2), "00")))
        raise BlobprepError("the disk is gone")

    with pytest.raises(BlobprepError, match="gone"):
        write_lines(place, lines())
    assert read(place) == [record(1)]


def test_segments_of_a_batch_that_goes_on_have_numbers_behind_those_that_no_longer_count() -> None:
    place = prefix()
    options = BatchOptions(RunOptions("prep.py"), resume=True)
    ended = BatchSummary("first", "failed", "2024-05-30T18:07:00Z", {}, None, merged=7)
    target = place.child("batch.json")
    target.store.write(CONTAINER, target.blob, ended.encode(), content_type="application/json")
    first = replace(ended, batch_id="second", status="running", merged=0, claim=this_process(()))
    held = claim(BATCH, place, first, overwrite=True, create_container=False)
    with held, OpenRecord(held, 0, options, lambda: datetime.now(UTC), report=False) as opened:
        assert opened.journal.next == 7
        assert BatchSummary.decode(place.child("batch.json").read()).merged == 7


def test_the_counts_of_a_batch_that_runs_are_seconds_old_and_add_up() -> None:
    told: list[BatchSummary] = []
    written = threading.Event()

    def note(operation: str, blob: str) -> None:
        if operation == "write" and blob.endswith("batch.json"):
            told.append(BatchSummary.decode(prefix(store).child("batch.json").read()))
            if told[-1].counts.done:
                written.set()

    store = memory()
    place = prefix(Hooked(store, after=note))
    first = BatchSummary(
        "a", "running", "2024-05-30T18:07:00Z", {}, None, counts=Counts(pending=5), claim=this_process(())
    )
    held = claim(BATCH, place, first, overwrite=True, create_container=False)
    options = BatchOptions(RunOptions("prep.py"))
    with held, OpenRecord(held, 5, options, lambda: datetime.now(UTC), report=False, interval=0.01) as opened:
        for number in range(3):
            opened.spool.add("pending", encode_record(record(number, status="pending")))
        opened.spool.replace(0, "failed", encode_record(record(0, status="failed", error=BROKEN)))
        opened.spool.replace(1, "done", encode_record(record(1)))
        assert written.wait(30)
        seen = len(told)
        assert (told[-1].status, told[-1].counts) == ("running", Counts(done=1, failed=1, pending=3))
    assert {summary.counts.matched for summary in told} == {5}
    assert len(told) < seen + 4  # nothing is written while nothing changes


def test_segments_are_deleted_once_they_are_part_of_the_whole() -> None:
    place = prefix()
    for number in (1, 2, 3):
        put(place, segment_name(number), [record(number)])
    delete_segments(place, 3)
    assert names(place.store) == {"_batch/items/000003.jsonl"}
