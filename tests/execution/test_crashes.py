"""Parents that are killed: nothing half-done counts, and nothing of theirs stays."""

from __future__ import annotations

import hashlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blobprep.errors import OutputExists
from blobprep.execution.executing import execute
from blobprep.outputs.claiming import named_in
from blobprep.stores.folder import FolderStore
from tests.execution.arranging import CONTAINER, ask, dataset, manifest_of, names
from tests.execution.doomed import SCRIPT, STAGES

ROOT = Path(__file__).parents[2]
WHOLE = {"results.parquet", "log.txt", "script.py", "manifest.json", "figures/first.png"}


def below(pid: int) -> set[int]:
    """Return a process's descendants."""
    found = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child, *below(child)}
    return found


class Doomed:
    """A parent that has reached a stage."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.store = FolderStore(folder)
        self.process = process

    def end(self, number: signal.Signals) -> None:
        """End the parent by a signal and wait for all its processes, however long they take."""
        family = [os.pidfd_open(pid) for pid in below(self.process.pid)]
        assert family
        self.process.send_signal(number)
        self.process.wait(60)
        for each in family:
            assert select.select([each], [], [], 60)[0], "a process of the run outlived it"
            os.close(each)


@contextmanager
def doomed(tmp_path: Path, stage: str) -> Iterator[Doomed]:
    """Start a parent and wait until it has reached a stage."""
    (tmp_path / "tmp").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.execution.doomed", str(tmp_path / "account"), stage],
        cwd=ROOT,
        env={"PATH": os.defpath, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        assert any(line in ("reached\n", "out | running\n" if stage == "script" else "") for line in lines)
        yield Doomed(tmp_path / "account", process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("stage", [*STAGES, "script"])
def test_a_killed_parent_leaves_no_result_no_process_no_folder_and_a_claim_that_is_free(
    stage: str, tmp_path: Path
) -> None:
    with doomed(tmp_path, stage) as parent:
        parent.end(signal.SIGKILL)
        store = parent.store
        assert list((tmp_path / "tmp").iterdir()) == []

        claimed = manifest_of(store)
        assert claimed.status == "running"
        assert claimed.outputs == ()
        planned = {name.removeprefix(f"az://{CONTAINER}/out/") for name in named_in(claimed)}
        assert names(store) <= planned | {"manifest.json"}

        # The parent is a zombie no more, but even one would not hold its claim.
        run = execute(ask(store, SCRIPT, dataset1=dataset(store, "a.csv")))
        assert run.status == "succeeded", run.log
        assert names(store) == WHOLE
        assert manifest_of(store) == run.manifest
        for each in run.manifest.outputs:
            assert hashlib.sha256(run.blobs[each.name].read()).hexdigest() == each.sha256


def test_a_crash_while_replacing_leaves_no_succeeded_manifest_over_mixed_results(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "account")
    store.create_container(CONTAINER)
    first = execute(ask(store, SCRIPT, dataset1=dataset(store, "a.csv"), format="csv"))
    assert first.status == "succeeded"
    with doomed(tmp_path, "results") as parent:
        parent.end(signal.SIGKILL)
    assert manifest_of(store).status == "running"
    assert {"results.csv", "results.parquet"} <= names(store)
    last = execute(ask(store, SCRIPT, dataset1=dataset(store, "a.csv")))
    assert last.status == "succeeded"
    assert names(store) == WHOLE


def test_a_live_parent_is_not_overtaken(tmp_path: Path) -> None:
    with doomed(tmp_path, "fetch") as parent:
        with pytest.raises(OutputExists, match="is writing to az://work/out/ now"):
            execute(ask(parent.store))
        parent.end(signal.SIGKILL)


def test_an_interrupted_parent_says_so_and_leaves_nothing_else(tmp_path: Path) -> None:
    with doomed(tmp_path, "script") as parent:
        parent.end(signal.SIGINT)
        manifest = manifest_of(parent.store)
        assert (manifest.status, manifest.error and manifest.error.code) == ("interrupted", "interrupted")
        assert names(parent.store) == {"manifest.json"}
        assert list((tmp_path / "tmp").iterdir()) == []
