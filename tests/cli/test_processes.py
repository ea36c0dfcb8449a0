"""The command line as people start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.errors import BlobNotFound
from tests.server import ALWAYS, Behaviour

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
    assert ours <= {"blobprep.errors", "blobprep.printable"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["ls", "."],
        pytest.param(["head", "pima.csv"], marks=pytest.mark.slow),
        pytest.param(["settings"], marks=pytest.mark.slow),
        ["check", "prep.py"],
        pytest.param(["doctor", "pima.csv"], marks=pytest.mark.slow),
        pytest.param(["cp", "pima.csv", "copy.csv"], marks=pytest.mark.slow),
        ["run", "prep.py", "pima.csv"],
        ["frob"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_rich_is_not_loaded_where_no_terminal_is(folder, arguments):
    program = (
        "import sys; from blobprep.cli import main; main(sys.argv[1:]); print('rich' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stderr.splitlines()[-1] == "False"


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
        "report    out/report.html",
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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
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


def _first_read(request):
    return request.method == "GET" and request.blob == "a.csv"


def _results(request):
    return request.method == "PUT" and request.blob == "out/results.csv"


def _first_look(request):
    return request.method == "HEAD" and request.blob == "a.csv"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("concerns", "command", "claimed"),
    [
        (_first_look, ("run", "prep.py", "az://raw/a.csv", "--output", "az://raw/out/", "--format", "csv"), False),
        # The outputs are claimed meanwhile, and may have been by then.
        (_first_read, ("run", "prep.py", "az://raw/a.csv", "--output", "az://raw/out/", "--format", "csv"), False),
        (_results, ("run", "prep.py", "az://raw/a.csv", "--output", "az://raw/out/", "--format", "csv"), True),
        (_first_read, ("cp", "az://raw/a.csv", "copy.csv"), False),
        (_first_read, ("cat", "az://raw/a.csv"), False),
    ],
    ids=["resolve", "fetch", "commit", "cp", "cat"],
)
def test_a_pause_before_another_attempt_ends_with_the_signal(folder, server, number, code, concerns, command, claimed):
    server.store.create_container("raw")
    server.store.write("raw", "a.csv", b"x,y\n1,a\n", content_type="text/csv")
    (folder / "blobprep.toml").write_text(
        f'[accounts.contoso]\nendpoint = "{server.endpoint("http")}"\nprotocol = "http"\nkey_env = "KEY"\n'
    )
    environment = ENVIRONMENT | {"KEY": server.key}

    with (
        server.behave(Behaviour(throttling=ALWAYS, retry_after=60, concerns=concerns)),
        subprocess.Popen(
            [PROGRAM, *command, "-v"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stderr is not None
        told = []
        while "attempt 2" not in (line := process.stderr.readline()):
            told.append(line)
            assert line, told
        process.send_signal(number)
        _, rest = process.communicate(timeout=30)  # half of the pause

    assert process.returncode == code, rest
    try:
        manifest = server.store.read("raw", "out/manifest.json")
    except BlobNotFound:
        assert not claimed
    else:
        assert json.loads(manifest)["status"] == "interrupted"


def test_a_reader_that_has_seen_enough_causes_no_complaint(folder):
    (folder / "large").write_bytes(bytes(20 * 1024 * 1024))

    with started(folder, "cat", "large", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, b"")


@pytest.mark.parametrize(("flags", "told"), [((), 0), (("-v", "--json"), 1)])
def test_what_is_tried_again_is_told_in_one_line_where_it_is_asked_for(folder, server, flags, told):
    server.store.create_container("raw")
    server.store.write("raw", "a.csv", b"x,y\n1,a\n", content_type="text/csv")
    reference = f"{server.endpoint('http')}/raw/a.csv"
    variables = {"AZURE_STORAGE_ACCOUNT": server.name, "AZURE_STORAGE_KEY": server.key}

    with server.behave(Behaviour(throttling=1)):
        done = subprocess.run(
            [PROGRAM, "cat", reference, *flags],
            cwd=folder,
            env=ENVIRONMENT | variables | {"AZURE_STORAGE_ENDPOINT": server.endpoint("http")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if "attempt" in line]
    assert len(lines) == told
    assert all(
        line.startswith("blobprep: raw/a.csv in account contoso: ServerBusy; attempt 2 of 5 in ") for line in lines
    )


@pytest.mark.slow
def test_a_store_that_stays_out_of_reach_ends_with_75_and_says_what_was_tried(folder, server):
    (folder / "blobprep.toml").write_text(
        f'[network]\nretries = 1\n[accounts.contoso]\nendpoint = "{server.endpoint("http")}"\nprotocol = "http"\n'
    )
    variables = {"AZURE_STORAGE_ACCOUNT": server.name, "AZURE_STORAGE_KEY": server.key}

    with server.behave(Behaviour(throttling=ALWAYS, retry_after=1)):
        done = subprocess.run(
            [PROGRAM, "run", "prep.py", "az://raw/a.csv", "--output", "out/"],
            cwd=folder,
            env=ENVIRONMENT | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 75
    message, remedy = done.stderr.splitlines()[-2:]
    assert message.startswith(
        "blobprep: raw/a.csv in account contoso: the service could not answer in 2 attempts over "
    )
    assert remedy.endswith("or try again later")
    assert not (folder / "out").exists()
