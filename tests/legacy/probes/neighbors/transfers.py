"""blobxfer, which moves blobs and files with the old SDK: from a folder to a container, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import blobxfer.operations.azure.blob.append
import blobxfer.operations.azure.blob.block
import blobxfer.operations.azure.blob.page
import blobxfer.operations.azure.file
import requests
from blobxfer_cli.cli import cli

from tests.legacy.probes.environment import Environment, tried

_KINDS = {
    "append": blobxfer.operations.azure.blob.append,
    "block": blobxfer.operations.azure.blob.block,
    "page": blobxfer.operations.azure.blob.page,
    "file": blobxfer.operations.azure.file,
}


def clients(env: Environment) -> Any:
    told = {}
    session = requests.Session()
    account = SimpleNamespace(name="acct", key=env.key, is_sas=False, endpoint="core.windows.net", session=session)
    proxy = SimpleNamespace(host="h", port=1, username="u", password="p")
    for kind, module in _KINDS.items():
        client = module.create_client(account, SimpleNamespace(timeout=(3, 4), max_retries=2), proxy)
        context = SimpleNamespace(response=None, request=SimpleNamespace(), exception=None)
        told[kind] = [client.primary_endpoint, client.socket_timeout, client._httpclient.proxies]
        told[kind] += [client.retry(context), context.count]
    return told


def a_folder_to_a_container_and_back(env: Environment) -> Any:
    sent, got = env.folder / "sent", env.folder / "got"
    sent.mkdir()
    got.mkdir()
    (sent / "small.csv").write_bytes(b"a\n1\n")
    (sent / "large.bin").write_bytes(bytes(range(256)) * 20_000)
    remote = [
        "--remote-path",
        f"{env.container}/up",
        "--storage-account",
        env.account,
        "--storage-account-key",
        env.key,
    ]
    plain = ["--no-progress-bar", "--endpoint", "core.windows.net", "--chunk-size-bytes", "1048576"]
    # It makes a client of files too, which refuses the account of the emulator.
    own_account = mock.patch("azure.storage.file.fileservice.DEV_ACCOUNT_NAME", "")
    with own_account, mock.patch("requests.Session.get_adapter", _leading(env)):
        for command, folder, more in (("upload", sent, ["--file-md5", "--file-attributes"]), ("download", got, [])):
            arguments = [command, "--local-path", str(folder), *remote, *plain, *more]
            ended = tried(cli, arguments, standalone_mode=False)
            env.forget()  # they come in the order in which its threads send them
            if isinstance(ended, Exception):
                return ended
    listed = [(blob.name, blob.properties.content_length) for blob in env.block.list_blobs(env.container)]
    env.forget()
    same = [(path.name, path.read_bytes() == (sent / path.name).read_bytes()) for path in sorted(_files(got))]
    return listed, same


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _leading(env: Environment) -> Callable[..., Any]:
    adapter = env.over_https().request_session.get_adapter("https://")
    return lambda session, url: adapter
