"""Whatever is killed in the middle of a batch: it is resumed, and its results are those of an undisturbed one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from blobprep.settings.workspace import Workspace
from blobprep.stores import BlobProperties
from tests import emulator

PROGRAM = str(Path(sys.executable).with_name("blobprep"))
FEW = 12
SCRIPT = """
import os, time

def azureml_main(frame):
    time.sleep(0.05)
    while frame["number"][0] >= FEW // 2 and os.path.exists(GATE):
        time.sleep(0.01)
    frame["double"] = frame["number"] * 2
    return frame
"""


class Place:
    """An account with items, and the commands that work on it.

    Args:
        folder: the working folder of the commands.
        variables: which lead them to the account.
    """

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), **variables}
        self.workspace = Workspace(folder=folder, environment=variables)
        self._gate = folder / "closed"
        self.write_script(SCRIPT)

    def write_script(self, text: str) -> None:
        """Write the script that all items are run by."""
        (self.folder / "prep.py").write_text(f"FEW, GATE = {FEW}, {str(self._gate)!r}\n{text}")

    @contextmanager
    def half_open(self) -> Iterator[None]:
        """Have items of the second half of a few wait, so that no batch is over before it is seen in its middle."""
        self._gate.touch()
        try:
            yield
        finally:
            self._gate.unlink()

    def fill(self, count: int) -> None:
        """Put so many blobs into the account, and make the containers."""
        place = self.workspace.locate("az://raw/")
        for container in ("raw", "prepared"):
            place.store.create_container(container)
        for number in range(count):
            data = f"number\n{number}\n{number + 1}\n".encode()
            place.store.write("raw", f"{number:05d}.csv", data, content_type="text/csv")

    def start(self, output: str, *options: str) -> subprocess.Popen[str]:
        """Start a batch that writes to a prefix."""
        arguments = ["batch", "prep.py", "az://raw/*.csv", "--output", f"az://prepared/{output}/{{stem}}/"]
        return subprocess.Popen(
            [PROGRAM, *arguments, "--isolation", "process", "--json", *options],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str], code: int = 0) -> dict[str, Any]:
        """Wait for a batch and return what it says."""
        told, errors = process.communicate()
        assert process.returncode == code, (told[-2000:], errors[-2000:])
        said: dict[str, Any] = json.loads(told)
        return said

    def names(self, prefix: str) -> dict[str, BlobProperties]:
        """Return the blobs below a prefix of the outputs."""
        found = self.workspace.locate("az://prepared/").store.list("prepared", prefix)
        return {blob.blob.removeprefix(prefix): blob for blob in found if isinstance(blob, BlobProperties)}

    def wait_for(self, process: subprocess.Popen[str], output: str, ending: str, count: int) -> None:
        """Wait until a batch has left so many blobs with this ending below a prefix of the outputs."""
        while sum(name.endswith(ending) for name in self.names(f"{output}/")) < count:
            with suppress(
                subprocess.TimeoutExpired
            ):  # the process is asked to end the wait, so that it paces the polling
                process.wait(count / 1000)
                pytest.fail(f"the batch ended before {count} blobs {ending} were there")

    def results(self, output: str) -> dict[str, bytes]:
        """Return the bytes of all results below a prefix of the outputs, by the name of the item."""
        names = (name for name in self.names(f"{output}/") if name.endswith("/results.parquet"))
        prefix = self.workspace.locate(f"az://prepared/{output}/")
        return {name.partition("/")[0]: prefix.child(name).read() for name in names}

    def runs(self, output: str) -> dict[str, str]:
        """Return the id of the run that made the results of each item that has some."""
        prefix = self.workspace.locate(f"az://prepared/{output}/")
        names = [name for name in self.names(f"{output}/") if name.endswith("/manifest.json")]
        manifests = {name.partition("/")[0]: json.loads(prefix.child(name).read()) for name in names}
        return {name: found["run_id"] for name, found in manifests.items() if found["status"] == "succeeded"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An account in a folder."""
    (tmp_path / "blobprep.toml").write_text('default_account = "dev"\n[accounts.dev]\nfolder = "account"\n')
    return Place(tmp_path, {})


def undisturbed(place: Place) -> dict[str, bytes]:
    place.end(place.start("plain"))
    return place.results("plain")


@contextmanager
def killed_at_last(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_coordinator_that_is_killed_loses_nothing(place: Place) -> None:
    place.fill(FEW)
    with place.half_open(), killed_at_last(process := place.start("out")):
        place.wait_for(process, "out", "/results.parquet", FEW // 3)
    made = place.runs("out")
    assert 0 < len(made) < FEW
    said = place.end(place.start("out", "--resume"))
    counts = said["counts"]
    assert (said["status"], counts["matched"], counts["failed"], counts["pending"]) == ("succeeded", FEW, 0, 0)
    assert counts["done"] + counts["skipped"] == FEW
    assert counts["skipped"] >= len(made)
    again = place.runs("out")
    assert {name: again[name] for name in made} == made  # nothing was done twice
    assert place.results("out") == undisturbed(place)
    assert set(place.names("out/_batch/")) == {"batch.json", "items.jsonl", "items.parquet", "report.html"}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
def test_a_signal_lets_running_items_end_and_the_record_says_so(
    place: Place, number: signal.Signals, code: int
) -> None:
    place.fill(FEW)
    with ExitStack() as stack:
        with place.half_open():
            process = place.start("out", "--workers", "1")
            stack.enter_context(killed_at_last(process))
            place.wait_for(process, "out", "/results.parquet", 2)
            process.send_signal(number)
        said = place.end(process, code)
    counts = said["counts"]
    assert (said["status"], counts["failed"]) == ("interrupted", 0)
    assert counts["pending"] > 0
    assert counts["done"] == len(place.runs("out")) == FEW - counts["pending"]
    assert f"the batch was stopped before {counts['pending']} items of {FEW} were run" in said["message"]


@pytest.mark.slow
def test_a_second_signal_ends_running_items(place: Place) -> None:
    place.fill(FEW)
    place.write_script(SCRIPT.replace("0.05", "600"))
    process = place.start("out", "--workers", "1")
    with killed_at_last(process):
        place.wait_for(process, "out", "/manifest.json", 1)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)  # of two signals that wait, Python handles the one with the lower number first
        process.send_signal(signal.SIGINT)
        said = place.end(process, 130)
    assert said["counts"] == {"matched": FEW, "done": 0, "skipped": 0, "failed": 0, "pending": FEW}


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_batch_may_be_killed_over_and_over(place: Place, share: float) -> None:
    place.fill(4 * FEW)
    for round_number in range(1, 4):
        process = place.start("out", "--resume")
        with killed_at_last(process):
            place.wait_for(process, "out", "/results.parquet", int(4 * FEW * share * round_number / 3))
    said = place.end(place.start("out", "--resume"))
    assert said["status"] == "succeeded"
    assert Counter(place.runs("out").keys()) == Counter(place.results("out").keys())
    assert place.results("out") == undisturbed(place)


# Storage


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_storage_that_is_killed_and_comes_back_costs_nothing_but_time(tmp_path: Path) -> None:
    """An emulator that is killed forgets writes that it had acknowledged, which the service never does.

    Where it forgot results that are recorded, the batch has to look at them. Where it forgot the claim of an item and
    not its results, these are of nobody that is known, and only `--overwrite` may replace them.
    """
    home = tmp_path / "azurite"
    home.mkdir()
    with emulator.serve_kept(home) as (endpoint, azurite):
        place = Place(tmp_path, {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(endpoint)})
        place.fill(4 * FEW)
        expected = undisturbed(place)
        process = place.start("out")
        with killed_at_last(process):
            place.wait_for(process, "out", "/results.parquet", FEW)
            azurite.kill()
            azurite.wait()
            with emulator.serve_kept(home, int(endpoint.split(":")[2].partition("/")[0])):
                process.communicate()
                told, _ = place.start("out", "--resume").communicate()
                counts = json.loads(told)["counts"]
                assert (counts["matched"], counts["pending"]) == (4 * FEW, 0)
                assert {cause["code"] for cause in json.loads(told)["causes"]} <= {"OutputExists"}
                said = place.end(place.start("out", "--resume", "--verify", "--overwrite"))
                assert said["status"] == "succeeded"
                assert place.results("out") == expected


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_thousand_blobs_are_all_accounted_for(tmp_path: Path, azurite: str) -> None:
    place = Place(tmp_path, {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)})
    place.fill(2000)
    process = place.start("out")
    with killed_at_last(process):
        place.wait_for(process, "out", "/results.parquet", 700)
    made = place.runs("out")
    told = json.loads(place.workspace.locate("az://prepared/out/_batch/batch.json").read())
    counts = told["counts"]
    assert told["status"] == "running"
    assert (counts["matched"], counts["done"] + counts["pending"]) == (2000, 2000)
    assert len(made) / 2 < counts["done"] <= len(made)
    said = place.end(place.start("out", "--resume"))
    assert said["status"] == "succeeded"
    assert said["counts"]["done"] + said["counts"]["skipped"] == said["counts"]["matched"] == 2000
    again = place.runs("out")
    assert {name: again[name] for name in made} == made
    assert len(again) == 2000
    assert place.results("out") == undisturbed(place)
