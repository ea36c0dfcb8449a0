"""Models: attributes, texts, sums, constants; and the names that scripts import."""

from __future__ import annotations

import importlib
from typing import Any

from azure.storage.blob import (
    AppendBlockProperties,
    Blob,
    BlobBlock,
    BlobBlockList,
    BlobPermissions,
    BlobPrefix,
    BlobProperties,
    BlockListType,
    Container,
    ContainerPermissions,
    ContainerProperties,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    DeleteSnapshot,
    Include,
    PageBlobProperties,
    PageRange,
    PublicAccess,
    RehydratePriority,
    ResourceProperties,
    SequenceNumberAction,
)
from azure.storage.blob import models as blob_models
from azure.storage.blob.models import (
    AccountInformation,
    BlobBlockState,
    LeaseProperties,
    PremiumPageBlobTier,
    StandardBlobTier,
    UserDelegationKey,
)
from azure.storage.common import (
    AccessPolicy,
    AccountPermissions,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
    LocationMode,
    Logging,
    Metrics,
    Protocol,
    ResourceTypes,
    RetentionPolicy,
    ServiceProperties,
    Services,
    ServiceStats,
    StaticWebsite,
)
from azure.storage.common.models import ListGenerator

from tests.legacy.probes.environment import Environment, tried


def defaults_of_results(env: Environment) -> Any:
    return [
        kind()
        for kind in (
            AccountInformation,
            AppendBlockProperties,
            Blob,
            BlobBlockList,
            BlobPrefix,
            BlobProperties,
            Container,
            ContainerProperties,
            CopyProperties,
            LeaseProperties,
            PageBlobProperties,
            ResourceProperties,
            ServiceProperties,
            ServiceStats,
            GeoReplication,
            UserDelegationKey,
        )
    ]


def defaults_of_arguments(env: Environment) -> Any:
    return [kind() for kind in (BlobBlock, ContentSettings, PageRange, AccessPolicy, Logging, Metrics)] + [
        kind() for kind in (RetentionPolicy, DeleteRetentionPolicy, StaticWebsite)
    ]


def made_by_position(env: Environment) -> Any:
    return [
        Blob("n", "s", b"c", None, {"a": "b"}, True),
        Container("n", None, {"a": "b"}),
        BlobBlock("1", BlobBlockState.Committed),
        PageRange(0, 511, True),
        ContentSettings("a", "b", "c", "d", "e", "f"),
        AccessPolicy("r", "2030", "2018"),
        Logging(True, True, True, RetentionPolicy(True, 5)),
        Metrics(True, False, RetentionPolicy(True, 5)),
        CorsRule("a", "b", 1, "c", "d"),
        CorsRule(["a"], ["b"]),
        StaticWebsite(True, "a", "b"),
        CustomerProvidedEncryptionKey("k", "h"),
    ]


def bases_of_results(env: Environment) -> Any:
    return [AppendBlockProperties, PageBlobProperties, ResourceProperties]


def clone(env: Environment) -> Any:
    source, target = PageBlobProperties(), AppendBlockProperties()
    source.etag, source.last_modified, source.sequence_number, source.request_server_encrypted = "e", "l", 3, True
    return target.clone(source), target


def instances_share_nothing(env: Environment) -> Any:
    one, two = BlobProperties(), BlobProperties()
    one.lease.status = "locked"
    one.content_settings.content_type = "a"
    return two.lease.status, two.content_settings.content_type, BlobBlockList().committed_blocks is not None


def equality(env: Environment) -> Any:
    return [
        kind() == kind()
        for kind in (ContentSettings, BlobPermissions, Include, ResourceTypes, AccessPolicy, PageRange, BlobBlock)
    ]


def constants(env: Environment) -> Any:
    groups = (
        PublicAccess,
        DeleteSnapshot,
        BlockListType,
        SequenceNumberAction,
        BlobBlockState,
        StandardBlobTier,
        PremiumPageBlobTier,
        RehydratePriority,
        LocationMode,
        Protocol,
    )
    return {
        group.__name__: {
            name: str.__str__(value)
            for name in dir(group)
            if not name.startswith("_") and isinstance(value := getattr(group, name), str)
        }
        for group in groups
    }


def constants_are_texts(env: Environment) -> Any:
    return [
        PublicAccess.Container == "container",
        f"{PublicAccess.Blob}",
        "%s" % SequenceNumberAction.Max,
        f"{RehydratePriority.High}",
        str(PublicAccess.OFF),
        PublicAccess.Blob + "!",
        {PublicAccess.Blob: 1}.get("blob"),
    ]


def permissions_of_blobs(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            BlobPermissions(),
            BlobPermissions(True, True, True, True, True),
            BlobPermissions(write=True, read=True),
            BlobPermissions(_str="dwcar"),
            BlobPermissions.READ | BlobPermissions.DELETE,
            BlobPermissions.WRITE + BlobPermissions.READ,
            BlobPermissions.ADD,
            BlobPermissions.CREATE,
            BlobPermissions.READ | BlobPermissions.READ,
        )
    ]


def permissions_of_containers(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            ContainerPermissions(),
            ContainerPermissions(True, False, False, True, False, True),
            ContainerPermissions(list=True, read=True),
            ContainerPermissions(_str="ldwcar"),
            ContainerPermissions.READ | ContainerPermissions.LIST,
            ContainerPermissions.ADD + ContainerPermissions.CREATE + ContainerPermissions.DELETE,
            ContainerPermissions.WRITE,
        )
    ]


def permissions_of_accounts(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            AccountPermissions(),
            AccountPermissions(*[True] * 8),
            AccountPermissions(_str="pucaldwr"),
            AccountPermissions.READ | AccountPermissions.PROCESS,
            AccountPermissions.UPDATE + AccountPermissions.LIST,
            AccountPermissions.WRITE,
            AccountPermissions.DELETE,
            AccountPermissions.ADD,
            AccountPermissions.CREATE,
        )
    ]


def services_and_resource_types(env: Environment) -> Any:
    return [
        str(value)
        for value in (
            Services(),
            Services(True, True, True),
            Services(_str="fqb"),
            Services.BLOB | Services.QUEUE,
            Services.FILE + Services.BLOB,
            Services.TABLE,
            ResourceTypes(),
            ResourceTypes(True, True, True),
            ResourceTypes(_str="ocs"),
            ResourceTypes.SERVICE | ResourceTypes.OBJECT,
            ResourceTypes.CONTAINER + ResourceTypes.OBJECT,
        )
    ]


def permissions_of_mixed_kinds(env: Environment) -> Any:
    return [
        tried(lambda: str(BlobPermissions.READ | ContainerPermissions.LIST)),
        tried(lambda: str(ContainerPermissions.READ + BlobPermissions.WRITE)),
        tried(lambda: str(BlobPermissions.READ | "w")),
        tried(lambda: "r" + BlobPermissions.READ),
    ]


def permissions_as_attributes(env: Environment) -> Any:
    return [BlobPermissions.READ, ContainerPermissions(list=True), AccountPermissions.PROCESS, Services.BLOB]


def include(env: Environment) -> Any:
    return [
        str(value)
        for value in (
            Include(),
            Include(True, True, True, True, True),
            Include.SNAPSHOTS,
            Include.METADATA,
            Include.UNCOMMITTED_BLOBS,
            Include.COPY,
            Include.DELETED,
            Include(_str="snapshots,metadata"),
            Include.SNAPSHOTS | Include.COPY,
            Include.SNAPSHOTS + Include.SNAPSHOTS,
        )
    ]


def list_generator(env: Environment) -> Any:
    from azure.storage.common.models import _list

    pages = []
    for items, marker in (([1, 2], "m1"), ([3], "m2"), ([], "")):
        page = _list(items)
        page.next_marker = marker
        pages.append(page)
    asked: list[Any] = []

    def fetch(*args: Any, **kwargs: Any) -> Any:
        asked.append((args, dict(kwargs)))
        return pages[len(asked)]

    generator = ListGenerator(pages[0], fetch, ("a",), {"max_results": 3})
    return generator, list(generator), asked, generator.next_marker, list(generator)


def headers_of_content_settings(env: Environment) -> Any:
    return tried(lambda: ContentSettings("a", "b", "c", "d", "e", "f")._to_headers())


def leases_and_types_that_tests_name(env: Environment) -> Any:
    return [
        {name: value for name, value in vars(group).items() if not name.startswith("_")}
        for group in (blob_models._LeaseActions, blob_models._BlobTypes)
    ]


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
