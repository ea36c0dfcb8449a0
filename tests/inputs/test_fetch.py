from __future__ import annotations

import hashlib
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import BlobChanged, LimitError, StoreUnavailable
from blobprep.inputs.fetch import WORKERS, Fetch
from blobprep.inputs.resolve import ResolvedInput, place_end_to_end
from blobprep.inputs.spool import InputSpool
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation, PinnedBlob
from blobprep.stores.memory import MemoryStore
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, memory, put

RANGE = 10


class Fetched:
    """A fetch under test, and what it said."""

    def __init__(self, *inputs: ResolvedInput, **options: object) -> None:
        self.inputs = inputs
        self.announced: list[tuple[str, int, int]] = []
        self.arrived = threading.Event()
        self.failures = 0
        self.progress: list[tuple[int, int]] = []
        self.fetch = Fetch(
            inputs,
            range_size=RANGE,
            progress=lambda *seen: self.progress.append(seen),
            **options,  # type: ignore[arg-type]
        )

    def _announce(self, port: str, offset: int, end: int) -> None:
        self.announced.append((port, offset, end))
        self.arrived.set()

    def _fail(self) -> None:
        self.failures += 1

    def start(self) -> None:
        self.fetch.start(self._announce, self._fail)

    def run(self) -> dict[str, tuple[str, ...]]:
        self.start()
        return self.fetch.finish()


@pytest.fixture
def store() -> Hooked:
    return Hooked(memory())


@pytest.fixture
def resolved(store: Hooked) -> Iterator[Callable[[bytes, str], ResolvedInput]]:
    """Resolve blobs with these bytes, one for each port."""
    made = []

    def resolve(data: bytes, port: str = "dataset1") -> ResolvedInput:
        location = put(store, f"{port}.csv", data)
        made.append(InputSpool(port, len(data)))
        return ResolvedInput(port, location.printed, (PinnedBlob(location, location.properties()),), made[-1])

    yield resolve
    for each in made:
        each.close()


def change(store: Hooked, data: bytes = b"another") -> str:
    return store.store.write(CONTAINER, "dataset1.csv", data, content_type="text/csv")


@pytest.mark.parametrize("size", [0, 1, RANGE - 1, RANGE, RANGE + 1, 20 * RANGE, 20 * RANGE + 1])
def test_all_bytes_arrive_with_their_checksum(resolved: Callable[..., ResolvedInput], size: int) -> None:
    data = bytes(index % 251 for index in range(size))
    fetched = Fetched(resolved(data))
    assert fetched.run() == {"dataset1": (hashlib.sha256(data).hexdigest(),)}
    assert fetched.inputs[0].bytes.read(0, size) == data


def test_each_range_is_announced_once_it_is_there(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(25)))
    fetched.run()
    assert sorted(fetched.announced) == [("dataset1", 0, 10), ("dataset1", 10, 20), ("dataset1", 20, 25)]


def test_several_inputs_arrive_in_one_fetch(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(b"first", "dataset1"), resolved(b"second", "bundle"))
    assert set(fetched.run()) == {"dataset1", "bundle"}
    assert fetched.inputs[1].bytes.read(0, 9) == b"second"


def test_progress_ends_with_all_bytes(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(25)))
    fetched.run()
    assert max(fetched.progress) == (25, 25)


def test_what_the_caller_gave_is_there_at_once_and_not_counted_as_fetched(
    resolved: Callable[..., ResolvedInput],
) -> None:
    with InputSpool.holding("bundle", b"x" * 25) as given:
        fetched = Fetched(resolved(bytes(5)), ResolvedInput("bundle", "given", (), given))
        checksums = fetched.run()
    assert fetched.announced[0] == ("bundle", 0, 25)
    assert checksums["bundle"] == (hashlib.sha256(b"x" * 25).hexdigest(),)
    assert fetched.progress == [(5, 5)]


def test_a_blob_that_changes_meanwhile_is_refused_with_both_etags(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(100)))
    old, new = fetched.inputs[0].blobs[0].properties.etag, change(store)
    with pytest.raises(BlobChanged) as caught:
        fetched.run()
    assert old in caught.value.message
    assert f"is {new} now" in caught.value.message
    assert "az://work/dataset1.csv" in caught.value.message
    assert fetched.failures == 1


def test_a_blob_of_the_same_bytes_written_again_is_another_one(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(5)))
    change(store, bytes(5))
    with pytest.raises(BlobChanged):
        fetched.run()


def test_a_blob_that_changes_after_the_first_range_is_no_mixture(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(1000)))
    store.after = lambda operation, blob: change(store) if operation == "read" else None
    with pytest.raises(BlobChanged):
        fetched.run()


def test_a_blob_that_is_deleted_meanwhile_says_so(store: Hooked, resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(5)))
    store.delete(CONTAINER, "dataset1.csv")
    with pytest.raises(BlobChanged, match="the blob is gone now"):
        fetched.run()


def test_a_change_is_told_even_where_the_store_cannot_be_asked_again(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(5)))
    change(store)

    def unreachable(operation: str, blob: str) -> None:
        if operation == "properties":
            raise StoreUnavailable("no answer")

    store.before = unreachable
    with pytest.raises(BlobChanged, match="is another one now"):
        fetched.run()


def test_a_store_that_cannot_be_reached_stops_the_fetch_once(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(1000)))
    reads = []

    def unreachable(operation: str, blob: str) -> None:
        reads.append(blob)
        raise StoreUnavailable("no answer")

    store.before = unreachable
    with pytest.raises(StoreUnavailable, match="no answer"):
        fetched.run()
    assert fetched.failures == 1
    assert len(reads) <= WORKERS


def test_a_range_that_comes_short_is_no_range() -> None:
    class Short(MemoryStore):
        def read(self, *arguments: object, **options: object) -> bytes:
            return super().read(*arguments, **options)[:-1]  # type: ignore[arg-type]

    store = Short()
    store.create_container(CONTAINER)
    location: BlobLocation = put(store, "dataset1.csv", bytes(5))
    with (
        InputSpool("dataset1", 5) as held,
        pytest.raises(StoreUnavailable, match="returned 4 of 5 bytes from offset 0"),
    ):
        Fetched(ResolvedInput("dataset1", location.printed, (PinnedBlob(location, location.properties()),), held)).run()


def test_a_disk_that_is_full_is_a_limit(resolved: Callable[..., ResolvedInput]) -> None:
    each = resolved(bytes(5))
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, each.bytes.writable)
    os.close(full)
    with pytest.raises(LimitError, match=r"no room for az://work/dataset1\.csv, 5 bytes: No space left"):
        Fetched(each).run()


def test_at_most_a_few_ranges_are_under_way(store: Hooked, resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(1000)))
    lock, under_way, most = threading.Lock(), 0, 0
    together = threading.Barrier(WORKERS, timeout=30)

    def begin(operation: str, blob: str) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait()

    def end(operation: str, blob: str) -> None:
        nonlocal under_way
        together.wait()
        with lock:
            under_way -= 1

    store.before, store.after = begin, end
    fetched.run()
    assert most == WORKERS


def test_what_the_child_needs_comes_before_the_rest() -> None:
    begun: queue.Queue[int] = queue.Queue()
    permits = threading.Semaphore(0)

    class Gated(MemoryStore):
        def read(self, *arguments: Any, **options: Any) -> bytes:
            begun.put(options["offset"])
            assert permits.acquire(timeout=30)
            return super().read(*arguments, **options)

    store = Gated()
    store.create_container(CONTAINER)
    location = put(store, "dataset1.csv", bytes(1000))
    with InputSpool("dataset1", 1000) as held:
        fetch = Fetched(
            ResolvedInput("dataset1", location.printed, (PinnedBlob(location, location.properties()),), held)
        ).fetch
        fetch.start(lambda *_: None, lambda: None)
        assert {begun.get(timeout=30) for _ in range(WORKERS)} == {0, 10, 20, 30}
        fetch.need("dataset1", 985, 100)
        permits.release(2)
        assert {begun.get(timeout=30), begun.get(timeout=30)} == {980, 990}
        permits.release(1000)
        fetch.finish()
        assert begun.qsize() == 100 - WORKERS - 2


def test_nothing_is_fetched_twice_however_often_it_is_needed(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(100)))
    for _ in range(3):
        fetched.fetch.need("dataset1", 95, 5)
    fetched.run()
    assert len(fetched.announced) == 10


def test_needs_outside_an_input_are_cut_or_nobodys(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(15)), on_demand=True)
    for port, offset, length in [
        ("dataset9", 0, 5),
        ("dataset1", -5, 10),
        ("dataset1", 15, 5),
        ("dataset1", 0, 0),
        ("dataset1", 10, 1 << 62),
    ]:
        fetched.fetch.need(port, offset, length)
    fetched.start()
    assert fetched.arrived.wait(30)
    fetched.fetch.close()
    assert fetched.announced == [("dataset1", 10, 15)]


def test_on_demand_only_what_is_needed_is_fetched_and_nothing_is_summed(
    resolved: Callable[..., ResolvedInput],
) -> None:
    fetched = Fetched(resolved(bytes(100)), on_demand=True)
    fetched.start()
    fetched.fetch.need("dataset1", 50, 1)
    assert fetched.arrived.wait(30)
    fetched.fetch.stop()
    assert fetched.fetch.finish() == {}
    assert fetched.announced == [("dataset1", 50, 60)]


def test_a_stopped_fetch_keeps_the_checksums_of_what_is_whole(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    whole, partial = resolved(b"whole", "bundle"), resolved(bytes(1000), "dataset1")
    fetched = Fetched(whole, partial)
    stopped = threading.Event()

    def stop(operation: str, blob: str) -> None:
        if blob == "dataset1.csv":
            while ("bundle", 0, 5) not in fetched.announced:
                time.sleep(0.001)
            fetched.fetch.stop()
            stopped.set()

    store.before = stop
    assert fetched.run() == {"bundle": (hashlib.sha256(b"whole").hexdigest(),)}
    assert stopped.is_set()
    assert fetched.failures == 0


def test_a_fetch_that_never_began_can_be_closed(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(5)))
    fetched.fetch.close()
    assert fetched.announced == []


def test_what_arrived_before_there_was_a_child_is_announced_to_it(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(3 * RANGE)))

    fetched.fetch.begin()
    fetched.fetch.wait()
    assert fetched.announced == []
    digests = fetched.run()

    assert sorted(fetched.announced) == [("dataset1", at, at + RANGE) for at in range(0, 3 * RANGE, RANGE)]
    assert digests == {"dataset1": (hashlib.sha256(bytes(3 * RANGE)).hexdigest(),)}


def test_what_failed_before_there_was_a_child_is_told_once(
    store: Hooked, resolved: Callable[..., ResolvedInput]
) -> None:
    fetched = Fetched(resolved(bytes(100)))
    change(store)

    fetched.fetch.begin()
    fetched.fetch.wait()
    assert fetched.failures == 0
    fetched.start()

    assert fetched.failures == 1
    with pytest.raises(BlobChanged):
        fetched.fetch.finish()


def test_closing_waits_for_what_is_under_way(store: Hooked, resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(1000)))
    begun, go_on = threading.Event(), threading.Event()
    ended = []

    def hold(operation: str, blob: str) -> None:
        begun.set()
        assert go_on.wait(30)
        ended.append(blob)

    store.before = hold
    fetched.start()
    assert begun.wait(30)
    fetched.fetch.stop()
    threading.Timer(0.05, go_on.set).start()
    fetched.fetch.close()
    assert len(ended) == len(fetched.announced) > 0


def test_progress_that_raises_stops_the_fetch_and_is_not_lost(resolved: Callable[..., ResolvedInput]) -> None:
    fetched = Fetched(resolved(bytes(100)))

    def bad(there: int, total: int) -> None:
        raise RuntimeError("the bar broke")

    fetched.fetch._progress = bad
    with pytest.raises(RuntimeError, match="the bar broke"):
        fetched.run()


def test_a_large_blob_from_a_folder_arrives_whole(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "account")
    store.create_container(CONTAINER)
    data = bytes(range(256)) * (70 * 1024 * 4)
    (tmp_path / "account" / CONTAINER / "big.bin").write_bytes(data)
    location = BlobLocation(store, CONTAINER, "big.bin", "az://work/big.bin")
    with InputSpool("dataset1", len(data)) as held:
        each = ResolvedInput("dataset1", location.printed, (PinnedBlob(location, location.properties()),), held)
        fetch = Fetch([each])
        fetch.start(lambda *_: None, lambda: None)
        assert fetch.finish() == {"dataset1": (hashlib.sha256(data).hexdigest(),)}


SIZES = [25, 0, 10, 7, 0, 51]


@pytest.fixture
def several(store: Hooked) -> Iterator[tuple[ResolvedInput, list[bytes]]]:
    """Six blobs that are one input, two of them empty."""
    data = [bytes([65 + index]) * size for index, size in enumerate(SIZES)]
    location = [put(store, f"part{index}.csv", each) for index, each in enumerate(data)]
    with InputSpool("dataset1", sum(SIZES)) as held:
        blobs = place_end_to_end([PinnedBlob(each, each.properties()) for each in location])
        yield ResolvedInput("dataset1", "az://work/part*.csv", blobs, held), data


def test_several_blobs_arrive_end_to_end_each_with_its_checksum(several: tuple[ResolvedInput, list[bytes]]) -> None:
    each, data = several
    fetched = Fetched(each)
    assert fetched.run() == {"dataset1": tuple(hashlib.sha256(part).hexdigest() for part in data)}
    assert each.bytes.read(0, 1000) == b"".join(data)
    assert max(fetched.progress) == (sum(SIZES), sum(SIZES))


def test_no_range_reaches_over_the_end_of_its_blob(several: tuple[ResolvedInput, list[bytes]]) -> None:
    fetched = Fetched(several[0])
    fetched.run()
    assert sorted((start, end) for _, start, end in fetched.announced) == [
        (0, 10), (10, 20), (20, 25), (25, 35), (35, 42), (42, 52), (52, 62), (62, 72), (72, 82), (82, 92), (92, 93),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("offset", "length", "announced"),
    [
        (24, 1, {(20, 25)}),
        (24, 2, {(20, 25), (25, 35)}),
        (34, 9, {(25, 35), (35, 42), (42, 52)}),
        (92, 500, {(92, 93)}),
        (93, 1, set()),
    ],
)
def test_what_the_child_needs_is_found_in_its_blobs(
    several: tuple[ResolvedInput, list[bytes]], offset: int, length: int, announced: set[tuple[int, int]]
) -> None:
    each, data = several
    fetched = Fetched(each, on_demand=True)
    fetched.fetch.need("dataset1", offset, length)
    fetched.fetch.need("dataset1", 0, 1)
    fetched.start()
    while (fetched_now := {(start, end) for _, start, end in fetched.announced}) < announced | {(0, 10)}:
        assert fetched.arrived.wait(30)
        fetched.arrived.clear()
    fetched.fetch.close()
    assert fetched_now == announced | {(0, 10)}
    assert all(each.bytes.read(start, end - start) == b"".join(data)[start:end] for start, end in announced)


def test_one_blob_of_several_that_changes_is_named(store: Hooked, several: tuple[ResolvedInput, list[bytes]]) -> None:
    put(store.store, "part3.csv", b"another")
    fetched = Fetched(several[0])
    with pytest.raises(BlobChanged, match=r"az://work/part3\.csv changed while it was read"):
        fetched.run()
    assert fetched.failures == 1


def test_checksums_of_several_blobs_end_at_the_first_that_is_not_whole(
    store: Hooked, several: tuple[ResolvedInput, list[bytes]]
) -> None:
    each, data = several
    fetched = Fetched(each)
    # A worker stops the fetch before it has a range of the last blob, which has more ranges than there are workers.
    store.before = lambda operation, blob: fetched.fetch.stop() if blob == "part5.csv" else None
    whole = fetched.run().get("dataset1", ())
    assert whole == tuple(hashlib.sha256(part).hexdigest() for part in data)[: len(whole)]
    assert len(whole) < len(data)
    assert SIZES[-1] > WORKERS * RANGE
