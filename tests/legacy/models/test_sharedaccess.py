"""Shared access signatures are written to the letter as in 2.1.0."""

from __future__ import annotations

import inspect
import sys

import pytest

from blobprep.legacy import models
from blobprep.legacy.accounts import CloudStorageAccount
from blobprep.legacy.models import BlobPermissions, ContainerPermissions
from blobprep.legacy.services.block import BlockBlobService
from blobprep.legacy.sharedaccess import (
    BlobSharedAccessSignature,
    SharedAccessSignature,
    complete_user_delegation_key,
)
from tests.legacy.models import tokens
from tests.legacy.models.golden import golden

_SIGNING = BlobSharedAccessSignature(tokens.ACCOUNT, tokens.KEY)


def test_every_token_is_the_one_that_was_written_before() -> None:
    assert tokens.tokens(models, BlobSharedAccessSignature) == golden("sas")


@pytest.mark.parametrize("permission", [BlobPermissions.READ, ContainerPermissions(read=True), "rw"])
def test_the_order_before_2_0_without_a_snapshot_is_taken(permission: object) -> None:
    old = _SIGNING.generate_blob("c", "b", permission, tokens.NAIVE, tokens.AWARE, ip="1.2.3.4")  # type: ignore[arg-type]

    assert old == _SIGNING.generate_blob("c", "b", None, permission, tokens.NAIVE, tokens.AWARE, ip="1.2.3.4")


def test_services_take_the_order_before_2_0_as_well() -> None:
    service = BlockBlobService(tokens.ACCOUNT, tokens.KEY)

    old = service.generate_blob_shared_access_signature("c", "b", BlobPermissions.READ, tokens.NAIVE)  # type: ignore[arg-type]

    assert old == _SIGNING.generate_blob("c", "b", None, BlobPermissions.READ, tokens.NAIVE)


def test_a_snapshot_in_third_place_is_a_snapshot() -> None:
    token = _SIGNING.generate_blob("c", "b", tokens.SNAPSHOT, BlobPermissions.READ, tokens.NAIVE)

    assert "sr=bs" in token
    assert "snapshot" not in token


def test_the_signature_of_the_method_stays_that_of_2_1() -> None:
    names = list(inspect.signature(BlobSharedAccessSignature.generate_blob).parameters)

    assert names[:6] == ["self", "container_name", "blob_name", "snapshot", "permission", "expiry"]


@pytest.mark.parametrize("part", list(vars(models.UserDelegationKey())))
def test_a_user_delegation_key_without_a_part_is_refused_by_name(part: str) -> None:
    key = tokens.delegation_key(models)
    complete_user_delegation_key(key)
    setattr(key, part, None)

    with pytest.raises(ValueError, match=f"user_delegation_key.{part} should not be None"):
        complete_user_delegation_key(key)


def test_an_account_makes_the_same_token_as_its_signature() -> None:
    account = CloudStorageAccount(tokens.ACCOUNT, tokens.KEY)

    token = account.generate_shared_access_signature("b", "sco", "rl", tokens.NAIVE, protocol="https")

    signing = SharedAccessSignature(tokens.ACCOUNT, tokens.KEY)
    assert token == signing.generate_account("b", "sco", "rl", tokens.NAIVE, protocol="https")


@pytest.mark.parametrize(("account", "missing"), [((None, tokens.KEY), "account_name"), (("a", None), "account_key")])
def test_an_account_without_name_or_key_makes_no_token(account: tuple[str | None, str | None], missing: str) -> None:
    with pytest.raises(ValueError, match=rf"self\.{missing} should not be None\."):
        CloudStorageAccount(*account).generate_shared_access_signature("b", "s", "r", tokens.NAIVE)


@pytest.mark.parametrize("kind", ["queue", "table", "file"])
def test_an_account_says_which_package_other_services_need(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"azure.storage.{kind}", None)

    with pytest.raises(Exception, match=f"The package azure-storage-{kind} is required."):
        getattr(CloudStorageAccount("a", "b"), f"create_{kind}_service")()
