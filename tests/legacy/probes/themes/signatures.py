"""Signatures: every public method, in the order of its parameters, and every constructor."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from azure.storage import blob, common
from azure.storage.blob import models as blob_models
from azure.storage.blob.sharedaccesssignature import BlobSharedAccessSignature
from azure.storage.common import models as common_models
from azure.storage.common.storageclient import StorageClient

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.inventory import KINDS, METHODS

__all__ = ["TABLE"]


def _signature(function: Any) -> str:
    """Tell names, order, kinds and defaults; annotations are no part of it."""
    found = inspect.signature(function)
    plain = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in found.parameters.values()]
    text = str(found.replace(parameters=plain, return_annotation=inspect.Signature.empty))
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _of_methods(kind: str) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        return {name: tried(_signature, getattr(KINDS[kind], name, None)) for name in METHODS[kind]}

    return probe


def constructors_of_services(env: Environment) -> Any:
    return {name: _signature(kind) for name, kind in KINDS.items()} | {
        "set_proxy": _signature(StorageClient.set_proxy),
        "CloudStorageAccount": _signature(common.CloudStorageAccount),
        "SharedAccessSignature": _signature(common.SharedAccessSignature),
        "BlobSharedAccessSignature": _signature(BlobSharedAccessSignature),
        "TokenCredential": _signature(common.TokenCredential),
        "ExponentialRetry": _signature(common.ExponentialRetry),
        "LinearRetry": _signature(common.LinearRetry),
        "no_retry": _signature(common.no_retry),
    }


def _models(module: Any, names: list[str]) -> Any:
    return {name: tried(lambda n=name: _signature(getattr(module, n))) for name in names}


_BLOB_MODELS = """
    AccountInformation AppendBlockProperties BatchDeleteSubRequest BatchSetBlobTierSubRequest BatchSubResponse Blob
    BlobBlock BlobBlockList BlobPermissions BlobPrefix BlobProperties Container ContainerPermissions
    ContainerProperties CopyProperties CustomerProvidedEncryptionKey Include LeaseProperties
    PageBlobProperties PageRange ResourceProperties UserDelegationKey
"""
_COMMON_MODELS = """
    AccessPolicy AccountPermissions CorsRule DeleteRetentionPolicy GeoReplication ListGenerator Logging Metrics
    ResourceTypes RetentionPolicy RetryContext ServiceProperties ServiceStats Services StaticWebsite
"""


def constructors_of_models(env: Environment) -> Any:
    return _models(blob_models, _BLOB_MODELS.split()), _models(common_models, _COMMON_MODELS.split())


def content_settings_by_position(env: Environment) -> Any:
    return vars(blob.ContentSettings("a", "b", "c", "d", "e", "f"))


def methods_of_accounts_and_generators(env: Environment) -> Any:
    return [
        {name: _signature(getattr(kind, name)) for name in names}
        for kind, names in (
            (
                common.CloudStorageAccount,
                ("create_block_blob_service", "create_page_blob_service", "generate_shared_access_signature"),
            ),
            (common.SharedAccessSignature, ("generate_account",)),
            (BlobSharedAccessSignature, ("generate_blob", "generate_container", "generate_account")),
        )
    ]


_PRIVATE = {
    "BaseBlobService": "_get_blob _list_blobs _list_containers _lease_blob_impl _lease_container_impl _copy_blob "
    "_perform_request _get_host_locations _apply_host _update_user_agent_string extract_date_and_request_id "
    "_scrub_headers _scrub_query_parameters _validate_echoed_client_request_id",
    "BlockBlobService": "_put_blob _put_block _put_block_list",
    "PageBlobService": "_create_blob _update_page",
    "AppendBlobService": "append_block",
}


def methods_that_look_private(env: Environment) -> Any:
    return {
        f"{kind}.{name}": tried(lambda k=kind, n=name: _signature(getattr(KINDS[k], n)))
        for kind, names in _PRIVATE.items()
        for name in names.split()
    }


TABLE = {kind: _of_methods(kind) for kind in METHODS}
