"""The command as it is run for months: killed and started again, with a second one beside it, woken by events."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.storage.queue import QueueServiceClient

from tests import emulator
from tests.batches.test_kills import PROGRAM, SCRIPT, Place, killed_at_last

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "blobprep.toml").write_text('default_account = "dev"\n[accounts.dev]\nfolder = "account"\n')
    place = Place(tmp_path, {})
    place.fill(24)
    return place


def start(place: Place, *options: str) -> subprocess.Popen[str]:
    arguments = ["watch", "prep.py", "az://raw/*.csv", "--output", "az://prepared/w/{stem}/", "--every", "0.2"]
    return subprocess.Popen(
        [PROGRAM, *arguments, "--isolation", "process", "--json", *options],
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def add(place: Place, numbers: range) -> None:
    for number in numbers:
        data = f"number\n{number}\n".encode()
        place.workspace.store().write("raw", f"{number:05d}.csv", data, content_type="text/csv")


def record(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(place.workspace.locate("az://prepared/w/_batch/batch.json").read())
    return found


def wait_for(place: Place, matched: int) -> dict[str, Any]:
    deadline = time.monotonic() + 300
    while (found := record(place))["status"] != "succeeded" or found["counts"]["matched"] != matched:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_a_watch_that_is_killed_goes_on_where_it_was(place: Place) -> None:
    killed = start(place)
    with killed_at_last(killed):
        place.wait_for(killed, "w", "/results.parquet", 6)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    before = place.runs("w")
    again = start(place)
    with killed_at_last(again):
        assert wait_for(place, 24)["counts"]["failed"] == 0
        middle = place.runs("w")
        add(place, range(24, 28))
        wait_for(place, 28)
        again.send_signal(signal.SIGTERM)
        told, errors = again.communicate(timeout=300)

    assert again.returncode == 0, errors
    assert 4 <= len(before) < 24
    assert {name: middle[name] for name in before} == before
    assert {name: place.runs("w")[name] for name in middle} == middle
    assert set(place.results("w")) == {f"{number:05d}" for number in range(28)}
    assert [json.loads(line)["status"] for line in told.splitlines()] == ["succeeded"] * len(told.splitlines())


def test_a_second_watch_stands_by_until_the_first_one_ends(place: Place) -> None:
    first = start(place)
    with killed_at_last(first):
        place.wait_for(first, "w", "/results.parquet", 2)
        second = start(place)
        with killed_at_last(second):
            wait_for(place, 24)
            first.send_signal(signal.SIGTERM)
            first.communicate(timeout=300)
            add(place, range(24, 30))
            wait_for(place, 30)
            second.send_signal(signal.SIGTERM)
            _, errors = second.communicate(timeout=300)

    assert (first.returncode, second.returncode) == (0, 0), errors
    assert len(place.results("w")) == 30


def test_a_watch_that_slept_while_another_took_over_stands_by_and_goes_on_after_it(place: Place) -> None:
    (place.folder / "prep.py").write_text(SCRIPT.replace("0.05", "1"))
    first = start(place, "--workers", "1")
    with killed_at_last(first):
        place.wait_for(first, "w", "/results.parquet", 2)
        first.send_signal(signal.SIGSTOP)
        second = start(place, "--workers", "1")
        with killed_at_last(second):
            wait_for(place, 24)
            first.send_signal(signal.SIGCONT)
            add(place, range(24, 40))
            place.wait_for(second, "w", "/results.parquet", 32)  # the first one has seen by now that it is too late
            second.send_signal(signal.SIGTERM)
            second.communicate(timeout=300)
        wait_for(place, 40)
        first.send_signal(signal.SIGTERM)
        _, errors = first.communicate(timeout=300)

    assert (first.returncode, second.returncode) == (0, 0), errors
    assert errors.count("this watch stands by, and goes on once the record is free") >= 1, errors
    assert len(place.results("w")) == 40


def test_once_ends_by_itself_with_the_codes_of_a_batch(place: Place) -> None:
    told, errors = start(place, "--once").communicate(timeout=300)

    assert json.loads(told)["counts"]["done"] == 24, errors
    (place.folder / "prep.py").write_text("def azureml_main(frame):\n    raise ValueError('no')\n")
    process = start(place, "--once", "--overwrite")
    told, errors = process.communicate(timeout=300)
    assert process.returncode == 8, errors
    assert json.loads(told)["counts"]["failed"] == 24


def test_events_of_a_real_queue_wake_a_watch_over_a_real_account_and_go_when_they_are_covered(
    tmp_path: Path, azurite: str
) -> None:
    (tmp_path / "queues").mkdir()
    with emulator.serve(tmp_path / "queues", service="queue") as queues:
        credential = {"account_name": emulator.ACCOUNT, "account_key": emulator.KEY}
        container, name = f"c{uuid4().hex}", f"q{uuid4().hex}"
        with closing(QueueServiceClient(queues, credential=credential)) as service:
            queue = service.create_queue(name)
            place = Place(tmp_path, {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)})
            store = place.workspace.store()
            store.create_container(container)
            store.write(container, "in/1.csv", b"number\n1\n", content_type="text/csv")
            watch = subprocess.Popen(
                [
                    *(PROGRAM, "watch", "prep.py", f"az://{container}/in/*.csv", "--isolation", "process", "--json"),
                    *("--output", f"az://{container}/out/{{stem}}/", "--every", "3600", "--queue", f"{queues}/{name}"),
                ],
                cwd=place.folder,
                env=place.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            with killed_at_last(watch):
                assert watch.stdout is not None
                first = json.loads(watch.stdout.readline())
                store.write(container, "in/2.csv", b"number\n2\n", content_type="text/csv")
                for blob in ("in/2.csv", "elsewhere/3.csv"):
                    subject = f"/blobServices/default/containers/{container}/blobs/{blob}"
                    event = {"subject": subject, "eventType": "Microsoft.Storage.BlobCreated"}
                    queue.send_message(b64encode(json.dumps(event).encode()).decode())
                second = json.loads(watch.stdout.readline())
                watch.send_signal(signal.SIGTERM)
                _, errors = watch.communicate(timeout=300)
            left = queue.get_queue_properties().approximate_message_count

    assert (watch.returncode, left) == (0, 1), errors
    assert (first["counts"]["done"], second["counts"]["done"], second["counts"]["skipped"]) == (1, 1, 1)
    assert "messages that are about other blobs" in errors
