"""A watch that is killed at any moment and started again: nothing is missed, and nothing is done twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.batches.test_kills import PROGRAM, Place, killed_at_last

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


def test_once_ends_by_itself_with_the_codes_of_a_batch(place: Place) -> None:
    told, errors = start(place, "--once").communicate(timeout=300)

    assert json.loads(told)["counts"]["done"] == 24, errors
    (place.folder / "prep.py").write_text("def azureml_main(frame):\n    raise ValueError('no')\n")
    process = start(place, "--once", "--overwrite")
    told, errors = process.communicate(timeout=300)
    assert process.returncode == 8, errors
    assert json.loads(told)["counts"]["failed"] == 24
