from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import (
    AccessError,
    BlobprepError,
    ClaimLost,
    ContainerNotFound,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreError,
    StoreUnavailable,
)
from blobprep.manifest import BatchRecord, ClaimRecord, IsolationRecord, Manifest, OutputRecord, Status
from blobprep.outputs.claim import HEARTBEAT, STALE, Claim, claim
from blobprep.outputs.claim_kind import RUN, named_in
from blobprep.outputs.processes import is_alive, this_process
from blobprep.stores import BLOCK_SIZE, BlobProperties
from blobprep.stores.azure import AzureStore
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation
from blobprep.stores.memory import MemoryStore
from tests.inputs.hooked import Hooked
from tests.remains import new_threads
from tests.runs.arranging import CONTAINER, located, manifest_of, memory, names
from tests.server import Behaviour, Server

ELSEWHERE = ClaimRecord("another machine", "1:1", ("results.parquet",))


def manifest(run_id: str = "mine", status: Status = "running", **values: Any) -> Manifest:
    values.setdefault("claim", this_process(["results.parquet"]))
    return Manifest(run_id, status, "2024-05-30T18:07:00.000Z", {}, {}, IsolationRecord("process", "process"), **values)


def stand(store: Any, found: Manifest) -> None:
    """Let a manifest stand at the prefix."""
    store.write(CONTAINER, "out/manifest.json", found.encode(), content_type="application/json")


def take(store: Any, found: Manifest | None = None, **options: Any) -> Claim[Manifest]:
    options = {"overwrite": False, "create_container": False, **options}
    return claim(RUN, located(store, "out/"), found or manifest(), **options)


def recorded(name: str) -> OutputRecord:
    return OutputRecord("results", name, f"az://work/out/{name}", "0x1", 1, "00")


class Later(MemoryStore):
    """An account on whose clock time has passed since the last write."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.create_container(CONTAINER)

    def properties(self, *arguments: Any, **options: Any) -> BlobProperties:
        found = super().properties(*arguments, **options)
        return replace(found, as_of=found.last_modified + timedelta(seconds=self.seconds))


# A claim


def test_a_claim_is_the_manifest_with_what_is_planned() -> None:
    store = memory()
    take(store)
    found = manifest_of(store)
    assert (found.run_id, found.status) == ("mine", "running")
    assert found.claim is not None
    assert found.claim.planned == ("results.parquet",)


def test_of_two_runs_for_one_prefix_one_goes_on() -> None:
    store = memory()
    together = threading.Barrier(2, timeout=30)

    def meet(operation: str, blob: str) -> None:
        if operation == "write":
            together.wait()

    hooked = Hooked(store, before=meet)

    def one(run_id: str) -> Claim[Manifest] | BlobprepError:
        try:
            return take(hooked, manifest(run_id))
        except BlobprepError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        won, lost = sorted(pool.map(one, ["a", "b"]), key=lambda each: isinstance(each, BlobprepError))
    assert isinstance(won, Claim)
    assert isinstance(lost, OutputExists)
    assert f"run {won.manifest.run_id} is writing to az://work/out/ now" in str(lost)
    assert manifest_of(store).run_id == won.manifest.run_id


def test_of_two_runs_that_take_over_one_prefix_one_goes_on() -> None:
    store = memory()
    stand(store, manifest("dead", "failed"))
    together = threading.Barrier(2, timeout=30)

    def meet(operation: str, blob: str) -> None:
        if operation == "write":
            together.wait()

    hooked = Hooked(store, before=meet)

    def one(run_id: str) -> str:
        try:
            return take(hooked, manifest(run_id)).manifest.run_id
        except OutputExists as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(one, ["a", "b"]), key=len)
    assert told[0] == manifest_of(store).run_id
    assert "at the same moment" in told[1]


def test_what_may_not_be_admitted_leaves_no_trace() -> None:
    store = memory()

    def refuse(previous: Manifest | None) -> None:
        raise OutputExists("in the way")

    with pytest.raises(OutputExists, match="in the way"):
        take(store, admit=refuse)
    assert names(store) == set()


# Taking over


def test_a_finished_run_is_not_replaced() -> None:
    store = memory()
    stand(store, manifest("done", "succeeded", claim=None))
    with pytest.raises(OutputExists, match="holds the results of run done"):
        take(store)
    assert manifest_of(store).run_id == "done"


def of_batch(record: str, fingerprint: str) -> BatchRecord:
    return BatchRecord(f"az://prepared/{record}/", "a.csv", fingerprint)


def test_a_run_of_a_batch_replaces_results_of_the_same_batch_that_are_out_of_date() -> None:
    store = memory()
    stand(store, manifest("done", "succeeded", claim=None, batch=of_batch("nightly", "old")))
    take(store, manifest(batch=of_batch("nightly", "new")))
    assert manifest_of(store).run_id == "mine"


@pytest.mark.parametrize(
    "found",
    [of_batch("nightly", "new"), of_batch("weekly", "old"), None],
    ids=["up to date", "of another batch", "of no batch"],
)
def test_a_run_of_a_batch_replaces_no_other_results(found: BatchRecord | None) -> None:
    store = memory()
    stand(store, manifest("done", "succeeded", claim=None, batch=found))
    with pytest.raises(OutputExists, match="holds the results of run done"):
        take(store, manifest(batch=of_batch("nightly", "new")))
    assert manifest_of(store).run_id == "done"


def test_a_finished_run_is_replaced_where_that_is_asked_for() -> None:
    store = memory()
    stand(store, manifest("done", "succeeded", claim=None))
    seen: list[Manifest | None] = []
    taken = take(store, overwrite=True, admit=seen.append)
    assert taken.previous is not None
    assert taken.previous.run_id == "done"
    assert seen == [taken.previous]
    assert manifest_of(store).run_id == "mine"


@pytest.mark.parametrize("status", ["failed", "interrupted"])
@pytest.mark.parametrize("kept", [None, ELSEWHERE])
def test_a_run_without_results_is_replaced(status: Status, kept: ClaimRecord | None) -> None:
    store = memory()
    stand(store, manifest("bad", status, claim=kept))
    take(store)
    assert manifest_of(store).run_id == "mine"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_live_run_elsewhere_is_not_replaced(overwrite: bool) -> None:
    store = memory()
    stand(store, manifest("live", claim=ELSEWHERE))
    with pytest.raises(OutputExists, match=r"run live is writing to az://work/out/ now \(last heartbeat 0 s ago\)"):
        take(store, overwrite=overwrite)


def test_a_live_run_of_this_process_is_not_replaced() -> None:
    store = memory()
    first = take(store, manifest("first"))
    with pytest.raises(OutputExists, match="run first is writing"):
        take(store)
    assert first.manifest.run_id == "first"


def test_a_run_of_this_process_that_could_not_say_it_ended_is_taken_over_at_once_and_told_of() -> None:
    store = memory()
    with take(store, manifest("unheard")):  # an id of its own: other tests' claims of this process may still be alive
        pass  # the store was out of reach when it ended
    claimed = take(store)
    assert claimed.took_over == (
        "took over az://work/out/ from run unheard, which ended without finishing its manifest (its process is gone; "
        "last heartbeat 0 s ago); what it left there is replaced"
    )


def test_a_run_that_ended_in_order_is_not_told_of() -> None:
    store = memory()
    stand(store, manifest("before", "failed"))
    assert take(store).took_over == ""


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143)])
def test_a_claim_that_a_signal_cuts_short_is_withdrawn_where_it_was_written(stop: BaseException) -> None:
    store = memory()
    written: list[str] = []

    def interrupted(operation: str, blob: str) -> None:
        if operation == "write" and not written:
            written.append(blob)
            raise stop

    def withdraw(claimed: Claim, error: BaseException) -> None:
        claimed.finish(replace(claimed.manifest, status="interrupted"))

    with pytest.raises(type(stop)):
        take(Hooked(store, after=interrupted), withdraw=withdraw)
    assert manifest_of(store).status == "interrupted"
    written.clear()
    with pytest.raises(type(stop)):
        take(Hooked(store, before=interrupted), manifest("second"), withdraw=withdraw)
    assert manifest_of(store).run_id == "mine"


def test_a_manifest_that_somebody_holds_a_lease_on_is_an_output_that_cannot_be_written(server: Server) -> None:
    server.store.create_container(CONTAINER)
    store = AzureStore(server.account())
    leased = Behaviour(refusing="LeaseIdMissing", concerns=lambda request: request.method == "PUT")
    with server.behave(leased), pytest.raises(OutputError, match=r"could not be written.*LeaseIdMissing") as caught:
        take(store)
    assert "az://work/out/manifest.json" in caught.value.message
    assert "break the lease" in caught.value.remedy


def test_a_run_whose_process_has_ended_is_replaced_at_once() -> None:
    store = memory()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    record = replace(this_process(()), process=f"{ended.pid}:1")
    stand(store, manifest("dead", claim=record))
    take(store)
    assert manifest_of(store).run_id == "mine"


@pytest.mark.parametrize(("seconds", "free"), [(STALE - 1, False), (STALE, True), (10 * STALE, True)])
@pytest.mark.parametrize("alive", [None, True])
def test_a_silent_claim_may_be_taken_over_by_the_stores_clock(seconds: float, free: bool, alive: bool | None) -> None:
    store = Later(seconds)
    stand(store, manifest("silent", claim=ELSEWHERE))
    if free:
        take(store, is_alive=lambda record: alive)
        assert manifest_of(store).run_id == "mine"
    else:
        with pytest.raises(OutputExists, match=rf"last heartbeat {seconds:.0f} s ago"):
            take(store, is_alive=lambda record: alive)


def test_a_claim_that_is_older_than_now_by_the_stores_clock_is_live() -> None:
    store = Later(-3600)
    stand(store, manifest("live", claim=ELSEWHERE))
    with pytest.raises(OutputExists):
        take(store)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b'{"schema": "blobprep/manifest/9"}', b"{" * 100])
@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_manifest_is_never_replaced(data: bytes, overwrite: bool) -> None:
    store = memory()
    store.write(CONTAINER, "out/manifest.json", data, content_type="application/json")
    with pytest.raises(OutputExists, match="is not a manifest of this version"):
        take(store, overwrite=overwrite)
    assert store.read(CONTAINER, "out/manifest.json") == data


def test_a_second_claim_with_the_same_run_id_is_refused_too() -> None:
    store = memory()
    first = take(store, manifest("twin"))
    with pytest.raises(OutputExists):
        take(store, manifest("twin"))
    assert first.manifest.run_id == "twin"


def test_what_earlier_runs_left_stays_known_over_crashes() -> None:
    store = memory()
    stand(
        store, manifest("done", "succeeded", claim=None, outputs=(recorded("results.csv"), recorded("figures/a.png")))
    )
    take(store, manifest("crashed", claim=replace(ELSEWHERE, planned=("log.txt",))), overwrite=True)
    taken = take(store, is_alive=lambda record: False)
    assert taken.manifest.claim is not None
    assert taken.manifest.claim.planned == (
        "results.parquet",
        "log.txt",
        "results.csv",
        "az://work/out/figures/a.png",
    )
    assert manifest_of(store) == taken.manifest


def test_names_are_what_was_planned_and_what_was_written() -> None:
    found = manifest(outputs=(recorded("log.txt"), recorded("figures/a.png")))
    assert named_in(found) == ("results.parquet", "log.txt", "az://work/out/figures/a.png")


# Containers


def test_a_missing_container_is_not_created_unasked() -> None:
    store = MemoryStore()
    with pytest.raises(OutputContainerMissing, match=r"container work of output az://work/out/ does not exist"):
        take(store)
    assert not store.container_exists(CONTAINER)


def test_a_missing_container_is_created_where_that_is_asked_for() -> None:
    store = MemoryStore()
    take(store, create_container=True)
    assert manifest_of(store).run_id == "mine"


def test_a_folder_of_this_machine_is_made_unasked(tmp_path: Any) -> None:
    prefix = BlobLocation(FolderStore(tmp_path / "new", escape=False), "", "out/", "new/out/")
    claim(RUN, prefix, manifest(), overwrite=False, create_container=False)
    assert (tmp_path / "new" / "out" / "manifest.json").is_file()


def test_two_runs_may_create_the_container_at_once() -> None:
    store = MemoryStore()

    def somebody_else(operation: str, blob: str) -> None:
        if operation == "create_container":
            store.create_container(CONTAINER)
            stand(store, manifest("faster", claim=ELSEWHERE))

    with pytest.raises(OutputExists, match="run faster is writing to az://work/out/ now"):
        take(Hooked(store, before=somebody_else), create_container=True)


def test_a_free_prefix_is_claimed_without_a_look_at_it() -> None:
    done: list[str] = []
    take(Hooked(memory(), before=lambda operation, blob: done.append(operation)))
    assert done == ["write"]


# Holding it


def taken_over(store: MemoryStore) -> None:
    stand(store, manifest("other", claim=ELSEWHERE))


def test_planned_names_are_added_once() -> None:
    store = memory()
    held = take(store)
    held.plan(["a.png", "results.parquet", "a.png"])
    found = manifest_of(store)
    assert found.claim is not None
    assert found.claim.planned == ("results.parquet", "a.png")


@pytest.mark.parametrize(("status", "kept"), [("succeeded", False), ("failed", True), ("interrupted", True)])
def test_a_run_that_did_not_succeed_keeps_what_it_planned_in_the_record(status: Status, kept: bool) -> None:
    store = memory()
    held = take(store)
    held.finish(replace(held.manifest, status=status))
    assert (manifest_of(store).claim is not None) == kept


def test_a_lost_claim_writes_nothing_any_more() -> None:
    store = memory()
    held = take(store)
    taken_over(store)
    attempts: list[Callable[[], None]] = [
        lambda: held.plan(["a"]),
        lambda: held.finish(held.manifest),
        held.require_held,
    ]
    for attempt in attempts:
        with pytest.raises(ClaimLost, match="another run has taken over az://work/out/"):
            attempt()
    assert manifest_of(store).run_id == "other"


def test_a_claim_whose_manifest_was_deleted_is_lost() -> None:
    store = memory()
    held = take(store)
    store.delete(CONTAINER, "out/manifest.json")
    with pytest.raises(ClaimLost):
        held.finish(held.manifest)
    assert names(store) == set()


def test_a_claim_whose_manifest_became_something_else_is_lost() -> None:
    store = memory()
    held = take(store)
    store.write(CONTAINER, "out/manifest.json", b"notes", content_type="text/plain")
    with pytest.raises(ClaimLost):
        held.finish(held.manifest)


def test_a_container_that_was_deleted_is_missing_and_not_an_input() -> None:
    store = memory()
    held = take(store)
    del store._containers[CONTAINER]
    with pytest.raises(OutputContainerMissing, match="cannot be written: its container does not exist"):
        held.finish(held.manifest)


def test_a_write_whose_answer_was_lost_is_not_a_lost_claim() -> None:
    store = memory()
    hooked = Hooked(store)
    held = take(hooked)

    def lose_one(operation: str, blob: str) -> None:
        if operation == "write":
            hooked.after = lambda *_: None
            raise StoreUnavailable("the answer was lost")

    hooked.after = lose_one
    with pytest.raises(StoreUnavailable):
        held.plan(["a.png"])
    held.finish(replace(held.manifest, status="succeeded"))
    assert manifest_of(store).status == "succeeded"


def test_a_claim_lost_between_two_looks_is_lost() -> None:
    store = memory()
    hooked = Hooked(store)
    held = take(hooked)
    stand(store, held.manifest)  # as a write whose answer was lost leaves it

    def outrun(operation: str, blob: str) -> None:
        if operation == "read":
            taken_over(store)

    hooked.after = outrun
    with pytest.raises(ClaimLost):
        held.finish(held.manifest)
    assert manifest_of(store).run_id == "other"


@pytest.mark.parametrize("error", [AccessError, StoreUnavailable])
def test_refused_access_and_an_unreachable_store_stay_what_they_are(error: type[StoreError]) -> None:
    hooked = Hooked(memory())
    held = take(hooked)

    def refuse(operation: str, blob: str) -> None:
        raise error("no")

    hooked.before = refuse
    with pytest.raises(error):
        held.finish(held.manifest)


def test_a_manifest_of_any_size_is_written() -> None:
    store = memory()
    blocks = []
    held = take(Hooked(store, before=lambda operation, blob: blocks.append(blob) if operation == "put" else None))
    held.finish(replace(held.manifest, status="succeeded", translations=({"detail": "x" * BLOCK_SIZE},)))
    assert manifest_of(store).status == "succeeded"
    assert blocks == ["out/manifest.json"] * 2


# Signs of life


def beating(store: Any, held: Claim[Manifest]) -> Claim[Manifest]:
    return Claim(RUN, held.prefix, held.manifest, held._etag, heartbeat=0.001)


def test_a_sign_of_life_writes_the_manifest_again_unchanged() -> None:
    store = memory()
    written = threading.Semaphore(0)
    hooked = Hooked(store, after=lambda operation, blob: written.release() if operation == "write" else None)
    held = take(hooked)
    first = located(store, "out/manifest.json").properties()
    with beating(hooked, held):
        for _ in range(4):
            assert written.acquire(timeout=30)
    later = located(store, "out/manifest.json").properties()
    assert later.etag != first.etag
    assert later.last_modified > first.last_modified
    assert manifest_of(store) == held.manifest


def test_signs_of_life_and_the_last_manifest_do_not_get_in_each_others_way() -> None:
    store = memory()
    held = take(store)
    before = set(threading.enumerate())
    with beating(store, held) as kept:
        for name in range(50):
            kept.plan([str(name)])
        kept.finish(replace(kept.manifest, status="succeeded"))
    assert manifest_of(store).status == "succeeded"
    assert not new_threads(before)


def test_a_lost_claim_is_told_at_the_next_sign_of_life() -> None:
    store = memory()
    held = beating(store, take(store))
    told = threading.Event()
    held.subscribe(told.set)
    taken_over(store)
    with held:
        assert told.wait(30)
    with pytest.raises(ClaimLost):
        held.require_held()


@pytest.mark.parametrize("error", [StoreUnavailable, AccessError, ContainerNotFound])
def test_a_store_that_does_not_answer_once_does_not_end_the_signs_of_life(error: type[BlobprepError]) -> None:
    store = memory()
    hooked = Hooked(store)
    held = take(hooked)
    written = threading.Event()
    failures = iter([True, True])

    def fail_twice(operation: str, blob: str) -> None:
        if next(failures, False):
            raise error("for now")

    hooked.before = fail_twice
    hooked.after = lambda operation, blob: written.set()
    told: list[str] = []
    kept = beating(hooked, held)
    kept.subscribe(lambda: told.append("lost"))
    with kept:
        assert written.wait(30)
    assert told == []


def test_signs_of_life_are_much_more_frequent_than_a_claim_is_patient() -> None:
    assert HEARTBEAT * 5 < STALE


# Processes


def test_this_process_is_alive() -> None:
    assert is_alive(this_process(())) is True


def test_a_process_on_another_machine_cannot_be_seen() -> None:
    assert is_alive(ELSEWHERE) is None


def test_the_mark_names_machine_start_and_namespace() -> None:
    host, boot, namespace = this_process(()).host.split("/")
    assert host == socket.gethostname()
    assert len(boot) == 8
    assert namespace == str(Path("/proc/self/ns/pid").readlink())


def test_another_process_under_the_same_number_is_another_one() -> None:
    assert is_alive(replace(this_process(()), process=f"{os.getpid()}:1")) is False


@pytest.mark.parametrize("process", ["", ":", "x:1", f"{2**31}:", "-1:1"])
def test_a_mark_of_no_process_is_nobody(process: str) -> None:
    assert is_alive(replace(this_process(()), process=process)) is False


def test_a_killed_process_that_nobody_has_taken_note_of_is_dead() -> None:
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import os, sys; sys.path.append(sys.argv[1]); "
         "from blobprep.outputs.processes import this_process as t; print(t(()).process, flush=True); sys.stdin.read()",
         str(Path.cwd())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert sleeper.stdout is not None
    assert sleeper.stdin is not None
    record = replace(this_process(()), process=sleeper.stdout.readline().strip())
    assert is_alive(record) is True
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    try:
        assert is_alive(record) is False
    finally:
        sleeper.communicate()
