"""CloudStorageAccount."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any
from unittest import mock

from azure.storage.common import AccountPermissions, CloudStorageAccount, ResourceTypes, Services, TokenCredential

from tests.legacy.probes.environment import Environment, tried


def _looked(service: Any) -> Any:
    names = ("account_name", "account_key", "sas_token", "is_emulated", "primary_endpoint", "protocol", "blob_type")
    return type(service).__name__, {name: getattr(service, name) for name in names}


def services(env: Environment) -> Any:
    account = CloudStorageAccount("acct", "a2V5")
    return [
        _looked(create())
        for create in (
            account.create_block_blob_service,
            account.create_append_blob_service,
            account.create_page_blob_service,
        )
    ]


def attributes(env: Environment) -> Any:
    return [
        vars(account)
        for account in (
            CloudStorageAccount("acct", "a2V5"),
            CloudStorageAccount("acct", sas_token="sv=1"),
            CloudStorageAccount(is_emulated=True),
        )
    ]


def with_a_sas_token(env: Environment) -> Any:
    return _looked(CloudStorageAccount("acct", sas_token="sv=1").create_block_blob_service())


def with_a_token_credential(env: Environment) -> Any:
    account = tried(CloudStorageAccount, "acct", token_credential=TokenCredential("t"))
    if isinstance(account, Exception):
        return account
    return type(account.create_block_blob_service().authentication).__name__


def emulated(env: Environment) -> Any:
    return _looked(CloudStorageAccount(is_emulated=True).create_block_blob_service())


def of_another_suffix(env: Environment) -> Any:
    account = tried(CloudStorageAccount, "acct", "a2V5", endpoint_suffix="core.example")
    return account if isinstance(account, Exception) else _looked(account.create_block_blob_service())


def of_nothing(env: Environment) -> Any:
    return tried(CloudStorageAccount().create_block_blob_service)


def token(env: Environment) -> Any:
    account = CloudStorageAccount("acct", "a2V5")
    return [
        account.generate_shared_access_signature(
            Services.BLOB, ResourceTypes.OBJECT, AccountPermissions.READ, datetime(2030, 1, 2)
        ),
        account.generate_shared_access_signature(
            Services.BLOB | Services.FILE,
            ResourceTypes.SERVICE + ResourceTypes.CONTAINER,
            AccountPermissions.READ | AccountPermissions.LIST,
            "2030-01-02",
            "2018-01-01",
            "1.2.3.4",
            "https",
        ),
    ]


def token_without_a_key(env: Environment) -> Any:
    account = CloudStorageAccount("acct", sas_token="sv=1")
    return tried(account.generate_shared_access_signature, Services.BLOB, ResourceTypes.OBJECT, "r", "2030-01-01")


def queues_and_files_are_packages_of_their_own(env: Environment) -> Any:
    account, missing = CloudStorageAccount("acct", "a2V5"), dict.fromkeys(["azure.storage.queue", "azure.storage.file"])
    with mock.patch.dict(sys.modules, missing):
        return [tried(account.create_queue_service), tried(account.create_file_service)]
