"""The errors, with the classes and the exact texts that old scripts match.

    AzureException                          (azure.common)
    ├── AzureSigningError                   a request cannot be signed; it is never tried again
    └── AzureHttpError                      an answer of 300 or above; `status_code`, `error_code`
        ├── AzureConflictHttpError          409
        └── AzureMissingResourceHttpError   404

Arguments that are not valid raise ValueError or TypeError before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Final, NoReturn

from azure.common import AzureConflictHttpError, AzureException, AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.wire.messages import HTTPError

__all__ = [
    "AzureConflictHttpError",
    "AzureException",
    "AzureHttpError",
    "AzureMissingResourceHttpError",
    "AzureSigningError",
    "dont_fail_not_exist",
    "dont_fail_on_exist",
    "limit_policies",
    "not_none",
    "only_bytes",
    "only_bytes_or_stream",
    "raise_for_answer",
    "same_md5",
    "wrapped",
]

VALUE_NONE: Final = "{0} should not be None."
CONFLICT: Final = "Conflict ({0})"
NOT_FOUND: Final = "Not found ({0})"
UNKNOWN: Final = "Unknown error ({0})"
STORAGE_MISSING_INFO: Final = (
    "You need to provide an account name and either an account_key or sas_token when creating a storage service."
)
EMULATOR_DOES_NOT_SUPPORT_FILES: Final = "The emulator does not support the file service."
ACCESS_POLICY: Final = "share_access_policy must be either SignedIdentifier or AccessPolicy instance"
PARALLEL_NOT_SEEKABLE: Final = "Parallel operations require a seekable stream."
VALUE_SHOULD_BE_BYTES: Final = "{0} should be of type bytes."
VALUE_SHOULD_BE_BYTES_OR_STREAM: Final = "{0} should be of type bytes or a readable file-like/io.IOBase stream object."
VALUE_SHOULD_BE_SEEKABLE_STREAM: Final = "{0} should be a seekable file-like/io.IOBase type stream object."
VALUE_SHOULD_BE_STREAM: Final = "{0} should be a file-like/io.IOBase type stream object with a read method."
VALUE_NONE_OR_EMPTY: Final = "{0} should not be None or empty."
VALUE_NEGATIVE: Final = "{0} should not be negative."
START_END_NEEDED_FOR_MD5: Final = "Both end_range and start_range need to be specified for getting content MD5."
RANGE_TOO_LARGE_FOR_MD5: Final = "Getting content MD5 for a range greater than 4MB is not supported."
MD5_MISMATCH: Final = "MD5 mismatch. Expected value is '{0}', computed value is '{1}'."
TOO_MANY_ACCESS_POLICIES: Final = (
    "Too many access policies provided. "
    "The server does not support setting more than 5 access policies on a single resource."
)
OBJECT_INVALID: Final = "{0} does not define a complete interface. Value of {1} is either missing or invalid."
UNSUPPORTED_ENCRYPTION_VERSION: Final = "Encryption version is not supported."
DECRYPTION_FAILURE: Final = "Decryption failed"
ENCRYPTION_REQUIRED: Final = "Encryption required but no key was provided."
DECRYPTION_REQUIRED: Final = (
    "Decryption required but neither key nor resolver was provided."
    " If you do not want to decypt, please do not set the require encryption flag."
)
INVALID_KID: Final = "Provided or resolved key-encryption-key does not match the id of key used to encrypt."
UNSUPPORTED_ENCRYPTION_ALGORITHM: Final = "Specified encryption algorithm is not supported."
UNSUPPORTED_METHOD_FOR_ENCRYPTION: Final = (
    "The require_encryption flag is set, but encryption is not supported for this method."
)
UNKNOWN_KEY_WRAP_ALGORITHM: Final = "Unknown key wrap algorithm."
DATA_NOT_ENCRYPTED: Final = (
    "Encryption required, but received data does not contain appropriate metatadata."
    "Data was either not encrypted or metadata has been lost."
)
PAGE_BLOB_SIZE_ALIGNMENT: Final = "Invalid page blob size: {0}. The size must be aligned to a 512-byte boundary."
PAGE_BLOB_START_ALIGNMENT: Final = "start_range must align with 512 page size"
PAGE_BLOB_END_ALIGNMENT: Final = "end_range must align with 512 page size"
INVALID_BLOCK_ID: Final = "All blocks in block list need to have valid block ids."
INVALID_LEASE_DURATION: Final = "lease_duration param needs to be between 15 and 60 or -1."
INVALID_LEASE_BREAK_PERIOD: Final = "lease_break_period param needs to be between 0 and 60."
NO_SINGLE_THREAD_CHUNKING: Final = (
    "To use blob chunk downloader more than 1 thread must be used since get_blob_to_bytes should be called for"
    " single threaded blob downloads."
)
CPK_NEEDS_HTTPS: Final = "Customer provided encryption key must be used over HTTPS."
CREDENTIAL_NEEDS_HTTPS: Final = "Token credential is only supported with HTTPS."
BATCH_SIZE: Final = "Batch request should take 1 to 256 sub-requests"
MOST_POLICIES: Final = 5


class AzureSigningError(AzureException):  # type: ignore[misc]  # azure.common ships no types
    """A request could not be signed; most often the account key is not one."""


def not_none(name: str, value: object) -> None:
    """Refuse None for the argument `name`, with ValueError."""
    if value is None:
        raise ValueError(VALUE_NONE.format(name))


def only_bytes(name: str, value: object) -> None:
    """Refuse anything but bytes for the argument `name`."""
    if not isinstance(value, bytes):
        raise TypeError(VALUE_SHOULD_BE_BYTES.format(name))


def only_bytes_or_stream(name: str, value: object) -> None:
    """Refuse what is neither bytes nor readable for the argument `name`."""
    if not (isinstance(value, bytes) or hasattr(value, "read")):
        raise TypeError(VALUE_SHOULD_BE_BYTES_OR_STREAM.format(name))


def limit_policies(identifiers: Sized | None) -> None:
    """Refuse more access policies than a container can hold."""
    if identifiers and len(identifiers) > MOST_POLICIES:
        raise AzureException(TOO_MANY_ACCESS_POLICIES)


def same_md5(expected: str, computed: str) -> None:
    """Refuse content whose MD5 is not the service's."""
    if expected != computed:
        raise AzureException(MD5_MISMATCH.format(expected, computed))


def raise_for_answer(failed: HTTPError) -> NoReturn:
    """Raise the error of `azure.common` for an answer, with its code and whole body in the text."""
    code = failed.respheader.get("x-ms-error-code")
    text = str(failed)
    if code is not None:
        text += f" ErrorCode: {code}"
    if failed.respbody is not None:
        text += "\n" + failed.respbody.decode("utf-8-sig")
    error = AzureHttpError(text, failed.status)
    error.error_code = code
    raise error


def dont_fail_on_exist(error: Exception) -> bool:
    """Return False for a conflict; raise anything else."""
    if isinstance(error, AzureConflictHttpError):
        return False
    raise error


def dont_fail_not_exist(error: Exception) -> bool:
    """Return False for a missing resource; raise anything else."""
    if isinstance(error, AzureMissingResourceHttpError):
        return False
    raise error


def wrapped(error: BaseException, kind: Callable[[object], Exception]) -> Exception:
    """Make an error of class `kind` with the text of `error`."""
    return kind(error.args[0] if error.args else "")
