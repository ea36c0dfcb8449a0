"""How encrypted blobs are described, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.encryption import (
    ENCRYPTION_PROTOCOL_V1 as _ENCRYPTION_PROTOCOL_V1,
    EncryptionAgent as _EncryptionAgent,
    EncryptionData as _EncryptionData,
    WrappedContentKey as _WrappedContentKey,
    aes_cbc as _generate_AES_CBC_cipher,
    describe as _generate_encryption_data_dict,
    must_unwrap as _validate_key_encryption_key_unwrap,
    parse as _dict_to_encryption_data,
    same_key as _validate_kek_id,
    supported as _validate_encryption_protocol_version,
    unwrap as _validate_and_unwrap_cek,
)


class _EncryptionAlgorithm:
    AES_CBC_256 = "AES_CBC_256"
