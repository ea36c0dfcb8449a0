"""Every public name of five versions of the old SDK can be imported from where it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blobprep.legacy import overlay_folder
from tests.legacy.models.golden import golden

_IMPORT_ALL = """
import json, sys
missing = {}
for version, modules in json.load(sys.stdin).items():
    missing[version] = []
    for module, names in modules.items():
        for name in names:
            try:
                exec(f"from {module} import {name}", {})
            except ImportError as error:
                missing[version].append(str(error))
json.dump(missing, sys.stdout)
"""


_EARLY = """
from azure.storage import AccessPolicy, BlobService, HourMetrics, SharedAccessPolicy, SignedIdentifiers
from azure.storage.blob import BlobService as too, BlobResult, BlobSharedAccessPermissions, PageList
from azure.storage.blob.blobservice import BlobService as three
from azure.storage.models import SignedIdentifier, StorageServiceProperties
from azure.storage.sharedaccesssignature import ResourceType
assert BlobService is too is three
"""
_SAME = """
from azure.storage import AccessPolicy, CloudStorageAccount
import azure.storage, azure.storage.common, azure.storage.models, azure.storage.cloudstorageaccount
assert AccessPolicy is azure.storage.AccessPolicy is azure.storage.common.AccessPolicy
assert AccessPolicy is azure.storage.models.AccessPolicy
assert CloudStorageAccount is azure.storage.cloudstorageaccount.CloudStorageAccount
"""
_PRIVATE = """
from azure.storage._error import _ERROR_VALUE_NONE, _validate_not_none
from azure.storage._common_conversion import _encode_base64, _sign_string
from azure.storage._http import HTTPRequest, HTTPResponse
from azure.storage._constants import DEV_ACCOUNT_KEY
from azure.storage.retry import _Retry
"""
_BESIDE = """
from azure.storage import AccessPolicy
from azure.storage.blob import BlobService, BlobServiceClient, BlobPrefix, ContentSettings
from azure.storage.blob.aio import BlobServiceClient as Asynchronous
assert BlobServiceClient is not Asynchronous
"""
_SERVICES = """
from azure.storage.common import CloudStorageAccount
from azure.storage.blob import AppendBlobService, BlobService, BlockBlobService, PageBlobService
account = CloudStorageAccount("a", "a2V5", endpoint_suffix="x")
made = [account.create_block_blob_service(), account.create_page_blob_service(),
        account.create_append_blob_service(), account.create_blob_service()]
assert [type(each) for each in made] == [BlockBlobService, PageBlobService, AppendBlobService, BlobService]
assert made[0].primary_endpoint == "a.blob.x"
emulated = CloudStorageAccount(is_emulated=True).create_block_blob_service()
assert emulated.primary_endpoint == "127.0.0.1:10000/devstoreaccount1"
"""


def _run(program: str, given: str = "", *first: Path) -> str:
    path = os.pathsep.join(map(str, [*first, overlay_folder(), Path.cwd()]))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def missing() -> dict[str, list[str]]:
    told: dict[str, Any] = json.loads(_run(_IMPORT_ALL, json.dumps(golden("names"))))
    return told


@pytest.mark.parametrize("version", golden("names"))
def test_every_public_name_of_the_version_can_be_imported(version: str, missing: dict[str, list[str]]) -> None:
    assert missing[version] == []


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(_EARLY, id="names before 0.30"),
        pytest.param(_SAME, id="the same thing wherever it is imported from"),
        pytest.param(_PRIVATE, id="modules that look private"),
        pytest.param(_BESIDE, id="the current SDK beside them"),
        pytest.param(_SERVICES, id="an account makes each kind of service"),
    ],
)
def test_a_script_finds(program: str) -> None:
    _run(program)


def test_names_come_from_what_the_script_brings_if_it_brings_the_old_package(tmp_path: Path) -> None:
    brought = tmp_path / "azure" / "storage" / "common"
    brought.mkdir(parents=True)
    (brought / "__init__.py").write_text("class AccessPolicy:\n    brought = True\n", encoding="utf-8")

    _run("from azure.storage import AccessPolicy\nassert AccessPolicy.brought", "", tmp_path)


def test_the_overlay_leaves_both_namespaces_to_be_shared() -> None:
    storage = overlay_folder() / "azure" / "storage"

    assert not (storage.parent / "__init__.py").exists()
    assert not (storage / "__init__.py").exists()
