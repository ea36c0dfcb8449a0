"""The old SDK's sister packages work beside the overlay and in a bundle (`make test-legacy` and `make test-all`)."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import blobprep
from blobprep.legacy import overlay_folder
from blobprep.settings import Workspace
from tests import emulator
from tests.legacy.probes.comparing import differences, play
from tests.legacy.probes.neighbors.sources import calls_that_do_not_fit, imported, lacking

PACKAGES = Path(__file__).parent / "packages"
# The packages of a time, and the real `azure.storage.common` of that time.
SETS = {"neighbors": "2.1.0", "neighbors-1.4": "1.5.0"}
# Each theme, the emulator that it needs, and the sets that have its packages.
THEMES = {
    "methods": ("blob", ["neighbors"]),
    "accounts": ("blob", ["neighbors"]),
    "mocks": ("blob", ["neighbors"]),
    "transfers": ("blob", ["neighbors"]),
    "queues": ("queue", ["neighbors", "neighbors-1.4"]),
    "tables": ("table", ["neighbors"]),
}
QUEUES = f"""
from azure.storage.blob import BlobServiceClient, BlockBlobService
from azure.storage.common import CloudStorageAccount
from azure.storage.queue import QueueService
import azure.storage.queue
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    account = CloudStorageAccount('devstoreaccount1', '{emulator.KEY}')
    queues = account.create_queue_service()
    queues.protocol = 'http'
    queues.create_queue('asked')
    queues.put_message('asked', 'a.csv')
    found = [message.content for message in queues.get_messages('asked')]
    print('from', azure.storage.queue.__file__, type(queues) is QueueService)
    return pd.DataFrame({{'messages': found}})
"""
FILES = """
from azure.storage.file import FileService, ContentSettings
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    print(FileService('acct', 'a2V5').generate_share_shared_access_signature('s', 'r', '2030-01-01'))
    return pd.DataFrame({'a': [1]})
"""
CURRENT = """
from azure.storage.blob import BlockBlobService
from azure.storage.queue import QueueClient, QueueServiceClient, TextBase64EncodePolicy
from azure.storage.common import CloudStorageAccount
import azure.storage.queue.aio
print(QueueServiceClient("https://a.queue.core.windows.net", "a2V5").get_queue_client("q").url)
try:
    CloudStorageAccount("acct", "a2V5").create_queue_service()
except Exception as error:
    print(error)
"""
BOTH = """
from azure.storage.queue import QueueService
print(QueueService("acct", "a2V5").primary_endpoint)
"""


@pytest.fixture(scope="module", params=["neighbors", "neighbors-1.4"])
def packages(request: pytest.FixtureRequest) -> Path:
    """The folder of a set of packages."""
    return _installed(request.param)


@pytest.mark.slow
def test_whatever_the_packages_import_is_there(packages: Path) -> None:
    assert len(set(imported(packages))) > 90
    assert lacking(packages) == []


@pytest.mark.slow
def test_whatever_the_packages_call_takes_what_they_give(packages: Path) -> None:
    assert calls_that_do_not_fit(packages) == []


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "name"), [(theme, name) for theme, (_, sets) in THEMES.items() for name in sets])
def test_the_packages_do_the_same_beside_the_overlay(theme: str, name: str, tmp_path: Path) -> None:
    service, packages, real = THEMES[theme][0], _installed(name), _installed(SETS[name])

    expected = _played(service, theme, [packages, real], tmp_path)
    found = _played(service, theme, [overlay_folder(), packages], tmp_path)

    assert len(expected) > 1
    told = [line for probe, outcome in expected.items() for line in differences(outcome, found.get(probe), probe)]
    # `common` calls itself 2.1.0, whichever the packages are.
    assert [line for line in told if 'User-Agent: expected "Azure-Storage/1.4.2-' not in line] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_queues_in_a_bundle_work_with_the_overlay(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with emulator.serve(tmp_path, service="queue") as queues:
        done = _run(QUEUES, _zipped(_installed(name), tmp_path), emulator=urlsplit(queues).netloc)

    assert done.dataframe["messages"].tolist() == ["a.csv"]
    assert "/Script Bundle/azure/storage/queue/__init__.py True" in done.log


@pytest.mark.slow
def test_files_in_a_bundle_work_with_the_overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert "sp=r&sv=2019-02-02&sr=s&sig=" in _run(FILES, _zipped(_installed("neighbors"), tmp_path)).log


@pytest.mark.slow
def test_todays_queues_work_beside_the_overlay_and_give_way_to_those_of_a_bundle() -> None:
    today, old = _installed("current-queue"), _installed("neighbors")

    url, refused = _python(CURRENT, [overlay_folder(), today]).splitlines()
    assert url == "https://a.queue.core.windows.net/q"
    assert refused == "The azure-storage-queue that is installed has no QueueService, which left it with version 12."
    assert _python(BOTH, [old, overlay_folder(), today]) == "acct.queue.core.windows.net\n"


def _run(script: str, bundle: Path, **options: Any) -> blobprep.Run:
    Path("prep.py").write_text(script)
    done = blobprep.run("prep.py", bundle=bundle, output="out/", workspace=Workspace(), **options)
    done.raise_for_failure()
    return done


def _python(program: str, path: Sequence[Path]) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-W", "ignore", "-c", program]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _played(service: str, theme: str, path: Sequence[Path], folder: Path) -> dict[str, Any]:
    with emulator.serve(folder, service=service) as endpoint:
        return play(sys.executable, endpoint, [f"neighbors.{theme}"], path)[f"neighbors.{theme}"]


def _installed(name: str) -> Path:
    if not (PACKAGES / name).is_dir():
        pytest.fail("the real packages are not installed; make test-legacy installs them")
    return PACKAGES / name


def _zipped(packages: Path, folder: Path) -> Path:
    target = folder / "packages.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for service in ("queue", "file"):
            for path in sorted((packages / "azure" / "storage" / service).rglob("*.py")):
                bundle.write(path, path.relative_to(packages).as_posix())
    return target
