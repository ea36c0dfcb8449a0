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


def _run(program: str, given: str = "", folder: Path | None = None, *first: Path) -> str:
    path = os.pathsep.join(map(str, [*first, overlay_folder(), Path.cwd()]))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
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


def test_names_of_the_time_before_0_30_can_be_imported() -> None:
    _run(
        "from azure.storage import AccessPolicy, BlobService, HourMetrics, SharedAccessPolicy, SignedIdentifiers\n"
        "from azure.storage.blob import BlobService as too, BlobResult, BlobSharedAccessPermissions, PageList\n"
        "from azure.storage.blob.blobservice import BlobService as three\n"
        "from azure.storage.models import SignedIdentifier, StorageServiceProperties\n"
        "from azure.storage.sharedaccesssignature import ResourceType\n"
        "assert BlobService is too is three"
    )


def test_a_name_is_the_same_thing_wherever_it_is_imported_from() -> None:
    _run(
        "from azure.storage import AccessPolicy, CloudStorageAccount\n"
        "import azure.storage, azure.storage.common, azure.storage.models, azure.storage.cloudstorageaccount\n"
        "assert AccessPolicy is azure.storage.AccessPolicy is azure.storage.common.AccessPolicy\n"
        "assert AccessPolicy is azure.storage.models.AccessPolicy\n"
        "assert CloudStorageAccount is azure.storage.cloudstorageaccount.CloudStorageAccount"
    )


def test_private_looking_modules_are_where_they_were() -> None:
    _run(
        "from azure.storage._error import _ERROR_VALUE_NONE, _validate_not_none\n"
        "from azure.storage._common_conversion import _encode_base64, _sign_string\n"
        "from azure.storage._http import HTTPRequest, HTTPResponse\n"
        "from azure.storage._constants import DEV_ACCOUNT_KEY\n"
        "from azure.storage.retry import _Retry"
    )


def test_the_current_sdk_is_beside_them() -> None:
    _run(
        "from azure.storage import AccessPolicy\n"
        "from azure.storage.blob import BlobService, BlobServiceClient, BlobPrefix, ContentSettings\n"
        "from azure.storage.blob.aio import BlobServiceClient as Asynchronous\n"
        "assert BlobServiceClient is not Asynchronous"
    )


def test_names_come_from_what_the_script_brings_if_it_brings_the_old_package(tmp_path: Path) -> None:
    brought = tmp_path / "azure" / "storage" / "common"
    brought.mkdir(parents=True)
    (brought / "__init__.py").write_text("class AccessPolicy:\n    brought = True\n", encoding="utf-8")

    _run("from azure.storage import AccessPolicy\nassert AccessPolicy.brought", "", None, tmp_path)


def test_the_overlay_leaves_both_namespaces_to_be_shared() -> None:
    storage = overlay_folder() / "azure" / "storage"

    assert not (storage.parent / "__init__.py").exists()
    assert not (storage / "__init__.py").exists()


def test_an_account_makes_each_kind_of_service() -> None:
    _run(
        "from azure.storage.common import CloudStorageAccount\n"
        "from azure.storage.blob import AppendBlobService, BlobService, BlockBlobService, PageBlobService\n"
        "account = CloudStorageAccount('a', 'a2V5', endpoint_suffix='x')\n"
        "made = [account.create_block_blob_service(), account.create_page_blob_service(),\n"
        "        account.create_append_blob_service(), account.create_blob_service()]\n"
        "assert [type(each) for each in made] == [BlockBlobService, PageBlobService, AppendBlobService, BlobService]\n"
        "assert made[0].primary_endpoint == 'a.blob.x'\n"
        "emulated = CloudStorageAccount(is_emulated=True).create_block_blob_service()\n"
        "assert emulated.primary_endpoint == '127.0.0.1:10000/devstoreaccount1'"
    )
