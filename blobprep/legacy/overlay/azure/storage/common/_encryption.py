"""Client-side encryption, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.encryption import (
    AES_CBC_256,
    EncryptionAgent as _EncryptionAgent,
    EncryptionData as _EncryptionData,
    WrappedContentKey as _WrappedContentKey,
    aes_cbc as _generate_AES_CBC_cipher,  # noqa: N812
    describe as _generate_encryption_data_dict,
    parse as _dict_to_encryption_data,
    unwrap as _validate_and_unwrap_cek,
)


class _EncryptionAlgorithm:
    AES_CBC_256 = AES_CBC_256
