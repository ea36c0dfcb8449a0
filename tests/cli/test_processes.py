"""The command line as people start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("blobprep"))
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("AZURE_") and name != "PYTHONDONTWRITEBYTECODE"
}


def started(folder, *arguments, **options):
    return subprocess.Popen([PROGRAM, *arguments], cwd=folder, env=ENVIRONMENT, **options)


def ran(folder, *arguments):
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pima.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "prep.py").write_text("def azureml_main(frame):\n    print('hello')\n    return frame,\n")
    (tmp_path / "broken.py").write_text("def azureml_main(frame):\n    return 1 / 0\n")
    (tmp_path / "slow.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    return tmp_path


def test_help_imports_nothing_heavy(folder):
    program = "import sys; from blobprep.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder)

    loaded = set(done.stderr.split())
    assert "Usage" in done.stdout
    assert not loaded & {"rich", "pandas", "pyarrow", "azure", "azure.storage.blob", "matplotlib", "cloudpickle"}
    ours = {name for name in loaded if name.startswith("blobprep.") and not name.startswith("blobprep.cli")}
    assert ours <= {"blobprep.errors"}


def test_a_run_prints_where_everything_is(folder):
    done = ran(folder, "run", "prep.py", "pima.csv", "--output", "out/")

    assert done.returncode == 0, done.stderr
    assert "hello" in done.stderr
    assert "hello" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[0].startswith("succeeded  run ")
    assert lines[1:] == [
        "results   out/results.parquet  2 × 2",
        "log       out/log.txt",
        "manifest  out/manifest.json",
    ]
    assert (folder / "out" / "results.parquet").is_file()


def test_a_script_that_fails_ends_with_1_and_one_document(folder):
    done = ran(folder, "run", "broken.py", "pima.csv", "--output", "out", "--json", "-q")

    document = json.loads(done.stdout)
    assert done.returncode == document["exit"] == 1
    assert (document["status"], document["error"]["code"], document["output"]) == ("failed", "0085", "out/")


def test_a_script_that_fails_shows_its_traceback_and_not_ours(folder):
    done = ran(folder, "run", "broken.py", "pima.csv", "--output", "out")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "blobprep: the script failed: ZeroDivisionError: division by zero"
    assert done.stderr.count('File "broken.py", line 2, in azureml_main') == 1
    assert "blobprep/cli" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_interrupted_says_so_in_its_manifest(folder, number, code):
    with started(
        folder, "run", "slow.py", "--output", "out/", stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        while b"begun" not in process.stderr.readline():
            pass
        process.send_signal(number)
        process.communicate(timeout=30)

    assert process.returncode == code
    assert json.loads((folder / "out" / "manifest.json").read_bytes())["status"] == "interrupted"


def test_a_reader_that_has_seen_enough_causes_no_complaint(folder):
    (folder / "large").write_bytes(bytes(20 * 1024 * 1024))

    with started(folder, "cat", "large", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, b"")
