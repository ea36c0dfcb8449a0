"""No error code of the service is left without an error of ours and a remedy."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import StorageErrorCode

from blobprep.account import Account, Credential
from blobprep.errors import BlobNotFound, BlobprepError, ContainerNotFound, HttpsRequired, StoreError
from blobprep.stores.azure import convert_errors
from blobprep.stores.error_codes import ACCOUNT_CODES, BY_CREDENTIAL, CODES, CREDENTIAL_CODES
from blobprep.stores.explanations import meaning_of

KNOWN = [code.value for code in StorageErrorCode]


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("status", [400, 404, 409])
def test_every_code_of_the_sdk_becomes_an_error_of_ours_with_a_remedy(code: str, status: int) -> None:
    account = Account("contoso", credential=Credential("key", "c4n4ry"))
    response = SimpleNamespace(status_code=status, reason="no", headers={"x-ms-error-code": code})

    with pytest.raises(BlobprepError) as caught, convert_errors("raw", "a.csv", account):
        raise HttpResponseError("c4n4ry", response=response)

    assert code in CODES
    assert type(caught.value) is CODES[code].error
    assert caught.value.remedy
    assert "contoso" in caught.value.message
    assert "c4n4ry" not in str(caught.value)


def test_the_list_of_the_sdk_is_walked_whole() -> None:
    assert len(KNOWN) > 150
    assert CODES["AccountRequiresHttps"].error is HttpsRequired
    assert all(issubclass(row.error, StoreError) for row in CODES.values())


@pytest.mark.parametrize("kind", ["key", "sas", "token", "anonymous", ""])
@pytest.mark.parametrize("emulator", [False, True])
def test_every_code_has_a_cause_and_a_remedy_for_every_kind_of_credential(kind: str, emulator: bool) -> None:
    for code, row in CODES.items():
        meaning = meaning_of(code, None, kind, emulator=emulator)

        assert meaning.error is row.error
        is_missing = meaning.error in (BlobNotFound, ContainerNotFound)
        assert (meaning.cause and meaning.remedy) or (is_missing and kind != "anonymous"), code


def test_the_groups_of_codes_hold_known_codes_only() -> None:
    assert CREDENTIAL_CODES | ACCOUNT_CODES | set(BY_CREDENTIAL) <= set(CODES)
