"""Parents that are killed: nothing half-done counts, and nothing of theirs stays."""

from __future__ import annotations

import hashlib
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from blobprep.errors import OutputExists
from blobprep.manifest import Manifest
from blobprep.outputs.claim_kind import named_in
from blobprep.runs.execute import execute
from blobprep.stores.folder.store import FolderStore
from tests.runs.arranging import CONTAINER, ask, dataset, manifest_of, names
from tests.runs.doomed import SCRIPT, STAGES

ROOT = Path(__file__).parents[2]
MODEL = {"artifacts/model.bin"}
WHOLE = {"results.parquet", "log.txt", "script.py", "report.html", "manifest.json", "figures/first.png"}


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
        [sys.executable, "-m", "tests.runs.doomed", str(tmp_path / "account"), stage],
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


@pytest.mark.parametrize(
    "stage",
    [
        each if each in ("script", "results") else pytest.param(each, marks=pytest.mark.slow)
        for each in (*(stage for stage in STAGES if stage != "resolve"), "script")
    ],
)
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
    with doomed(tmp_path, "claim") as parent:  # fetching may begin before it
        with pytest.raises(OutputExists, match="is writing to az://work/out/ now"):
            execute(ask(parent.store))
        parent.end(signal.SIGKILL)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "stage",
    [each if each == "script" else pytest.param(each, marks=pytest.mark.slow) for each in (*STAGES, "script")],
)
def test_an_interrupted_parent_says_so_and_leaves_only_what_its_manifest_names(
    stage: str, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with doomed(tmp_path, stage) as parent:
        parent.end(number)
        store = parent.store
        assert parent.process.returncode == code
        assert list((tmp_path / "tmp").iterdir()) == []
        if stage == "resolve" or (stage == "fetch" and not names(store)):  # fetching may begin before the claim
            assert names(store) == set()
        else:
            manifest = manifest_of(store)
            if stage == "report":  # the run itself was over
                assert (manifest.status, manifest.error) == ("succeeded", None)
                assert {each.name for each in manifest.outputs} == WHOLE - {"report.html", "manifest.json"} | MODEL
            else:
                assert (manifest.status, manifest.error and manifest.error.code) == ("interrupted", "interrupted")
            planned = {name.removeprefix(f"az://{CONTAINER}/out/") for name in named_in(manifest)}
            assert names(store) <= planned | {"manifest.json"}
        run = execute(ask(store, SCRIPT, dataset1=dataset(store, "a.csv"), overwrite=stage == "report"))
        assert run.status == "succeeded", run.log
        assert "took over" not in run.log
        assert names(store) == WHOLE


# At any moment


PROGRAM = str(Path(sys.executable).with_name("blobprep"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_200_parents_killed_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "prep.py").write_bytes(SCRIPT)
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    arguments = [PROGRAM, "run", "prep.py", "a.csv", "--output", "out/", "--format", "csv", "--overwrite"]
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")}
    output = Path(tmp_path / "out")
    seed = random.SystemRandom().randrange(2**32)
    moments = random.Random(seed)
    begun = time.monotonic()
    subprocess.run(arguments, cwd=tmp_path, env=environment, check=True, capture_output=True)
    whole, endings = time.monotonic() - begun, Counter[str]()
    family: list[int] = []
    for number in range(200):
        told = f"kill {number} of seed {seed}"
        with subprocess.Popen(
            arguments, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(moments.uniform(0, 1.1 * whole))
            process.send_signal(signal.SIGSTOP)  # so that its family stays as it is seen
            with suppress(ProcessLookupError, FileNotFoundError):
                family = [os.pidfd_open(pid) for pid in below(process.pid)]
            process.kill()
        for each in family:
            assert select.select([each], [], [], 60)[0], f"{told}: a process of the run outlived it"
            os.close(each)
        family = []
        endings[_require_nothing_lost(output, told)] += 1
        assert list((tmp_path / "tmp").iterdir()) == [], told
    assert set(endings) == {"running", "succeeded"}, endings
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {str(each.relative_to(output)) for each in output.rglob("*") if each.is_file()} == WHOLE_CSV


WHOLE_CSV = {name.replace(".parquet", ".csv") for name in WHOLE}


def _require_nothing_lost(output: Path, told: str) -> str:
    manifest = Manifest.decode((output / "manifest.json").read_bytes())
    left = {str(each.relative_to(output)) for each in output.rglob("*") if each.is_file()}
    assert left <= {"manifest.json", *(name.removeprefix("out/") for name in named_in(manifest))}, told
    if "results.csv" in left:
        assert (output / "results.csv").read_bytes() == b"a,b\n1,x\n2,y\n", told
    if manifest.status == "succeeded":
        assert left == WHOLE_CSV, told
        for each in manifest.outputs:
            assert hashlib.sha256((output / each.name).read_bytes()).hexdigest() == each.sha256, told
    return manifest.status


def test_the_next_run_says_which_one_it_took_over(tmp_path: Path) -> None:
    for name, body in (("prep.py", SCRIPT), ("a.csv", b"a,b\n1,x\n")):
        (tmp_path / name).write_bytes(body)
    environment = {"PATH": os.defpath, "HOME": str(tmp_path)}
    arguments = [PROGRAM, "run", "prep.py", "a.csv", "--output", "out/"]
    with subprocess.Popen(
        [*arguments, "--param", "waits=yes"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any("running" in line for line in process.stderr)
        process.kill()
    killed = Manifest.decode((tmp_path / "out" / "manifest.json").read_bytes()).run_id

    done = subprocess.run(arguments, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "took over" in line]
    assert line.startswith(f"blobprep | took over out/ from run {killed}, which ended without finishing its manifest")
    assert line in (tmp_path / "out" / "log.txt").read_text()
