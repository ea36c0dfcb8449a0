"""Names that scripts and tests import, private-looking ones too, and the small things behind them."""

from __future__ import annotations

import importlib
from typing import Any

from tests.legacy.probes.environment import Environment, tried

_NAMES = {
    "azure.storage.blob": "AppendBlobService BlockBlobService PageBlobService Container ContainerProperties Blob "
    "BlobProperties BlobBlock BlobBlockList PageRange ContentSettings CopyProperties ContainerPermissions "
    "BlobPermissions _LeaseActions AppendBlockProperties PageBlobProperties ResourceProperties Include "
    "SequenceNumberAction BlockListType PublicAccess BlobPrefix DeleteSnapshot BatchDeleteSubRequest "
    "BatchSetBlobTierSubRequest BatchSubResponse CustomerProvidedEncryptionKey RehydratePriority",
    "azure.storage.blob.baseblobservice": "BaseBlobService",
    "azure.storage.blob.blockblobservice": "BlockBlobService",
    "azure.storage.blob.appendblobservice": "AppendBlobService",
    "azure.storage.blob.pageblobservice": "PageBlobService",
    "azure.storage.blob.sharedaccesssignature": "BlobSharedAccessSignature",
    "azure.storage.blob.models": "StandardBlobTier PremiumPageBlobTier BlobBlockState LeaseProperties "
    "AccountInformation UserDelegationKey _BlobTypes",
    "azure.storage.blob._error": "_ERROR_PAGE_BLOB_SIZE_ALIGNMENT _ERROR_INVALID_BLOCK_ID",
    "azure.storage.blob._constants": "X_MS_VERSION __version__",
    "azure.storage.blob._encryption": "_encrypt_blob _decrypt_blob _generate_blob_encryption_data",
    "azure.storage.blob._upload_chunking": "_SubStream _upload_blob_chunks",
    "azure.storage.blob._serialization": "_get_path _convert_block_list_to_xml",
    "azure.storage.blob._deserialization": "_parse_blob _parse_base_properties",
    "azure.storage.common": "CloudStorageAccount RetentionPolicy Logging Metrics CorsRule DeleteRetentionPolicy "
    "StaticWebsite ServiceProperties AccessPolicy ResourceTypes Services AccountPermissions Protocol ServiceStats "
    "GeoReplication LocationMode RetryContext ExponentialRetry LinearRetry no_retry SharedAccessSignature "
    "TokenCredential AzureSigningError DEFAULT_X_MS_VERSION",
    "azure.storage.common._auth": "_StorageSharedKeyAuthentication _StorageNoAuthentication _StorageSASAuthentication",
    "azure.storage.common._common_conversion": "_encode_base64 _decode_base64_to_bytes _decode_base64_to_text "
    "_sign_string _get_content_md5 _datetime_to_utc_string _int_to_str _bool_to_str _to_str",
    "azure.storage.common._connection": "_ServiceParameters",
    "azure.storage.common._constants": "SERVICE_HOST_BASE DEFAULT_PROTOCOL DEV_ACCOUNT_NAME DEV_ACCOUNT_KEY "
    "DEV_BLOB_HOST DEFAULT_SOCKET_TIMEOUT DEFAULT_USER_AGENT_STRING USER_AGENT_STRING_PREFIX",
    "azure.storage.common._deserialization": "_parse_metadata _parse_properties",
    "azure.storage.common._encryption": "_EncryptionAlgorithm _dict_to_encryption_data _generate_AES_CBC_cipher",
    "azure.storage.common._error": "_ERROR_VALUE_NONE _ERROR_DECRYPTION_FAILURE _ERROR_STORAGE_MISSING_INFO "
    "_validate_not_none _http_error_handler AzureSigningError",
    "azure.storage.common._http": "HTTPError HTTPRequest HTTPResponse",
    "azure.storage.common._http.httpclient": "_HTTPClient",
    "azure.storage.common._serialization": "_update_request _add_metadata_headers _len_plus",
    "azure.storage.common.cloudstorageaccount": "CloudStorageAccount",
    "azure.storage.common.models": "ListGenerator _OperationContext _list _dict RetryContext LocationMode",
    "azure.storage.common.retry": "ExponentialRetry LinearRetry no_retry _Retry",
    "azure.storage.common.sharedaccesssignature": "SharedAccessSignature _QueryStringConstants",
    "azure.storage.common.storageclient": "StorageClient logger",
    "azure.storage.common.tokencredential": "TokenCredential",
}


def names_that_scripts_import(env: Environment) -> Any:
    told = {}
    for module, names in _NAMES.items():
        found = tried(importlib.import_module, module)
        told[module] = {
            name: found if isinstance(found, ImportError) else hasattr(found, name) for name in names.split()
        }
    return told


def values_of_constants(env: Environment) -> Any:
    found = importlib.import_module("azure.storage.common._constants")
    names = _NAMES["azure.storage.common._constants"].split()
    blob = importlib.import_module("azure.storage.blob._constants")
    return {name: getattr(found, name, None) for name in names}, blob.X_MS_VERSION, blob.__version__


def versions(env: Environment) -> Any:
    common = importlib.import_module("azure.storage.common")
    return common.DEFAULT_X_MS_VERSION, importlib.import_module("azure.storage.common._constants").__version__


def texts_of_errors(env: Environment) -> Any:
    found = importlib.import_module("azure.storage.common._error")
    return {
        name: getattr(found, name, "missing")
        for name in (
            "_ERROR_CONFLICT",
            "_ERROR_NOT_FOUND",
            "_ERROR_STORAGE_MISSING_INFO",
            "_ERROR_PARALLEL_NOT_SEEKABLE",
            "_ERROR_VALUE_SHOULD_BE_BYTES",
            "_ERROR_VALUE_SHOULD_BE_BYTES_OR_STREAM",
            "_ERROR_VALUE_SHOULD_BE_SEEKABLE_STREAM",
            "_ERROR_VALUE_SHOULD_BE_STREAM",
            "_ERROR_VALUE_NONE",
            "_ERROR_VALUE_NONE_OR_EMPTY",
            "_ERROR_VALUE_NEGATIVE",
            "_ERROR_START_END_NEEDED_FOR_MD5",
            "_ERROR_RANGE_TOO_LARGE_FOR_MD5",
            "_ERROR_MD5_MISMATCH",
            "_ERROR_TOO_MANY_ACCESS_POLICIES",
            "_ERROR_OBJECT_INVALID",
            "_ERROR_UNSUPPORTED_ENCRYPTION_VERSION",
            "_ERROR_DECRYPTION_FAILURE",
            "_ERROR_ENCRYPTION_REQUIRED",
            "_ERROR_DECRYPTION_REQUIRED",
            "_ERROR_INVALID_KID",
            "_ERROR_UNSUPPORTED_ENCRYPTION_ALGORITHM",
            "_ERROR_UNSUPPORTED_METHOD_FOR_ENCRYPTION",
            "_ERROR_UNKNOWN_KEY_WRAP_ALGORITHM",
            "_ERROR_DATA_NOT_ENCRYPTED",
        )
    }


def small_conversions(env: Environment) -> Any:
    from datetime import UTC, datetime

    from azure.storage.common import _common_conversion as c

    return [
        c._encode_base64("é"),
        c._encode_base64(b"x"),
        c._decode_base64_to_bytes("eA=="),
        c._decode_base64_to_text(b"eA=="),
        c._sign_string("a2V5", "text"),
        c._get_content_md5(b"hello"),
        tried(c._get_content_md5, "text"),
        c._int_to_str(5),
        c._int_to_str(None),
        c._bool_to_str(True),
        c._bool_to_str("yes"),
        c._bool_to_str(None),
        c._datetime_to_utc_string(datetime(2011, 1, 2, 3, 4, 5)),
        c._datetime_to_utc_string(datetime(2011, 1, 2, 3, 4, 5, tzinfo=UTC)),
        c._datetime_to_utc_string(None),
        c._to_str(5),
        c._to_str(None),
    ]


def requests_and_answers(env: Environment) -> Any:
    from azure.storage.common._http import HTTPError, HTTPRequest, HTTPResponse

    return HTTPRequest(), HTTPResponse(200, "OK", {"a": "b"}, b"x"), HTTPError(400, "reason", {}, b"x")


def one_class_under_all_its_names(env: Environment) -> Any:
    blob, models = importlib.import_module("azure.storage.blob"), importlib.import_module("azure.storage.blob.models")
    common = importlib.import_module("azure.storage.common")
    return [
        blob.Blob is models.Blob,
        blob.ContentSettings is models.ContentSettings,
        blob.PublicAccess is models.PublicAccess,
        blob.BlockBlobService is importlib.import_module("azure.storage.blob.blockblobservice").BlockBlobService,
        common.RetryContext is importlib.import_module("azure.storage.common.models").RetryContext,
        common.ExponentialRetry is importlib.import_module("azure.storage.common.retry").ExponentialRetry,
        common.AzureSigningError is importlib.import_module("azure.storage.common._error").AzureSigningError,
    ]


def modules_that_classes_say_they_are_from(env: Environment) -> Any:
    told = {}
    for module in ("azure.storage.blob", "azure.storage.common", "azure.common"):
        found = importlib.import_module(module)
        told |= {
            name: getattr(found, name).__module__
            for name in (_NAMES.get(module) or "AzureException AzureHttpError AzureMissingResourceHttpError").split()
            if isinstance(getattr(found, name, None), type)
        }
    return told


def ways_to_import(env: Environment) -> Any:
    told = []
    for line in (
        "import azure.storage.blob as found; found.BlockBlobService",
        "from azure.storage import blob; blob.BlockBlobService",
        "import azure.storage.blob; azure.storage.blob.models.Blob",
        "from azure.storage.blob import *; BlockBlobService, ContentSettings, PublicAccess",
        "from azure.storage.blob.models import *; BlobBlock, Include",
        "from azure.storage.common import *; AccessPolicy, ExponentialRetry",
        "from azure.storage.blob.blockblobservice import BlockBlobService",
        "from azure.common import *; AzureException, AzureHttpError",
        "from azure.storage.blob import __version__",
        "from azure.storage.blob import StandardBlobTier",
        "from azure.storage.blob import BaseBlobService",
        "from azure.storage import CloudStorageAccount",
        "import azure.storage.common.retry; azure.storage.common.retry.LinearRetry",
    ):
        outcome = tried(exec, line, {})
        told.append((line, type(outcome).__name__))
    return told
