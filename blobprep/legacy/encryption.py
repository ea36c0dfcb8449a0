"""Encrypt and decrypt blobs at the client, by version 1 of the storage SDKs' common protocol.

Every blob has a key of its own. Its content is encrypted with AES-256 in CBC mode and padded (page blobs are not);
the blob's key is wrapped by the caller's key-encryption-key and stored with the blob, in the metadata
`encryptiondata`, as JSON:

    {"WrappedContentKey": {"KeyId", "EncryptedKey", "Algorithm"},
     "EncryptionAgent": {"Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256"},
     "ContentEncryptionIV", "KeyWrappingMetadata": {"EncryptionLibrary"}, "EncryptionMode": "FullBlob"}

A key-encryption-key is any object with `wrap_key(key)`, `unwrap_key(key, algorithm)`, `get_key_wrap_algorithm()` and
`get_kid()`.

Source:
    Microsoft, "Client-side encryption for blobs", section "Encryption version 1".
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from blobprep.legacy.methods import need
from blobprep.legacy.wire import failures
from blobprep.legacy.wire.constants import VERSION
from blobprep.legacy.wire.conversions import base64_bytes, to_base64

__all__ = [
    "AES_CBC_256",
    "ENCRYPTION_PROTOCOL_V1",
    "METADATA",
    "Aligned",
    "ContentCipher",
    "EncryptionAgent",
    "EncryptionData",
    "WrappedContentKey",
    "aes_cbc",
    "align",
    "decrypt",
    "describe",
    "must_unwrap",
    "must_wrap",
    "parse",
    "refuse_encryption",
    "require_decryption",
    "require_encryption",
    "same_key",
    "supported",
    "unwrap",
]

AES_CBC_256: Final = "AES_CBC_256"
ENCRYPTION_PROTOCOL_V1: Final = "1.0"
METADATA: Final = "x-ms-meta-encryptiondata"
"""The header with the description of how a blob is encrypted."""

_BLOCK: Final = 16
_KEY_SIZE: Final = 32


class _EncryptionAlgorithm:
    AES_CBC_256 = AES_CBC_256


Resolver = Callable[[str], Any]
"""Finds a key-encryption-key by its id."""


@dataclass
class WrappedContentKey:
    """A blob's key as it is stored: wrapped, with the algorithm and the id of the wrapping key."""

    algorithm: str
    encrypted_key: bytes
    key_id: str

    def __post_init__(self) -> None:
        need(vars(self), vars(self))


@dataclass
class EncryptionAgent:
    """The cipher, and the version of the protocol."""

    encryption_algorithm: str
    protocol: str

    def __post_init__(self) -> None:
        need(vars(self), vars(self))


@dataclass
class EncryptionData:
    """The description that is stored with an encrypted blob."""

    content_encryption_IV: bytes  # noqa: N815  # the old name
    encryption_agent: EncryptionAgent
    wrapped_content_key: WrappedContentKey
    key_wrapping_metadata: dict[str, str] | None

    def __post_init__(self) -> None:
        need(vars(self), ("content_encryption_IV", "encryption_agent", "wrapped_content_key"))


def require_encryption(required: bool, key: object) -> None:
    """Refuse to write without a key where encryption is required."""
    if required and key is None:
        raise ValueError(failures.ENCRYPTION_REQUIRED)


def require_decryption(required: bool, key: object, resolver: object) -> None:
    """Refuse to read without a key and without a resolver where encryption is required."""
    if required and key is None and resolver is None:
        raise ValueError(failures.DECRYPTION_REQUIRED)


def refuse_encryption(required: bool, key: object) -> None:
    """Refuse an operation that would write a blob in the clear, or damage an encrypted one."""
    if required or key is not None:
        raise ValueError(failures.UNSUPPORTED_METHOD_FOR_ENCRYPTION)


def aes_cbc(key: bytes, iv: bytes) -> Cipher[CBC]:
    """Return the cipher of the protocol."""
    return Cipher(AES(key), CBC(iv))


def describe(kek: Any, key: bytes, iv: bytes) -> dict[str, Any]:
    """Describe how a blob is encrypted; the order of the names is part of the protocol."""
    wrapped = kek.wrap_key(key)
    return {
        "WrappedContentKey": {
            "KeyId": kek.get_kid(),
            "EncryptedKey": to_base64(wrapped),
            "Algorithm": kek.get_key_wrap_algorithm(),
        },
        "EncryptionAgent": {"Protocol": ENCRYPTION_PROTOCOL_V1, "EncryptionAlgorithm": AES_CBC_256},
        "ContentEncryptionIV": to_base64(iv),
        "KeyWrappingMetadata": {"EncryptionLibrary": f"Python {VERSION}"},
    }


def parse(described: Mapping[str, Any]) -> EncryptionData:
    """Read what `describe` wrote, or another SDK.

    Raises:
        ValueError: it is of another version of the protocol.
        KeyError: it is not complete.
    """
    supported(described.get("EncryptionAgent", {}).get("Protocol"))
    wrapped, agent = described["WrappedContentKey"], described["EncryptionAgent"]
    return EncryptionData(
        base64_bytes(described["ContentEncryptionIV"]),
        EncryptionAgent(str(agent["EncryptionAlgorithm"]), agent["Protocol"]),
        WrappedContentKey(wrapped["Algorithm"], base64_bytes(wrapped["EncryptedKey"]), wrapped["KeyId"]),
        described.get("KeyWrappingMetadata"),
    )


def unwrap(data: EncryptionData, key_encryption_key: Any = None, key_resolver: Resolver | None = None) -> bytes:
    """Return a blob's own key; a resolver goes before a key.

    Raises:
        ValueError: no key, another key, or another version of the protocol.
        AttributeError: the key cannot do what is needed.
    """
    supported(data.encryption_agent.protocol)
    wrapped = data.wrapped_content_key
    kek = key_encryption_key if key_resolver is None else key_resolver(wrapped.key_id)
    failures.not_none("key_encryption_key", kek)
    must_unwrap(kek)
    same_key(wrapped.key_id, kek.get_kid())
    key: bytes = kek.unwrap_key(wrapped.encrypted_key, wrapped.algorithm)
    failures.not_none("content_encryption_key", key)
    return key


def supported(protocol: str | None) -> None:
    """Refuse any other version of the protocol."""
    if protocol != ENCRYPTION_PROTOCOL_V1:
        raise ValueError(failures.UNSUPPORTED_ENCRYPTION_VERSION)


def same_key(key_id: str, resolved_id: str) -> None:
    """Refuse a key that is not the one which wrapped the blob's."""
    if key_id != resolved_id:
        raise ValueError(failures.INVALID_KID)


def must_wrap(kek: object) -> None:
    """Refuse a key that cannot wrap others, with AttributeError."""
    _must_have(kek, "wrap_key", "get_kid", "get_key_wrap_algorithm")


def must_unwrap(kek: object) -> None:
    """Refuse a key that cannot unwrap others, with AttributeError."""
    _must_have(kek, "get_kid", "unwrap_key")


def _must_have(kek: object, *names: str) -> None:
    for name in names:
        if not callable(getattr(kek, name, None)):
            raise AttributeError(failures.OBJECT_INVALID.format("key encryption key", name))


class ContentCipher:
    """A cipher that encrypts one blob, in pieces and in order, with a new key.

    Attributes:
        description: the JSON to be stored with the blob.
    """

    def __init__(self, kek: Any, *, is_padded: bool = True) -> None:
        """Make a key and wrap it.

        Args:
            kek: the caller's key-encryption-key.
            is_padded: False for page blobs, whose size is a whole number of the cipher's blocks.

        Raises:
            AttributeError: the key cannot do what is needed.
        """
        must_wrap(kek)
        key, iv = os.urandom(_KEY_SIZE), os.urandom(_BLOCK)
        self.description = json.dumps({**describe(kek, key, iv), "EncryptionMode": "FullBlob"})
        self._encryptor = aes_cbc(key, iv).encryptor()
        self._padder = PKCS7(AES.block_size).padder() if is_padded else None

    def encrypt(self, data: bytes, *, is_last: bool = True) -> bytes:
        """Encrypt the next piece; what does not fill a block of the cipher comes with the next one."""
        if self._padder:
            data = self._padder.update(data) + (self._padder.finalize() if is_last else b"")
        return self._encryptor.update(data) + (self._encryptor.finalize() if is_last else b"")


class Aligned(NamedTuple):
    """The range that must be fetched for one that is wanted.

    Attributes:
        start: of what is fetched.
        end: its last byte.
        skipped: how many bytes of it, once it is decrypted, come before what is wanted.
        size: how many are wanted; None for all.
    """

    start: int | None
    end: int | None
    skipped: int
    size: int | None


def align(start: int | None, end: int | None) -> Aligned:
    """Widen a range to whole blocks of the cipher, and by the block before it, which is its start value."""
    if start is None:
        return Aligned(None, end if end is None else end | (_BLOCK - 1), 0, None)
    skipped = start % _BLOCK
    first = start - skipped
    if first > 0:
        first -= _BLOCK
        skipped += _BLOCK
    if end is None:
        return Aligned(first, None, skipped, None)
    return Aligned(first, end | (_BLOCK - 1), skipped, end - start + 1)


def decrypt(
    content: bytes,
    headers: Mapping[str, str],
    aligned: Aligned,
    *,
    kek: Any,
    resolver: Resolver | None,
    is_required: bool,
) -> bytes:
    """Decrypt what was fetched of a blob, and return what was wanted of it.

    Args:
        content: of the answer.
        headers: of the answer.
        aligned: what was fetched, and for what.
        kek: the caller's key.
        resolver: finds keys; goes before the key.
        is_required: whether a blob that is not encrypted is refused, not returned.

    Raises:
        Exception: of any kind; it cannot be decrypted.
    """
    skipped = aligned.skipped
    try:
        data = parse(json.loads(headers[METADATA]))
    except Exception as error:
        if is_required:
            raise ValueError(failures.DATA_NOT_ENCRYPTED) from error
    else:
        if data.encryption_agent.encryption_algorithm != AES_CBC_256:
            raise ValueError(failures.UNSUPPORTED_ENCRYPTION_ALGORITHM)
        iv = data.content_encryption_IV
        if skipped >= _BLOCK:
            iv, content = content[:_BLOCK], content[_BLOCK:]
            skipped -= _BLOCK
        content = _decrypted(content, unwrap(data, kek, resolver), iv, is_padded=_reaches_padding(headers))
    return content[skipped:] if aligned.size is None else content[skipped : skipped + aligned.size]


def _decrypted(content: bytes, key: bytes, iv: bytes, *, is_padded: bool) -> bytes:
    decryptor = aes_cbc(key, iv).decryptor()
    content = decryptor.update(content) + decryptor.finalize()
    if is_padded:
        unpadder = PKCS7(AES.block_size).unpadder()
        content = unpadder.update(content) + unpadder.finalize()
    return content


def _reaches_padding(headers: Mapping[str, str]) -> bool:
    """Return whether an answer ends with the padding; `bytes 0-15/32` does not."""
    if headers["x-ms-blob-type"] == "PageBlob":
        return False
    content_range = headers.get("content-range")
    if content_range is None:
        return True
    end, _, size = content_range.rpartition("-")[2].partition("/")
    return int(end) == int(size) - 1
