"""Storage that is too busy, or away, in the middle of a batch: all items are done, each at its first attempt."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

import blobprep
from blobprep.batches.coordination.progress import BatchProgress
from blobprep.batches.records import Counts, ItemError, ItemRecord
from blobprep.batches.worker.outcome import error_of
from blobprep.errors import StoreUnavailable
from blobprep.settings.workspace import Workspace
from tests import emulator
from tests.batches.test_batch import SCRIPT
from tests.batches.test_kills import FEW, Place, killed_at_last
from tests.server import Behaviour, Server
from tests.server.behaviour import ALWAYS
from tests.server.conftest import store_of
from tests.server.recording import Request


def test_an_account_that_is_too_busy_holds_the_batch_back_until_it_answers(tmp_path: Path, server: Server) -> None:
    (tmp_path / "prep.py").write_text(SCRIPT)
    (tmp_path / "blobprep.toml").write_text("[network]\nretries = 0\n")
    text = f"DefaultEndpointsProtocol=http;AccountName={server.account().name};AccountKey={server.key};"
    variables = {"AZURE_STORAGE_CONNECTION_STRING": f"{text}BlobEndpoint={server.endpoint('http')};"}
    workspace = Workspace(folder=tmp_path, environment=variables)
    for container in ("raw", "prepared"):
        server.store.create_container(container)
    for number in range(20, 32):
        server.store.write("raw", f"{number}.csv", f"a\n{number}\n".encode(), content_type="text/csv")
    busy, seen = ExitStack(), list[BatchProgress]()

    def concerns_items(request: Request) -> bool:
        return "_batch" not in request.path

    def watch(progress: BatchProgress) -> None:
        if progress.done >= 1 and not seen:
            seen.append(progress)
            busy.enter_context(server.behave(Behaviour(throttling=ALWAYS, retry_after=1, concerns=concerns_items)))
        elif progress.next_try is not None:
            seen.append(progress)
            busy.close()

    ended = blobprep.batch(
        str(tmp_path / "prep.py"),
        "az://raw/*.csv",
        output="az://prepared/{stem}/",
        isolation="off",
        workers=1,
        attempts=1,
        max_failures=0,
        workspace=workspace,
        on_progress=watch,
    )

    assert ended.counts == Counts(done=12), ended.summary
    assert {record.attempt for record in ended} == {1}
    assert "ServerBusy" in seen[1].held
    assert ended.summary is not None
    told = ended.summary.outages
    assert (told.count >= 1, told.refusals >= 3, told.lasts) == (True, True, False)
    assert told.seconds >= 1  # which the service asked for


def test_what_storage_asks_to_wait_reaches_the_record(server: Server) -> None:
    server.store.create_container("raw")
    with server.behave(Behaviour(throttling=ALWAYS, retry_after=90)), pytest.raises(StoreUnavailable) as raised:
        store_of(server).properties("raw", "a")
    error = error_of(raised.value)
    assert (error.code, error.wait, error.passes) == ("StoreUnavailable", 90.0, True)
    assert (
        ItemError(**json.loads(json.dumps(ItemRecord("a", "failed", (), "b", "c", error=error).to_json()))["error"])
        == error
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["local", "dask"])
def test_an_account_that_is_away_for_a_while_costs_no_item_an_attempt(tmp_path: Path, engine: str) -> None:
    home = tmp_path / "azurite"
    home.mkdir()
    with emulator.serve_kept(home) as (endpoint, azurite):
        place = Place(tmp_path, {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(endpoint)})
        place.fill(4 * FEW)
        process = place.start("out", "--progress-json", "--max-failures", "0", "--engine", engine)
        with killed_at_last(process):
            place.wait_for(process, "out", "/results.parquet", FEW)
            azurite.send_signal(signal.SIGTERM)  # at once, and nothing that it acknowledged is lost
            azurite.wait()
            held = next(found for found in _progress(process) if found["next_try"] is not None)
            with emulator.serve_kept(home, int(endpoint.split(":")[2].partition("/")[0])):
                said = place.end(process)
                lines = place.workspace.locate("az://prepared/out/_batch/items.jsonl").read().splitlines()
                assert place.results("out").keys() == {f"{number:05d}" for number in range(4 * FEW)}
    assert "the connection was refused" in held["held"]
    counts = said["counts"]
    assert (counts["matched"], counts["failed"], counts["pending"]) == (4 * FEW, 0, 0)
    assert counts["skipped"] <= 12  # whose last answer was lost, so that they are recognized when they are tried again
    assert {json.loads(line)["attempt"] for line in lines} == {1}
    assert said["outages"]["count"] >= 1
    assert said["outages"]["refusals"] >= 3


def _progress(process: subprocess.Popen[str]) -> Any:
    assert process.stderr is not None
    for line in process.stderr:
        with suppress(ValueError):
            yield json.loads(line)["progress"]
