"""How encrypted blobs are described, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.encryption import (
    EncryptionAgent as _EncryptionAgent,
    EncryptionData as _EncryptionData,
    WrappedContentKey as _WrappedContentKey,
    aes_cbc as _generate_AES_CBC_cipher,
    describe as _generate_encryption_data_dict,
    parse as _dict_to_encryption_data,
    unwrap as _validate_and_unwrap_cek,
)


class _EncryptionAlgorithm:
    AES_CBC_256 = "AES_CBC_256"
