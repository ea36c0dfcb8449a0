"""Errors and the texts of refusals, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.encryption import (
    ENCRYPTION_PROTOCOL_V1 as _ENCRYPTION_PROTOCOL_V1,
    must_unwrap as _validate_key_encryption_key_unwrap,
    must_wrap as _validate_key_encryption_key_wrap,
    refuse_encryption as _validate_encryption_unsupported,
    require_decryption as _validate_decryption_required,
    require_encryption as _validate_encryption_required,
    same_key as _validate_kek_id,
    supported as _validate_encryption_protocol_version,
)
from blobprep.legacy.sharedaccess import complete_user_delegation_key as _validate_user_delegation_key
from blobprep.legacy.wire.failures import (
    AzureConflictHttpError,
    AzureException,
    AzureHttpError,
    AzureMissingResourceHttpError,
    AzureSigningError,
    ACCESS_POLICY as _ERROR_ACCESS_POLICY,
    CONFLICT as _ERROR_CONFLICT,
    DATA_NOT_ENCRYPTED as _ERROR_DATA_NOT_ENCRYPTED,
    DECRYPTION_FAILURE as _ERROR_DECRYPTION_FAILURE,
    DECRYPTION_REQUIRED as _ERROR_DECRYPTION_REQUIRED,
    EMULATOR_DOES_NOT_SUPPORT_FILES as _ERROR_EMULATOR_DOES_NOT_SUPPORT_FILES,
    ENCRYPTION_REQUIRED as _ERROR_ENCRYPTION_REQUIRED,
    INVALID_KID as _ERROR_INVALID_KID,
    MD5_MISMATCH as _ERROR_MD5_MISMATCH,
    NOT_FOUND as _ERROR_NOT_FOUND,
    OBJECT_INVALID as _ERROR_OBJECT_INVALID,
    PARALLEL_NOT_SEEKABLE as _ERROR_PARALLEL_NOT_SEEKABLE,
    RANGE_TOO_LARGE_FOR_MD5 as _ERROR_RANGE_TOO_LARGE_FOR_MD5,
    START_END_NEEDED_FOR_MD5 as _ERROR_START_END_NEEDED_FOR_MD5,
    STORAGE_MISSING_INFO as _ERROR_STORAGE_MISSING_INFO,
    TOO_MANY_ACCESS_POLICIES as _ERROR_TOO_MANY_ACCESS_POLICIES,
    UNKNOWN as _ERROR_UNKNOWN,
    UNKNOWN_KEY_WRAP_ALGORITHM as _ERROR_UNKNOWN_KEY_WRAP_ALGORITHM,
    UNSUPPORTED_ENCRYPTION_ALGORITHM as _ERROR_UNSUPPORTED_ENCRYPTION_ALGORITHM,
    UNSUPPORTED_ENCRYPTION_VERSION as _ERROR_UNSUPPORTED_ENCRYPTION_VERSION,
    UNSUPPORTED_METHOD_FOR_ENCRYPTION as _ERROR_UNSUPPORTED_METHOD_FOR_ENCRYPTION,
    VALUE_NEGATIVE as _ERROR_VALUE_NEGATIVE,
    VALUE_NONE as _ERROR_VALUE_NONE,
    VALUE_NONE_OR_EMPTY as _ERROR_VALUE_NONE_OR_EMPTY,
    VALUE_SHOULD_BE_BYTES as _ERROR_VALUE_SHOULD_BE_BYTES,
    VALUE_SHOULD_BE_BYTES_OR_STREAM as _ERROR_VALUE_SHOULD_BE_BYTES_OR_STREAM,
    VALUE_SHOULD_BE_SEEKABLE_STREAM as _ERROR_VALUE_SHOULD_BE_SEEKABLE_STREAM,
    VALUE_SHOULD_BE_STREAM as _ERROR_VALUE_SHOULD_BE_STREAM,
    dont_fail_not_exist as _dont_fail_not_exist,
    dont_fail_on_exist as _dont_fail_on_exist,
    limit_policies as _validate_access_policies,
    not_none as _validate_not_none,
    only_bytes as _validate_type_bytes,
    only_bytes_or_stream as _validate_type_bytes_or_stream,
    raise_for_answer as _http_error_handler,
    same_md5 as _validate_content_match,
    wrapped as _wrap_exception,
)
from blobprep.legacy.wire.conversions import text as _to_str

_adopt(__name__, [AzureSigningError])
