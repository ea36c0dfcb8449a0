"""`blobprep serve`: the real command in a process of its own, called as a client would.

What ends at once, such as making a key, is a call in this process; a key is made by a process where that is the test.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from blobprep.cli import main
from tests.server import Certificates

EXAMPLE = Path(__file__).parents[2] / "examples" / "service" / "blobprep.toml"
pytestmark = pytest.mark.usefixtures("forked")

SCRIPT = """
def azureml_main(frame):
    frame["twice"] = frame["n"] * 2
    return frame,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "double.py").write_text(SCRIPT)
    (tmp_path / "sample.csv").write_text("n,label\n1,a\n2,b\n")
    return tmp_path


def _blobprep(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "blobprep"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def key(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A key of the service `double`."""
    monkeypatch.chdir(folder)
    assert main(["serve", "double.py", "--new-key"]) == 0
    return capsys.readouterr().out.strip()


@contextmanager
def _served(folder: Path, *arguments: str) -> Iterator[list[dict[str, Any]]]:
    """Serve; yield the services as the command tells them. It ends in good order."""
    command = [str(Path(sys.executable).parent / "blobprep"), "serve", *arguments, "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or lines[-1].rstrip() != "}":
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            lines.append(line)
        try:
            yield json.loads("".join(lines))["services"]
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.communicate(timeout=60)
    assert process.returncode == 0


def _call(service: dict[str, Any], key: str) -> httpx.Response:
    return httpx.post(
        f"{service['url']}/execute?api-version=2.0&format=swagger",
        json={"Inputs": {"input1": [{"n": "21", "label": "x"}]}},
        headers={"Authorization": f"Bearer {key}"},
        timeout=60,
    )


def test_from_a_script_to_a_call(folder: Path, key: str) -> None:
    with _served(folder, "double.py", "--sample", "sample.csv") as (service,):
        answer = _call(service, key)
        document = httpx.get(f"{service['url']}/swagger.json").json()
        page = httpx.get(service["help"])
        job = httpx.post(f"{service['url']}/jobs?api-version=2.0", json={}, headers={"Authorization": f"Bearer {key}"})

    assert answer.json()["Results"]["output1"] == [{"n": "21", "label": "x", "twice": "42"}]
    assert (service["name"], service["keys"]) == ("double", ["primary"])
    assert document["definitions"]["input1Item"]["properties"]["n"]["type"] == "integer"
    assert document["definitions"]["ExecutionRequest"]["example"]["Inputs"]["input1"] == [{"n": 1, "label": "value"}]
    assert page.status_code == 200
    assert job.json()["error"]["details"][0]["code"] == "RequestIsEmpty"


def test_clients_call_by_https_where_there_is_a_certificate(folder: Path, key: str, authority: Certificates) -> None:
    with _served(folder, "double.py", "--certificate", str(authority.files["good"])) as (service,):
        trusted = ssl.create_default_context(cafile=str(authority.authority))
        answer = httpx.post(
            f"{service['url']}/execute?api-version=2.0&format=swagger",
            json={"Inputs": {"input1": [{"n": 1}]}},
            headers={"Authorization": f"Bearer {key}"},
            verify=trusted,
            timeout=60,
        )

    assert service["url"].startswith("https://127.0.0.1:")
    assert answer.json()["Results"]["output1"] == [{"n": "1", "twice": "2"}]


def test_keys_are_rotated_while_the_server_runs(folder: Path, key: str) -> None:
    with _served(folder, "double.py") as (service,):
        made = json.loads(_blobprep(folder, "serve", "--name", "double", "double.py", "--new-key", "--json").stdout)
        both = [_call(service, one).status_code for one in (key, made["key"])]
        _blobprep(folder, "serve", "double.py", "--revoke-key", "--slot", "primary")
        then = [_call(service, one).status_code for one in (key, made["key"])]

    assert made["service"] == "double"
    assert (both, then) == ([200, 200], [401, 200])


def test_a_third_key_says_which_one_it_replaces(folder: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "double.py", "--new-key"]) == 0
    capsys.readouterr()

    refused = _blobprep(folder, "serve", "double.py", "--new-key")
    replaced = main(["serve", "double.py", "--new-key", "--slot", "secondary"])

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--slot primary or --slot secondary" in refused.stderr
    assert replaced == 0
    assert capsys.readouterr().out.strip() not in ("", key)


def test_a_key_is_that_of_the_script_named_whatever_the_settings_have(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "blobprep.toml").write_text(
        '[services.double]\nscript = "double.py"\n[services.other]\nscript = "double.py"\n'
    )

    assert main(["serve", "double.py", "--new-key", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["service"] == "double"


@pytest.mark.parametrize("arguments", [("double.py",), ("double.py", "--name", "twice"), ("--name", "other")])
def test_the_command_that_is_shown_for_a_key_makes_one(
    folder: Path,
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    (folder / "blobprep.toml").write_text('[services.other]\nscript = "double.py"\n')
    command = [str(Path(sys.executable).parent / "blobprep"), "serve", *arguments, "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        shown = []
        while not shown or " has no key yet: blobprep " not in shown[-1]:
            shown.append(process.stderr.readline())
            assert shown[-1], shown
        process.terminate()
        process.communicate(timeout=60)
    name, _, told = shown[-1].removeprefix("blobprep: warning: ").partition(" has no key yet: blobprep ")

    assert main([*told.split(), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["service"] == name


def test_the_services_of_the_settings_are_served_together(folder: Path) -> None:
    (folder / "blobprep.toml").write_text(
        '[services.first]\nscript = "double.py"\ncolumns1 = { n = "Double", label = "String" }\n'
        '[services.second]\nscript = "double.py"\nshow_sample = true\nsample1 = "sample.csv"\n'
        '[server]\nurl = "https://ml.contoso.com/"\n'
    )
    with _served(folder) as services:
        pass

    assert [service["name"] for service in services] == ["first", "second"]
    assert services[0]["help"] == "https://ml.contoso.com/services/first/help"
    kept = json.loads((folder / ".blobprep" / "columns.json").read_text())
    assert kept["second"]["inputs"]["input1"]["sample"]["rows"] == [[1, "a"], [2, "b"]]


def test_the_columns_of_a_script_that_was_edited_are_learned_again(folder: Path, key: str) -> None:
    def call(service: dict[str, Any], column: str) -> int:
        return httpx.post(
            f"{service['url']}/execute?api-version=2.0",
            json={"Inputs": {"input1": [{column: 1}]}},
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        ).status_code

    with _served(folder, "double.py") as (service,):
        before = [call(service, column) for column in ("n", "m")]
        script = folder / "double.py"
        script.write_text(script.read_text().replace('"n"', '"m"').replace("'n'", "'m'"))
        deadline = time.monotonic() + 60
        while call(service, "m") != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        after = [call(service, column) for column in ("n", "m")]

    assert (before, after) == ([200, 400], [400, 200])


def test_the_example_evaluates_arithmetic_and_nothing_else(folder: Path) -> None:
    options = ("--config", str(EXAMPLE), "--state", "state")
    key = _blobprep(folder, "serve", *options, "--new-key").stdout.strip()

    with _served(folder, *options) as (service,):
        answer = httpx.post(
            f"{service['url']}/execute?api-version=2.0",
            json={
                "Inputs": {"input1": {"ColumnNames": ["expression"], "Values": [["6 * 7"], ["open('/etc/passwd')"]]}},
                "GlobalParameters": {},
            },
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    table = answer.json()["Results"]["output1"]["value"]
    assert table["ColumnNames"] == ["expression", "result"]
    assert table["Values"][0] == ["6 * 7", "42"]
    assert table["Values"][1][1].startswith("error: only numbers")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "there is no service"),
        (("dubble.py",), "dubble.py, is no file"),
        (("--fresh",), "fresh is given without a script"),
        (("--name", "iris", "--new-key"), "there is no service 'iris'"),
        (("double.py", "--input", "dataset3=x"), "'dataset3' is no port"),
        (("double.py", "--host", "192.0.2.1"), "cannot be listened on"),
        (("double.py", "--port", "70000"), "is no port"),
        (("double.py", "--rows", "0"), "rows must be a number above 0"),
        (("double.py", "--certificate", "none.pem"), "is no file"),
        (("double.py", "--revoke-key"), "which key"),
        (("double.py", "--new-key", "--slot", "third"), "is no key"),
        (("double.py", "--sample", "none.csv"), "none.csv"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_served(
    folder: Path,
    arguments: tuple[str, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    port = () if "--port" in arguments else ("--port", "0")  # another program may listen on the usual one

    code = main(["serve", *arguments, *port])

    told = capsys.readouterr()
    assert code in (2, 3)
    assert words in told.err
    assert told.out == ""


def test_the_library_has_the_same(folder: Path) -> None:
    code = (
        "import blobprep, os, signal\n"
        "def ready(served):\n"
        "    print(served[0].name, served[0].keys, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "signal.signal(signal.SIGTERM, lambda *_: None)\n"
        "import threading\n"
        "blobprep.serve('double.py', port=0, on_ready=lambda served: threading.Timer(1, ready, [served]).start())\n"
        "print('ended')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout == "double ()\nended\n", done.stderr
