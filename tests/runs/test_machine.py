"""A machine that fails: disks that are full, processes that are killed or told to stop, at each stage of a run."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blobprep.runs.execute import execute
from tests.runs.arranging import ask, dataset, manifest_of, memory, names

pytestmark = pytest.mark.usefixtures("forked")

MEBIBYTE = 1024 * 1024
PROGRAM = str(Path(sys.executable).with_name("blobprep"))


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder in which there is little room: a file system of its own, or for others than root a limit on files."""

    folder: Path
    limit: int | None

    def preexec(self) -> Callable[[], None] | None:
        return None if self.limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit,) * 2)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    size = 4 * MEBIBYTE
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True
        ).returncode
        == 0
    )
    yield Disk(folder, None if mounted else size)
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def working(tmp_path: Path) -> Path:
    folder = tmp_path / "working"
    (folder / "tmp").mkdir(parents=True)
    (folder / "prep.py").write_text(
        "import pathlib\n"
        "def azureml_main(frame):\n"
        "    for each in range(int(blobprep_parameters.get('mebibytes', 0))):\n"
        "        with open('scratch', 'ab') as file:\n"
        "            file.write(bytes(1024 * 1024))\n"
        "    return frame.loc[frame.index.repeat(int(blobprep_parameters.get('rows', 1)))]\n"
    )
    (folder / "a.csv").write_text("a\n1234567\n")
    return folder


def ran(working: Path, disk: Disk | None, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "run", "prep.py", *arguments, "--format", "csv"],
        cwd=working,
        env={"PATH": os.defpath, "TMPDIR": str(working / "tmp"), "HOME": str(working), **environment},
        preexec_fn=disk.preexec() if disk else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def status_of(folder: Path) -> tuple[str, str]:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return manifest["status"], (manifest["error"] or {}).get("code", "")


def test_a_disk_without_room_for_an_input_is_a_limit(working: Path, disk: Disk) -> None:
    (working / "large.csv").write_bytes(b"a\n" + b"1\n" * (20 * MEBIBYTE))

    done = ran(working, disk, "large.csv", "--output", "out/", TMPDIR=str(disk.folder))

    assert done.returncode == 5, done.stderr
    assert "there is no room for large.csv, 41943042 bytes" in done.stderr
    assert "set TMPDIR to a folder with room" in done.stderr
    assert left(disk.folder) == set()
    assert left(working / "out") == {"manifest.json"}
    assert status_of(working / "out") == ("failed", "LimitError")


def test_a_disk_that_the_script_fills_is_a_limit_and_the_log_is_kept(working: Path, disk: Disk) -> None:
    done = ran(working, disk, "a.csv", "--param", "mebibytes=10", "--output", "out/", TMPDIR=str(disk.folder))

    assert done.returncode == 5, done.stderr
    assert "disk" in done.stderr
    assert left(disk.folder) == set()
    assert left(working / "out") == {"manifest.json", "log.txt", "script.py", "report.html"}
    assert status_of(working / "out") == ("failed", "disk")


def test_a_disk_without_room_for_results_keeps_what_was_there_and_says_so(working: Path, disk: Disk) -> None:
    output = disk.folder / "out"
    assert ran(working, disk, "a.csv", "--output", f"{output}/").returncode == 0
    before = (output / "results.csv").read_bytes()

    done = ran(working, disk, "a.csv", "--param", "rows=2000000", "--output", f"{output}/", "--overwrite")

    assert done.returncode == 6, done.stderr
    assert "make room on the disk" in done.stderr
    assert (output / "results.csv").read_bytes() == before
    assert status_of(output) == ("failed", "OutputError")
    assert ran(working, disk, "a.csv", "--output", f"{output}/").returncode == 0
    assert left(output) == {"manifest.json", "log.txt", "script.py", "report.html", "results.csv"}
    assert left(working / "tmp") == set()


def test_a_disk_without_room_for_a_claim_refuses_before_anything_runs(working: Path, disk: Disk) -> None:
    if disk.limit is not None:
        pytest.skip("a limit on files lets small ones through")
    with pytest.raises(OSError, match="space"):
        (disk.folder / "ballast").write_bytes(bytes(5 * MEBIBYTE))

    done = ran(working, disk, "a.csv", "--output", f"{disk.folder}/out/")

    assert done.returncode == 6, done.stderr
    assert "make room on the disk" in done.stderr
    assert not (disk.folder / "out" / "results.csv").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM], ids=lambda each: each.name)
def test_a_child_that_is_killed_is_the_failure_of_its_run(number: int, tmp_path: Path) -> None:
    store: Any = memory()
    script = f"import os\ndef azureml_main(frame):\n    print('so far')\n    os.kill(os.getpid(), {int(number)})\n"

    run = execute(ask(store, script.encode(), dataset1=dataset(store, "a.csv")))

    assert (run.status, run.manifest.error and run.manifest.error.code) == ("failed", "0085")
    assert "so far" in run.log
    assert names(store) == {"manifest.json", "log.txt", "script.py", "report.html"}
    assert manifest_of(store) == run.manifest
