"""What tests of the old SDK import from modules that look private is there, and does what it did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.legacy import models, overlay_folder
from blobprep.legacy.early import models as early_models

_KEYS = """
from azure.storage.common._encryption import _ENCRYPTION_PROTOCOL_V1
from azure.storage.common._error import (
    _ERROR_INVALID_KID, _ERROR_OBJECT_INVALID, _ERROR_UNSUPPORTED_ENCRYPTION_VERSION,
    _validate_encryption_protocol_version, _validate_kek_id,
    _validate_key_encryption_key_unwrap, _validate_key_encryption_key_wrap,
)

class Key:
    def get_kid(self): return "1"
    def unwrap_key(self, key, algorithm): return key

def refusal(check, *arguments):
    try:
        check(*arguments)
    except (AttributeError, ValueError) as error:
        return type(error), str(error)

assert refusal(_validate_key_encryption_key_unwrap, Key()) is None
missing = _ERROR_OBJECT_INVALID.format("key encryption key", "wrap_key")
assert refusal(_validate_key_encryption_key_wrap, Key()) == (AttributeError, missing)
assert refusal(_validate_encryption_protocol_version, _ENCRYPTION_PROTOCOL_V1) is None
assert refusal(_validate_encryption_protocol_version, "2.0") == (ValueError, _ERROR_UNSUPPORTED_ENCRYPTION_VERSION)
assert refusal(_validate_kek_id, "1", "1") is None
assert refusal(_validate_kek_id, "1", "2") == (ValueError, _ERROR_INVALID_KID)
"""
_CONNECTIONS = """
from azure.storage.common._connection import (
    _CONNECTION_ENDPOINTS, _CONNECTION_ENDPOINTS_SECONDARY, _EMULATOR_ENDPOINTS
)
assert _CONNECTION_ENDPOINTS == {"blob": "BlobEndpoint", "queue": "QueueEndpoint", "file": "FileEndpoint"}
assert _CONNECTION_ENDPOINTS_SECONDARY["blob"] == "BlobSecondaryEndpoint"
assert _EMULATOR_ENDPOINTS == {"blob": "127.0.0.1:10000", "queue": "127.0.0.1:10001", "file": ""}
"""
_LOGS = """
from azure.storage.common._http.httpclient import logger
from azure.storage.common import sharedaccesssignature, storageclient
assert logger.name == "azure.storage.common._http.httpclient"
assert storageclient._QueryStringConstants is sharedaccesssignature._QueryStringConstants
assert storageclient._QueryStringConstants.SIGNED_SIGNATURE == "sig"
"""
_EARLY = """
from azure.storage import DEFAULT_HTTP_TIMEOUT, DEV_ACCOUNT_KEY, DEV_ACCOUNT_NAME
from azure.storage.blob import BLOB_SERVICE_HOST_BASE, DEV_BLOB_HOST
from azure.storage.storageclient import AZURE_STORAGE_ACCESS_KEY, AZURE_STORAGE_ACCOUNT, EMULATED
assert (DEFAULT_HTTP_TIMEOUT, DEV_ACCOUNT_NAME, DEV_BLOB_HOST) == (65, "devstoreaccount1", "127.0.0.1:10000")
assert DEV_ACCOUNT_KEY.startswith("Eby8vdM02xNOcq") and BLOB_SERVICE_HOST_BASE == ".blob.core.windows.net"
assert [AZURE_STORAGE_ACCESS_KEY, AZURE_STORAGE_ACCOUNT, EMULATED] == [
    "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_ACCOUNT", "EMULATED"
]
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(_KEYS, id="checks of keys"),
        pytest.param(_CONNECTIONS, id="names in connection strings"),
        pytest.param(_LOGS, id="loggers and what a token is made of"),
        pytest.param(_EARLY, id="constants before 0.30"),
    ],
)
def test_a_test_of_the_old_sdk_finds(program: str) -> None:
    path = os.pathsep.join(map(str, [overlay_folder(), Path.cwd()]))

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", ["BlobBlock", "BlobBlockList", "BlobPrefix", "BlobProperties", "PageRange"])
def test_what_blob_service_returns_is_an_instance_of_the_class_that_can_be_imported(name: str) -> None:
    returned = getattr(early_models, name)()

    assert isinstance(returned, getattr(models, name))
    assert not isinstance(getattr(models, name)(), type(returned))
