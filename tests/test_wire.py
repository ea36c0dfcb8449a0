"""What leaves this machine, and what does not: `blobprep run` as a process of its own against the stand-in server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import Behaviour, Certificates, Server
from tests.server.credentials import account_sas

# Everything a script can look at: its environment, arguments, and those of the processes around it.
NOSY = """\
import os, pathlib, sys
def azureml_main(df):
    print(dict(os.environ), sys.argv, sys.orig_argv)
    for each in (os.getpid(), os.getppid()):
        print(pathlib.Path(f"/proc/{each}/cmdline").read_bytes())
    print(pathlib.Path("/proc/self/environ").read_bytes())
    return df,
"""


@pytest.fixture
def folder(server: Server, tmp_path: Path) -> Path:
    server.store.create_container("raw")
    server.store.write("raw", "a.csv", b"x,y\n1,a\n", content_type="text/csv")
    (tmp_path / "nosy.py").write_text(NOSY)
    return tmp_path


def blobprep(
    folder: Path, server: Server, authority: Certificates, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    address = server.endpoint("https")
    (folder / "blobprep.toml").write_text(f'[accounts.{server.name}]\nendpoint = "{address}"\n')
    variables = {"PATH": "", "HOME": str(folder), "REQUESTS_CA_BUNDLE": str(authority.authority)}
    return subprocess.run(
        [str(Path(sys.executable).with_name("blobprep")), *arguments],
        cwd=folder,
        env=variables | {"AZURE_STORAGE_ACCOUNT": server.name, "AZURE_STORAGE_ENDPOINT": address} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


# At `process`, since the script looks at its parents' arguments, which a confined one may not.
RUN = ("run", "nosy.py", "az://raw/a.csv", "--output", "az://raw/out/", "--overwrite", "--isolation", "process")


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_the_protocol_that_was_asked_for_is_on_the_wire_and_in_the_manifest(
    folder: Path, server: Server, authority: Certificates, protocol: str
) -> None:
    done = blobprep(
        folder, server, authority, {"AZURE_STORAGE_KEY": server.key}, *RUN, "--json", "--protocol", protocol
    )

    assert done.returncode == 0, done.stderr
    assert {request.scheme for request in server.requests} == {protocol}
    (read,) = json.loads(done.stdout)["inputs"]["dataset1"]["blobs"]
    assert read["protocol"] == protocol


def test_an_account_that_requires_https_is_named_with_both_ways_out(
    folder: Path, server: Server, authority: Certificates
) -> None:
    with server.behave(Behaviour(requires_https=True)):
        done = blobprep(folder, server, authority, {"AZURE_STORAGE_KEY": server.key}, *RUN, "--protocol", "http")

    assert done.returncode == 4
    assert "--protocol https" in done.stderr
    assert "'Secure transfer required' off" in done.stderr


@pytest.mark.parametrize(
    "kind", ["key", "sas", *(pytest.param(each, marks=pytest.mark.slow) for each in ("connection string", "bearer"))]
)
def test_no_secret_reaches_a_script_or_is_told(
    folder: Path, server: Server, authority: Certificates, kind: str
) -> None:
    sas = account_sas(server, "racwdl").secret
    bearer = server.issue("contributor")
    string = f"DefaultEndpointsProtocol=https;AccountName={server.name};AccountKey={server.key}"
    environment, secret = {
        "key": ({"AZURE_STORAGE_KEY": server.key}, server.key),
        "sas": ({"AZURE_STORAGE_SAS_TOKEN": sas}, sas.partition("sig=")[2].partition("&")[0]),
        "connection string": (
            {"AZURE_STORAGE_CONNECTION_STRING": f"{string};BlobEndpoint={server.endpoint('https')}"},
            server.key,
        ),
        "bearer": ({"AZURE_STORAGE_TOKEN": bearer}, bearer),
    }[kind]

    runs = [
        blobprep(folder, server, authority, environment, *RUN, "-vv"),
        blobprep(folder, server, authority, environment, "run", "nosy.py", "az://raw/none.csv", "-vv"),
        blobprep(folder, server, authority, environment, "settings", "-vv"),
    ]

    assert runs[0].returncode == 0, runs[0].stderr
    assert "PATH" in runs[0].stderr  # the script did look
    assert runs[1].returncode == 3, runs[1].stderr
    told = [text for run in runs for text in (run.stdout, run.stderr)]
    left = [server.store.read("raw", each.blob).decode("latin-1") for each in server.store.list("raw")]  # type: ignore[union-attr]
    files = [path.read_text("latin-1") for path in folder.rglob("*") if path.is_file()]
    assert len(secret) > 15
    assert [text for text in (*told, *left, *files) if secret in text] == []
