"""Encryption at the client, protocol version 1."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from tests.legacy.probes.environment import Environment, tried

_CONTENT = bytes(range(256)) * 4
_KEY, _VECTOR = bytes(range(32)), bytes(range(16))


class _Wrapper:
    """A key encryption key, as simple as one can be."""

    def __init__(self, kid: str = "a-key", mask: int = 0x5A) -> None:
        self._kid, self._mask = kid, mask

    def wrap_key(self, key: bytes, algorithm: str = "xor") -> bytes:
        return bytes(byte ^ self._mask for byte in key)

    def unwrap_key(self, key: bytes, algorithm: str) -> bytes:
        return bytes(byte ^ self._mask for byte in key)

    def get_key_wrap_algorithm(self) -> str:
        return "xor"

    def get_kid(self) -> str:
        return self._kid


def _data(**changes: Any) -> dict[str, Any]:
    return {
        "WrappedContentKey": {
            "KeyId": "a-key",
            "EncryptedKey": base64.b64encode(_Wrapper().wrap_key(_KEY)).decode(),
            "Algorithm": "xor",
        },
        "EncryptionAgent": {"Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256"},
        "ContentEncryptionIV": base64.b64encode(_VECTOR).decode(),
        "KeyWrappingMetadata": {"EncryptionLibrary": "a test"},
        "EncryptionMode": "FullBlob",
    } | changes


def _sealed(env: Environment, content: bytes = _CONTENT, **changes: Any) -> str:
    """Store a blob that was encrypted with a known key, and return its name."""
    padder, encryptor = PKCS7(128).padder(), Cipher(AES(_KEY), CBC(_VECTOR)).encryptor()
    padded = padder.update(content) + padder.finalize()
    body = encryptor.update(padded) + encryptor.finalize()
    return env.put(content=body, x_ms_meta_encryptiondata=json.dumps(_data(**changes)))


def _opened(env: Environment, blob: str = "blob", padded: bool = True) -> bytes:
    """Decrypt what a service stored."""
    told = json.loads(env.block.get_blob_metadata(env.container, blob)["encryptiondata"])
    key = _Wrapper().unwrap_key(base64.b64decode(told["WrappedContentKey"]["EncryptedKey"]), "xor")
    decryptor = Cipher(AES(key), CBC(base64.b64decode(told["ContentEncryptionIV"]))).decryptor()
    content = decryptor.update(env.read(blob)) + decryptor.finalize()
    if not padded:
        return content
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(content) + unpadder.finalize()


def _service(env: Environment, kind: Any = None, **settings: Any) -> Any:
    service = env.service(kind) if kind else env.block
    service.key_encryption_key = _Wrapper()
    for name, value in settings.items():
        setattr(service, name, value)
    return service


def get(env: Environment) -> Any:
    return _service(env).get_blob_to_bytes(env.container, _sealed(env)).content == _CONTENT


def get_small_and_empty(env: Environment) -> Any:
    return [
        _service(env).get_blob_to_bytes(env.container, _sealed(env, content)).content == content
        for content in (b"", b"x", b"x" * 15, b"x" * 16, b"x" * 17)
    ]


def get_ranges(env: Environment) -> Any:
    _sealed(env)
    told = []
    for start, end in ((0, 5), (5, 20), (16, 31), (17, 40), (100, 1023), (1000, None), (0, 1023), (1023, 1023)):
        got = tried(_service(env).get_blob_to_bytes, env.container, "blob", start_range=start, end_range=end)
        told.append(got if isinstance(got, Exception) else (start, end, got.content))
    return told


def get_in_chunks(env: Environment) -> Any:
    _sealed(env)
    told: list[Any] = []
    service = _service(env, MAX_SINGLE_GET_SIZE=160, MAX_CHUNK_GET_SIZE=160)
    got = service.get_blob_to_bytes(
        env.container, "blob", max_connections=1, progress_callback=lambda *p: told.append(p)
    )
    return got.content == _CONTENT, told


def get_with_a_resolver(env: Environment) -> Any:
    _sealed(env)
    asked: list[str] = []

    def resolve(kid: str) -> Any:
        asked.append(kid)
        return _Wrapper()

    service = env.block
    service.key_resolver_function = resolve
    return service.get_blob_to_bytes(env.container, "blob").content == _CONTENT, asked


def get_with_another_key(env: Environment) -> Any:
    _sealed(env)
    return tried(_service(env, key_encryption_key=_Wrapper("another")).get_blob_to_bytes, env.container, "blob")


def get_without_a_key(env: Environment) -> Any:
    _sealed(env)
    return len(env.block.get_blob_to_bytes(env.container, "blob").content)


def get_when_required_without_a_key(env: Environment) -> Any:
    service = env.block
    service.require_encryption = True
    return tried(service.get_blob_to_bytes, env.container, env.put())


def get_what_is_not_encrypted(env: Environment) -> Any:
    env.put()
    return (
        _service(env).get_blob_to_bytes(env.container, "blob").content,
        tried(_service(env, require_encryption=True).get_blob_to_bytes, env.container, "blob"),
    )


def get_of_other_protocols(env: Environment) -> Any:
    told = []
    for agent in (
        {"Protocol": "2.0", "EncryptionAlgorithm": "AES_CBC_256"},
        {"Protocol": "1.0", "EncryptionAlgorithm": "ROT13"},
    ):
        _sealed(env, EncryptionAgent=agent)
        told.append(tried(_service(env).get_blob_to_bytes, env.container, "blob"))
    return told


def get_with_a_key_that_lacks_methods(env: Environment) -> Any:
    _sealed(env)
    return tried(_service(env, key_encryption_key=object()).get_blob_to_bytes, env.container, "blob")


def get_to_stream_text_and_path(env: Environment) -> Any:
    _sealed(env, b"hello world")
    stream, path = io.BytesIO(), env.folder / "out"
    service = _service(env)
    return (
        service.get_blob_to_text(env.container, "blob").content,
        service.get_blob_to_stream(env.container, "blob", stream).content,
        service.get_blob_to_path(env.container, "blob", str(path)).content,
        stream.getvalue(),
        path.read_bytes(),
    )


def put(env: Environment) -> Any:
    env.random_bodies = True
    made = _service(env).create_blob_from_bytes(env.container, "blob", _CONTENT)
    return made, _opened(env) == _CONTENT, len(env.read())


def put_metadata(env: Environment) -> Any:
    env.random_bodies = True
    _service(env).create_blob_from_bytes(env.container, "blob", b"x", metadata={"mine": "kept"})
    metadata = env.block.get_blob_metadata(env.container, "blob")
    told = json.loads(metadata.pop("encryptiondata"))
    told["ContentEncryptionIV"] = len(told["ContentEncryptionIV"])
    told["WrappedContentKey"]["EncryptedKey"] = len(told["WrappedContentKey"]["EncryptedKey"])
    return list(told), told, metadata


def put_in_blocks(env: Environment) -> Any:
    env.random_bodies = True
    service = _service(env, MAX_SINGLE_PUT_SIZE=100, MAX_BLOCK_SIZE=96)
    told: list[Any] = []
    service.create_blob_from_bytes(
        env.container, "blob", _CONTENT[:500], max_connections=1, progress_callback=lambda *p: told.append(p)
    )
    return _opened(env) == _CONTENT[:500], told


def put_from_stream_path_and_text(env: Environment) -> Any:
    env.random_bodies = True
    service = _service(env)
    service.create_blob_from_stream(env.container, "stream", io.BytesIO(_CONTENT), max_connections=1)
    service.create_blob_from_path(env.container, "path", env.file(_CONTENT))
    service.create_blob_from_text(env.container, "text", "grüße")
    return [_opened(env, name) for name in ("stream", "path", "text")]


def put_with_large_blocks(env: Environment) -> Any:
    env.random_bodies = True
    service = _service(env, MAX_SINGLE_PUT_SIZE=100, MAX_BLOCK_SIZE=96, MIN_LARGE_BLOCK_UPLOAD_THRESHOLD=50)
    service.create_blob_from_stream(env.container, "blob", io.BytesIO(_CONTENT), 1024, max_connections=1)
    return env.read() == _CONTENT, tried(_opened, env) == _CONTENT


def put_validated(env: Environment) -> Any:
    env.random_bodies = True
    _service(env).create_blob_from_bytes(env.container, "blob", b"hello", validate_content=True)
    return _service(env).get_blob_to_bytes(env.container, "blob", validate_content=True).content


def put_when_required_without_a_key(env: Environment) -> Any:
    service = env.block
    service.require_encryption = True
    return [
        tried(service.create_blob_from_bytes, "c", "b", b"x"),
        tried(service.create_blob_from_text, "c", "b", "x"),
        tried(service.create_blob_from_stream, "c", "b", io.BytesIO(b"x")),
        tried(service.create_blob_from_path, "c", "b", env.file(b"x")),
    ]


def put_with_a_key_that_lacks_methods(env: Environment) -> Any:
    return tried(_service(env, key_encryption_key=object()).create_blob_from_bytes, "c", "b", b"x")


def methods_that_refuse(env: Environment) -> Any:
    from azure.storage.blob import BlobBlock

    service = _service(env)
    return [
        tried(service.put_block, "c", "b", b"x", "1"),
        tried(service.put_block_list, "c", "b", [BlobBlock("1")]),
        tried(service.put_block_from_url, "c", "b", "http://x", "1"),
        tried(service.set_blob_metadata, "c", "b", {}),
    ]


def page_blobs(env: Environment) -> Any:
    from azure.storage.blob import PageBlobService

    env.random_bodies = True
    service = _service(env, PageBlobService)
    service.create_blob_from_bytes(env.container, "blob", _CONTENT)
    got = service.get_blob_to_bytes(env.container, "blob").content == _CONTENT
    return (
        got,
        _opened(env, padded=False) == _CONTENT,
        [
            tried(service.create_blob, "c", "b", 512),
            tried(service.update_page, "c", "b", b"x" * 512, 0, 511),
            tried(service.clear_page, "c", "b", 0, 511),
        ],
    )


def helpers(env: Environment) -> Any:
    from azure.storage.common._encryption import (
        _dict_to_encryption_data,
        _generate_AES_CBC_cipher,
        _validate_and_unwrap_cek,
    )

    data = _dict_to_encryption_data(_data())
    cipher = _generate_AES_CBC_cipher(_KEY, _VECTOR)
    encrypted = cipher.encryptor().update(b"x" * 16)
    told = [
        data.content_encryption_IV,
        data.encryption_agent.encryption_algorithm,
        data.encryption_agent.protocol,
        data.wrapped_content_key.algorithm,
        data.wrapped_content_key.encrypted_key,
        data.wrapped_content_key.key_id,
        data.key_wrapping_metadata,
    ]
    return told, _validate_and_unwrap_cek(data, _Wrapper()) == _KEY, encrypted
