from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import (
    AccessError,
    BlobprepError,
    ContainerNotFound,
    LimitError,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreError,
    StoreUnavailable,
)
from blobprep.outputs import staging as module
from blobprep.outputs.staging import OutputBlob, StreamUpload, commit_all
from blobprep.stores import ANY, BLOCK_SIZE, Condition, IfAbsent, IfMatch
from blobprep.stores.folder.store import FolderStore
from tests.inputs.hooked import Hooked
from tests.remains import leaving_nothing
from tests.runs.arranging import CONTAINER, located, memory, names, put

FREE = IfAbsent()


def staged(store: Any, data: bytes, on_failure: Callable[[], None] = lambda: None) -> StreamUpload:
    """Stage bytes as a child would write them."""
    reading, writing = os.pipe()
    staging = StreamUpload(reading, located(store, "out/results.csv"), on_failure)
    try:
        with open(writing, "wb") as stream:  # noqa: PTH123
            stream.write(data)
    except BrokenPipeError:
        pass
    return staging


def piece(store: Any, name: str, content: bytes | StreamUpload) -> OutputBlob:
    return OutputBlob("results", name, located(store, f"out/{name}"), content, "text/csv", 3, 2)


def commit(store: Any, content: bytes | StreamUpload, condition: Condition = FREE) -> Any:
    (record,) = commit_all([piece(store, "results.csv", content)], {"az://work/out/results.csv": condition})
    return record


# StreamUpload


@pytest.mark.parametrize("size", [0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 4 * BLOCK_SIZE + 5])
def test_a_stream_becomes_a_blob_of_the_same_bytes(size: int) -> None:
    store = memory()
    data = os.urandom(size)
    staging = staged(store, data)
    staging.finish()
    record = commit(store, staging)
    assert store.read(CONTAINER, "out/results.csv") == data
    assert (record.size, record.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert record.etag == located(store, "out/results.csv").properties().etag


def test_what_the_store_has_taken_is_counted() -> None:
    data = os.urandom(2 * BLOCK_SIZE + 5)
    upload = staged(memory(), data)
    upload.finish()

    assert upload.staged == len(data)
    upload.abandon()


def test_what_the_store_has_not_taken_is_not_counted() -> None:
    def refuse(operation: str, blob: str) -> None:
        if operation == "put":
            raise StoreUnavailable("no")

    upload = staged(Hooked(memory(), before=refuse), bytes(2 * BLOCK_SIZE))
    with pytest.raises(StoreUnavailable):
        upload.finish()

    assert upload.staged == 0
    upload.abandon()


def test_nothing_appears_before_the_commit() -> None:
    store = memory()
    staging = staged(store, bytes(3 * BLOCK_SIZE))
    staging.finish()
    assert names(store) == set()
    staging.abandon()


@pytest.mark.parametrize(("size", "requests"), [(0, ["write"]), (5, ["write"]), (BLOCK_SIZE, ["put", "commit"])])
def test_a_small_result_takes_one_request(size: int, requests: list[str]) -> None:
    told: list[str] = []
    store = Hooked(memory(), before=lambda operation, blob: told.append(operation))
    staging = staged(store, bytes(size))
    staging.finish()
    commit(store, staging)
    assert told == requests


def test_few_blocks_are_under_way() -> None:
    store = memory()
    lock, under_way, most = threading.Lock(), 0, 0

    def begin(operation: str, blob: str) -> None:
        nonlocal under_way, most
        with lock:
            under_way += operation == "put"
            most = max(most, under_way)

    def end(operation: str, blob: str) -> None:
        nonlocal under_way
        with lock:
            under_way -= operation == "put"

    staging = staged(Hooked(store, begin, end), bytes(12 * BLOCK_SIZE))
    staging.finish()
    assert 1 <= most <= 3
    staging.abandon()


def test_blocks_may_end_in_any_order() -> None:
    store = memory()
    first, later = threading.Event(), threading.Event()
    data = b"".join(bytes([index]) * BLOCK_SIZE for index in range(3))

    def order(operation: str, blob: str) -> None:
        if operation == "put" and not first.is_set():
            first.set()
            assert later.wait(30)
        elif operation == "put":
            later.set()

    staging = staged(Hooked(store, before=order), data)
    staging.finish()
    commit(store, staging)
    assert store.read(CONTAINER, "out/results.csv") == data


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (StoreUnavailable("down"), StoreUnavailable),
        (AccessError("no"), AccessError),
        (ContainerNotFound("gone"), OutputContainerMissing),
        (StoreError("odd"), OutputError),
    ],
)
def test_a_block_that_cannot_be_staged_stops_its_producer(cause: StoreError, told: type[BlobprepError]) -> None:
    stopped = []

    def fail(operation: str, blob: str) -> None:
        if operation == "put":
            raise cause

    staging = staged(Hooked(memory(), before=fail), bytes(40 * BLOCK_SIZE), lambda: stopped.append(True))
    with pytest.raises(told):
        staging.finish()
    assert stopped == [True]
    staging.abandon()


def test_a_stream_without_end_hits_the_limit_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BLOCKS", 2)
    staging = staged(memory(), bytes(4 * BLOCK_SIZE))
    with pytest.raises(LimitError, match=r"az://work/out/results\.csv is larger than 2 blocks"):
        staging.finish()


def test_an_abandoned_stream_leaves_nothing_behind(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.create_container(CONTAINER)
    with leaving_nothing():
        staging = staged(store, bytes(2 * BLOCK_SIZE))
        staging.abandon()
        staging.abandon()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_abandoning_what_is_published_takes_nothing_back() -> None:
    store = memory()
    staging = staged(store, bytes(2 * BLOCK_SIZE))
    staging.finish()
    commit(store, staging)
    staging.abandon()
    assert names(store) == {"results.csv"}


# Committing


def test_what_was_written_is_recorded() -> None:
    store = memory()
    record = commit(store, b"a,b\n")
    assert (record.port, record.name, record.reference) == ("results", "results.csv", "az://work/out/results.csv")
    assert (record.rows, record.columns, record.size) == (3, 2, 4)
    assert located(store, "out/results.csv").properties().content_type == "text/csv"


def test_a_large_piece_at_hand_is_committed_at_once() -> None:
    store = memory()
    data = os.urandom(2 * BLOCK_SIZE + 1)
    commit(store, data)
    assert store.read(CONTAINER, "out/results.csv") == data


def test_records_stand_in_the_order_of_the_pieces() -> None:
    store = memory()
    pieces = [piece(store, str(number), b"") for number in range(30)]
    records = commit_all(pieces, {each.target.printed: FREE for each in pieces})
    assert [each.name for each in records] == [str(number) for number in range(30)]


@pytest.mark.parametrize("size", [5, BLOCK_SIZE + 1])
def test_a_blob_that_appeared_meanwhile_is_not_overwritten(size: int) -> None:
    store = memory()
    put(store, "out/results.csv", b"somebody's")
    with pytest.raises(OutputExists, match="appeared meanwhile and was not overwritten"):
        commit(store, bytes(size))
    assert store.read(CONTAINER, "out/results.csv") == b"somebody's"


@pytest.mark.parametrize("size", [5, BLOCK_SIZE + 1])
@pytest.mark.parametrize("deleted", [False, True])
def test_a_blob_that_changed_meanwhile_is_not_overwritten(size: int, deleted: bool) -> None:
    store = memory()
    etag = put(store, "out/results.csv", b"old").properties().etag
    put(store, "out/results.csv", b"somebody's")
    if deleted:
        store.delete(CONTAINER, "out/results.csv")
    with pytest.raises(OutputError, match="was changed during the run") as caught:
        commit(store, bytes(size), IfMatch(etag))
    assert type(caught.value) is OutputError
    assert names(store) == (set() if deleted else {"results.csv"})


def test_a_blob_that_is_as_it_was_is_replaced() -> None:
    store = memory()
    etag = put(store, "out/results.csv", b"old").properties().etag
    commit(store, b"new", IfMatch(etag))
    assert store.read(CONTAINER, "out/results.csv") == b"new"


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (StoreUnavailable("down"), StoreUnavailable),
        (AccessError("no"), AccessError),
        (ContainerNotFound("gone"), OutputContainerMissing),
        (StoreError("odd", remedy="do this"), OutputError),
    ],
)
def test_errors_of_stores_become_those_of_outputs(cause: StoreError, told: type[BlobprepError]) -> None:
    def fail(operation: str, blob: str) -> None:
        raise cause

    with pytest.raises(told) as caught:
        commit(Hooked(memory(), before=fail), b"")
    assert type(caught.value) is told


def test_a_large_piece_that_fails_leaves_nothing_staged(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.create_container(CONTAINER)
    put(store, "out/results.csv", b"somebody's")
    with leaving_nothing(), pytest.raises(OutputExists):
        commit(store, bytes(BLOCK_SIZE + 1))


def test_any_condition_writes_whatever_is_there() -> None:
    store = memory()
    put(store, "out/results.csv", b"old")
    commit(store, b"new", ANY)
    assert store.read(CONTAINER, "out/results.csv") == b"new"
