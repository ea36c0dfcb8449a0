"""The names that each module of the old SDK had, and what takes their place here.

A script finds the modules in the folder `overlay`, whose files are one line each: they call `provide`. Other packages
share `azure.storage`, so it has no file of its own; each name and module that was in it is a file there instead.
`azure.storage.blob` and `azure.storage.common` are ours: importing one makes all modules below it from `MODULES`, whose
files are for other threads.
Assigning to a name of a module that was made assigns to ours too: tests of scripts replace `storageclient.sleep`.

A row of that table names one of our modules and what is taken from it, `ours=theirs` where the old SDK had another
name. `texts` are those of `wire.failures`, which the old SDK called `_ERROR_` and so on. A star gives classes the name
that they have in that row and the module that has it, for what they print and for pickles.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from types import ModuleType
from typing import Final, NamedTuple

from blobprep.legacy import beside

__all__ = ["ALIASES", "MODULES", "Name", "names_of", "provide"]

_COMMON: Final = """
    AccessPolicy AccountPermissions CloudStorageAccount CorsRule ExponentialRetry GeoReplication LinearRetry
    LocationMode Logging Metrics Protocol ResourceTypes RetentionPolicy RetryContext ServiceProperties ServiceStats
    Services no_retry _auth _common_conversion _connection _constants _deserialization _encryption
    _error _http _serialization cloudstorageaccount retry
"""
_MODELS: Final = "HourMetrics MinuteMetrics SignedIdentifier SignedIdentifiers StorageServiceProperties"
_CONSTANTS: Final = "DEFAULT_HTTP_TIMEOUT DEV_ACCOUNT_KEY DEV_ACCOUNT_NAME X_MS_VERSION"
ALIASES: Final = {
    **dict.fromkeys(_COMMON.split(), "azure.storage.common"),  # as it was up to 0.36
    **dict.fromkeys(_MODELS.split(), "azure.storage.models"),  # this and what follows, up to 0.20
    **dict.fromkeys(_CONSTANTS.split(), "azure.storage.constants"),
    "BlobService": "azure.storage.blob",
    "SharedAccessPolicy": "azure.storage.sharedaccesssignature",
    "SharedAccessSignature": "azure.storage.sharedaccesssignature",
}
"""What was in `azure.storage` itself, and the module that has it now; the script may bring that module."""

_TABLE: Final = """
[azure.storage.blob]
    wire.constants: AUTHOR=__author__ VERSION=__version__ BLOB_SERVICE_HOST_BASE DEV_BLOB_HOST
    services.append: AppendBlobService
    early: BlobService
    services.block: BlockBlobService
    models: AppendBlockProperties BatchDeleteSubRequest BatchSetBlobTierSubRequest BatchSubResponse Blob BlobBlock
        BlobBlockList BlobPermissions BlobPrefix BlobProperties BlockListType Container ContainerPermissions
        ContainerProperties ContentSettings CopyProperties CustomerProvidedEncryptionKey DeleteSnapshot Include
        PageBlobProperties PageRange PublicAccess RehydratePriority ResourceProperties SequenceNumberAction
        LeaseActions=_LeaseActions
    early.models: BlobEnumResults BlobResult BlobSharedAccessPermissions ContainerEnumResults
        ContainerSharedAccessPermissions PageList Properties
    services.page: PageBlobService
[azure.storage.blob._constants]
    wire.constants: AUTHOR=__author__ VERSION=__version__ X_MS_VERSION _LARGE_BLOB_UPLOAD_MAX_READ_BUFFER_SIZE
[azure.storage.blob._deserialization]
    wire.batches: read_batch=_ingest_batch_response
    wire.listings: read_block_list=_convert_xml_to_block_list read_page_ranges=_convert_xml_to_page_ranges
        blob_names=_convert_xml_to_blob_name_list blobs=_convert_xml_to_blob_list containers=_convert_xml_to_containers
    wire.documents: read_access=_convert_xml_to_signed_identifiers_and_access
        read_delegation_key=_convert_xml_to_user_delegation_key
    wire.reading: account_information=_parse_account_information appended=_parse_append_block blob=_parse_blob
        container=_parse_container lease=_parse_lease pages=_parse_page_properties resource=_parse_base_properties
        snapshot=_parse_snapshot_blob
    texts: DECRYPTION_FAILURE
[azure.storage.blob._error]
    texts: INVALID_BLOCK_ID INVALID_LEASE_BREAK_PERIOD INVALID_LEASE_DURATION NO_SINGLE_THREAD_CHUNKING
        PAGE_BLOB_END_ALIGNMENT PAGE_BLOB_SIZE_ALIGNMENT PAGE_BLOB_START_ALIGNMENT
[azure.storage.blob._serialization]
    operations: path_of=_get_path
    wire.listings: write_block_list=_convert_block_list_to_xml
    wire.documents: write_delegation_times=_convert_delegation_key_info_to_xml
    texts: INVALID_BLOCK_ID PAGE_BLOB_END_ALIGNMENT PAGE_BLOB_START_ALIGNMENT RANGE_TOO_LARGE_FOR_MD5
        START_END_NEEDED_FOR_MD5
[azure.storage.blob._upload_chunking]
    *transfers.windows: _SubStream
[azure.storage.blob.appendblobservice]
    *services.append: AppendBlobService
    models: ResourceProperties
    services.base: BaseBlobService
    wire.constants: DEFAULT_PROTOCOL SERVICE_HOST_BASE
    wire.messages: HTTPRequest
    texts: VALUE_NEGATIVE
[azure.storage.blob.baseblobservice]
    *services.base: BaseBlobService
    models: Blob BlobPermissions BlobProperties Container ContainerPermissions ContainerProperties ListGenerator
        Services
    sharedaccess: BlobSharedAccessSignature SharedAccessSignature
    wire.constants: DEFAULT_PROTOCOL SERVICE_HOST_BASE VERSION=package_version X_MS_VERSION
        _CONTAINER_ALREADY_EXISTS_ERROR_CODE _BLOB_NOT_FOUND_ERROR_CODE _CONTAINER_NOT_FOUND_ERROR_CODE
    wire.failures: AzureException AzureHttpError
    wire.messages: HTTPRequest
    wire.sending: StorageClient
    texts: INVALID_LEASE_BREAK_PERIOD INVALID_LEASE_DURATION PARALLEL_NOT_SEEKABLE
[azure.storage.blob.blobservice]
    early: BlobService
[azure.storage.blob.blockblobservice]
    *services.block: BlockBlobService
    services.base: BaseBlobService
    wire.constants: DEFAULT_PROTOCOL SERVICE_HOST_BASE
    wire.messages: HTTPRequest
    texts: VALUE_NEGATIVE VALUE_SHOULD_BE_STREAM
[azure.storage.blob.models]
    *early.models: BlobEnumResults BlobResult BlobSharedAccessPermissions ContainerEnumResults
        ContainerSharedAccessPermissions PageList Properties
    *models: AccountInformation AppendBlockProperties BatchDeleteSubRequest BatchSetBlobTierSubRequest BatchSubResponse
        Blob BlobBlock BlobBlockList BlobBlockState BlobPermissions BlobPrefix BlobProperties BlockListType Container
        ContainerPermissions ContainerProperties ContentSettings CopyProperties CustomerProvidedEncryptionKey
        DeleteSnapshot Include LeaseProperties PageBlobProperties PageRange PremiumPageBlobTier PublicAccess
        RehydratePriority ResourceProperties SequenceNumberAction StandardBlobTier UserDelegationKey
    models: BlobTypes=_BlobTypes LeaseActions=_LeaseActions
[azure.storage.blob.pageblobservice]
    *services.page: PageBlobService
    models: PageBlobProperties ResourceProperties
    services.base: BaseBlobService
    wire.constants: DEFAULT_PROTOCOL SERVICE_HOST_BASE _PAGE_ALIGNMENT
    wire.messages: HTTPRequest
    texts: PAGE_BLOB_SIZE_ALIGNMENT VALUE_NEGATIVE
[azure.storage.blob.sharedaccesssignature]
    *sharedaccess: BlobSharedAccessSignature
    sharedaccess: SharedAccessSignature
    wire.constants: X_MS_VERSION
[azure.storage.common]
    wire.constants: X_MS_VERSION=DEFAULT_X_MS_VERSION AUTHOR=__author__ VERSION=__version__
    wire.failures: AzureSigningError
    accounts: CloudStorageAccount
    models: AccessPolicy AccountPermissions CorsRule DeleteRetentionPolicy GeoReplication LocationMode Logging Metrics
        Protocol ResourceTypes RetentionPolicy RetryContext ServiceProperties Services ServiceStats StaticWebsite
    retry: ExponentialRetry LinearRetry no_retry
    sharedaccess: SharedAccessSignature
    wire.sending: StorageClient
    wire.authentication: TokenCredential
[azure.storage.common._auth]
    wire.authentication: NoAuthentication=_StorageNoAuthentication
        SharedAccessSignatureAuthentication=_StorageSASAuthentication
        SharedKeyAuthentication=_StorageSharedKeyAuthentication logger
    wire.constants: DEV_ACCOUNT_NAME DEV_ACCOUNT_SECONDARY_NAME
[azure.storage.common._common_conversion]
    wire.conversions: base64_bytes=_decode_base64_to_bytes base64_text=_decode_base64_to_text boolean=_bool_to_str
        content_md5=_get_content_md5 http_date=_datetime_to_utc_string iso_date=_to_utc_datetime lower=_lower
        number=_int_to_str signature=_sign_string text=_to_str to_base64=_encode_base64
    builtins: str=_str
    texts: VALUE_SHOULD_BE_BYTES_OR_STREAM VALUE_SHOULD_BE_SEEKABLE_STREAM
[azure.storage.common._connection]
    accounts: EMULATED_HOSTS=_EMULATOR_ENDPOINTS ConnectionParameters=_ServiceParameters _CONNECTION_ENDPOINTS
        _CONNECTION_ENDPOINTS_SECONDARY
    wire.constants: DEFAULT_PROTOCOL DEV_ACCOUNT_KEY DEV_ACCOUNT_NAME DEV_ACCOUNT_SECONDARY_NAME DEV_BLOB_HOST
        DEV_QUEUE_HOST SERVICE_HOST_BASE
    texts: STORAGE_MISSING_INFO
[azure.storage.common._constants]
    wire.constants: AUTHOR=__author__ DEFAULT_PROTOCOL DEFAULT_SOCKET_TIMEOUT DEFAULT_USER_AGENT_STRING DEV_ACCOUNT_KEY
        DEV_ACCOUNT_NAME DEV_ACCOUNT_SECONDARY_NAME DEV_BLOB_HOST DEV_QUEUE_HOST SERVICE_HOST_BASE
        USER_AGENT_STRING_PREFIX USER_AGENT_STRING_SUFFIX VERSION=__version__ X_MS_VERSION=DEFAULT_X_MS_VERSION
        _AUTHORIZATION_HEADER_NAME _COPY_SOURCE_HEADER_NAME _REDACTED_VALUE _CLIENT_REQUEST_ID_HEADER_NAME
    encryption: ENCRYPTION_PROTOCOL_V1=_ENCRYPTION_PROTOCOL_V1
[azure.storage.common._deserialization]
    wire.conversions: number=_int_to_str upper=_to_upper_str
    wire.documents: read_policies=_convert_xml_to_signed_identifiers read_properties=_convert_xml_to_service_properties
        read_stats=_convert_xml_to_service_stats
    wire.reading: flag=_bool integer=_to_int metadata=_parse_metadata properties=_parse_properties
        whole_size=_parse_length_from_content_range
[azure.storage.common._encryption]
    encryption: ENCRYPTION_PROTOCOL_V1=_ENCRYPTION_PROTOCOL_V1 EncryptionAgent=_EncryptionAgent
        EncryptionData=_EncryptionData WrappedContentKey=_WrappedContentKey aes_cbc=_generate_AES_CBC_cipher
        describe=_generate_encryption_data_dict must_unwrap=_validate_key_encryption_key_unwrap
        parse=_dict_to_encryption_data same_key=_validate_kek_id supported=_validate_encryption_protocol_version
        unwrap=_validate_and_unwrap_cek
    *encryption: _EncryptionAlgorithm
[azure.storage.common._error]
    encryption: ENCRYPTION_PROTOCOL_V1=_ENCRYPTION_PROTOCOL_V1 must_unwrap=_validate_key_encryption_key_unwrap
        must_wrap=_validate_key_encryption_key_wrap refuse_encryption=_validate_encryption_unsupported
        require_decryption=_validate_decryption_required require_encryption=_validate_encryption_required
        same_key=_validate_kek_id supported=_validate_encryption_protocol_version
    sharedaccess: complete_user_delegation_key=_validate_user_delegation_key
    wire.failures: AzureConflictHttpError AzureException AzureHttpError AzureMissingResourceHttpError
        dont_fail_not_exist=_dont_fail_not_exist dont_fail_on_exist=_dont_fail_on_exist
        limit_policies=_validate_access_policies not_none=_validate_not_none only_bytes=_validate_type_bytes
        only_bytes_or_stream=_validate_type_bytes_or_stream raise_for_answer=_http_error_handler
        same_md5=_validate_content_match wrapped=_wrap_exception
    *wire.failures: AzureSigningError
    wire.conversions: text=_to_str
    texts: ACCESS_POLICY CONFLICT DATA_NOT_ENCRYPTED DECRYPTION_FAILURE DECRYPTION_REQUIRED
        EMULATOR_DOES_NOT_SUPPORT_FILES ENCRYPTION_REQUIRED INVALID_KID MD5_MISMATCH NOT_FOUND NO_SINGLE_THREAD_CHUNKING
        OBJECT_INVALID PARALLEL_NOT_SEEKABLE RANGE_TOO_LARGE_FOR_MD5 START_END_NEEDED_FOR_MD5 STORAGE_MISSING_INFO
        TOO_MANY_ACCESS_POLICIES UNKNOWN UNKNOWN_KEY_WRAP_ALGORITHM UNSUPPORTED_ENCRYPTION_ALGORITHM
        UNSUPPORTED_ENCRYPTION_VERSION UNSUPPORTED_METHOD_FOR_ENCRYPTION VALUE_NEGATIVE VALUE_NONE VALUE_NONE_OR_EMPTY
        VALUE_SHOULD_BE_BYTES VALUE_SHOULD_BE_BYTES_OR_STREAM VALUE_SHOULD_BE_SEEKABLE_STREAM VALUE_SHOULD_BE_STREAM
[azure.storage.common._http]
    *wire.messages: HTTPError HTTPRequest HTTPResponse
[azure.storage.common._http.httpclient]
    wire.messages: HTTPResponse
    wire.transport: HTTPClient=_HTTPClient logger
[azure.storage.common._serialization]
    wire.conversions: iso_date=_to_utc_datetime size_of=_len_plus
    wire.documents: write_policies=_convert_signed_identifiers_to_xml
        write_properties=_convert_service_properties_to_xml
    wire.messages: HTTPRequest
    wire.sending: add_date=_add_date_header prepare=_update_request
    services.bodies: bytes_of=_get_data_bytes_only _add_metadata_headers _get_data_bytes_or_stream_only
        _get_request_body
    texts: VALUE_SHOULD_BE_BYTES VALUE_SHOULD_BE_BYTES_OR_STREAM VALUE_SHOULD_BE_SEEKABLE_STREAM
[azure.storage.common.cloudstorageaccount]
    *accounts: CloudStorageAccount
    models: AccountPermissions ResourceTypes Services
    sharedaccess: SharedAccessSignature
[azure.storage.common.models]
    *models: AccessPolicy AccountPermissions CorsRule DeleteRetentionPolicy GeoReplication ListGenerator LocationMode
        Logging Metrics Protocol ResourceTypes RetentionPolicy RetryContext ServiceProperties ServiceStats Services
        StaticWebsite AttributedDict=_dict AttributedList=_list HeaderDict=_HeaderDict
        OperationContext=_OperationContext
[azure.storage.common.retry]
    *retry: ExponentialRetry LinearRetry
    retry: _Retry no_retry
    models: LocationMode
    wire.constants: DEV_ACCOUNT_NAME DEV_ACCOUNT_SECONDARY_NAME
[azure.storage.common.sharedaccesssignature]
    *sharedaccess: SharedAccessSignature _QueryStringConstants
    sharedaccess: SharedAccessHelper=_SharedAccessHelper
    wire.conversions: signature=_sign_string
    wire.constants: X_MS_VERSION=DEFAULT_X_MS_VERSION
[azure.storage.common.storageclient]
    *wire.sending: StorageClient
    wire.sending: sleep requests uuid ExponentialRetry LocationMode OperationContext=_OperationContext RetryContext
        HTTPClient=_HTTPClient HTTPError add_date=_add_date_header prepare=_update_request
    sharedaccess: _QueryStringConstants
    wire.telling: logger
    wire.constants: DEFAULT_SOCKET_TIMEOUT DEFAULT_USER_AGENT_STRING USER_AGENT_STRING_PREFIX USER_AGENT_STRING_SUFFIX
        X_MS_VERSION=DEFAULT_X_MS_VERSION _AUTHORIZATION_HEADER_NAME _COPY_SOURCE_HEADER_NAME _REDACTED_VALUE
        _CLIENT_REQUEST_ID_HEADER_NAME
    wire.failures: AzureException AzureHttpError AzureSigningError raise_for_answer=_http_error_handler
        wrapped=_wrap_exception
    texts: DECRYPTION_FAILURE
[azure.storage.common.tokencredential]
    *wire.authentication: TokenCredential
[azure.storage.constants]
    wire.constants: AUTHOR=__author__ DEV_ACCOUNT_KEY DEV_ACCOUNT_NAME DEV_BLOB_HOST DEV_QUEUE_HOST VERSION=__version__
        X_MS_VERSION BLOB_SERVICE_HOST_BASE DEFAULT_HTTP_TIMEOUT AZURE_STORAGE_ACCOUNT AZURE_STORAGE_ACCESS_KEY EMULATED
[azure.storage.models]
    early.models: EnumResultsBase HourMetrics MinuteMetrics SignedIdentifier SignedIdentifiers StorageServiceProperties
        WindowsAzureData
    azure.storage.common.models: AccessPolicy AccountPermissions CorsRule GeoReplication ListGenerator LocationMode
        Logging Metrics Protocol ResourceTypes RetentionPolicy RetryContext ServiceProperties Services ServiceStats
        _dict _HeaderDict _list _OperationContext
[azure.storage.sharedaccesssignature]
    early.models: ResourceType SharedAccessPolicy
    wire.constants: X_MS_VERSION
    sharedaccess: BlobSharedAccessSignature=SharedAccessSignature
    azure.storage.common.sharedaccesssignature: _sign_string
[azure.storage.storageclient]
    wire.constants: DEFAULT_SOCKET_TIMEOUT=SOCKET_TIMEOUT
    azure.storage.common.storageclient: DEFAULT_SOCKET_TIMEOUT AzureException ExponentialRetry HTTPError LocationMode
        RetryContext StorageClient _OperationContext requests sleep
    azure.storage.constants: AZURE_STORAGE_ACCESS_KEY AZURE_STORAGE_ACCOUNT EMULATED
"""
MODULES: Final = dict(module.split("]", 1) for module in _TABLE.split("[")[1:])
"""The rows of each module."""


def provide(module: str) -> None:
    """Fill in a module of the overlay and make those below it; or put what it is an alias of in its place.

    A file below `blob` or `common` is read while another thread imports those: it waits for that.
    """
    parent, _, name = module.rpartition(".")
    if parent in MODULES or module not in MODULES:
        sys.modules[module] = getattr(import_module(parent if parent in MODULES else ALIASES[name]), name)
        return
    if module == beside.PACKAGE:
        beside.join(sys.modules[module])  # first, for threads that import the current SDK's modules meanwhile
    _fill(sys.modules[module])
    if module == beside.PACKAGE:
        import_module("azure.storage.common")  # as the package did
        vars(sys.modules["azure.storage"])["__getattr__"] = _part
    for below in MODULES:
        if below.startswith(f"{module}."):
            _make(below)


def _part(name: str) -> object:
    """Import what up to 0.36 was an attribute of `azure.storage` once its `blob` was imported."""
    if name not in ALIASES and f"azure.storage.{name}" not in MODULES:
        raise AttributeError(f"module 'azure.storage' has no attribute {name!r}")
    return import_module(f"azure.storage.{name}")


def _make(name: str) -> None:
    """Make a module, as importing it would; no other thread sees it before it is filled."""
    parent, _, child = name.rpartition(".")
    made = module_from_spec(ModuleSpec(name, None, is_package=name.endswith("._http")))
    made.__doc__ = f"`{name}` of the old SDK, as `{__name__}` lists it."
    _fill(made)
    sys.modules[name] = made
    setattr(sys.modules[parent], child, made)


class _Replaceable(ModuleType):
    """A module whose names are those of others: what is assigned to one here is assigned there, too."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        for row in names_of(self.__name__):
            if row.theirs == name and row.source != "builtins":
                setattr(import_module(row.source), row.ours, value)


def _fill(module: ModuleType) -> None:
    for row in names_of(module.__name__):
        value = getattr(import_module(row.source), row.ours)
        setattr(module, row.theirs, value)
        if row.moves and isinstance(value, type):
            value.__module__, value.__name__, value.__qualname__ = module.__name__, row.theirs, row.theirs
    if not hasattr(module, "__path__"):
        module.__class__ = _Replaceable


class Name(NamedTuple):
    """One name of a module.

    Attributes:
        source: the module that has what takes its place.
        ours: its name there.
        theirs: its name in the old SDK.
        moves: whether a class takes its old name and the old module's.
    """

    source: str
    ours: str
    theirs: str
    moves: bool


def names_of(module: str) -> Iterator[Name]:
    """Read the rows of a module."""
    source, prefix, moves = "", "", False
    for word in MODULES[module].split():
        if word.endswith(":"):
            row = word.rstrip(":")
            prefix, moves = "_ERROR_" if row == "texts" else "", row.startswith("*")
            source = "wire.failures" if row == "texts" else row.removeprefix("*")
            if not source.startswith(("azure.", "builtins")):
                source = f"blobprep.legacy.{source}"
        else:
            ours, _, theirs = word.partition("=")
            yield Name(source, ours, theirs or prefix + ours, moves)
