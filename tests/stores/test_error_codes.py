"""No error code of the service is left without an error of ours and a remedy."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import StorageErrorCode

from blobprep.account import Account, Credential
from blobprep.errors import BlobprepError, HttpsRequired, StoreError
from blobprep.stores.azure import convert_errors
from blobprep.stores.error_codes import CODES

KNOWN = [code.value for code in StorageErrorCode]


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("status", [400, 404, 409])
def test_every_code_of_the_sdk_becomes_an_error_of_ours_with_a_remedy(code: str, status: int) -> None:
    account = Account("contoso", credential=Credential("key", "c4n4ry"))
    response = SimpleNamespace(status_code=status, reason="no", headers={"x-ms-error-code": code})

    with pytest.raises(BlobprepError) as caught, convert_errors("raw", "a.csv", account):
        raise HttpResponseError("c4n4ry", response=response)

    assert code in CODES
    assert type(caught.value) is CODES[code].kind
    assert caught.value.remedy
    assert "contoso" in caught.value.message
    assert "c4n4ry" not in str(caught.value)


def test_the_list_of_the_sdk_is_walked_whole() -> None:
    assert len(KNOWN) > 150
    assert CODES["AccountRequiresHttps"].kind is HttpsRequired
    assert all(issubclass(row.kind, StoreError) for row in CODES.values())
