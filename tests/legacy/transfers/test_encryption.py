from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.legacy.encryption import (
    METADATA,
    ContentCipher,
    align,
    decrypt,
    parse,
    refuse_encryption,
    require_decryption,
    require_encryption,
    unwrap,
)
from tests.legacy.transfers.conftest import Wrapper, content


def answer(stored: bytes, start: int | None, end: int | None, description: str, kind: str = "BlockBlob") -> Any:
    """The content and headers with which the service would answer."""
    headers = {METADATA: description, "x-ms-blob-type": kind}
    if start is None:
        return stored, headers
    last = len(stored) - 1 if end is None else min(end, len(stored) - 1)
    return stored[start : last + 1], {**headers, "content-range": f"bytes {start}-{last}/{len(stored)}"}


def read(stored: bytes, start: int | None, end: int | None, description: str, kind: str = "BlockBlob") -> bytes:
    aligned = align(start, end)
    got, headers = answer(stored, aligned.start, aligned.end, description, kind)
    return decrypt(got, headers, aligned, kek=Wrapper(), resolver=None, is_required=True)


@given(data=st.binary(max_size=100), pieces=st.integers(1, 6))
def test_what_is_encrypted_in_pieces_decrypts_to_the_same(data: bytes, pieces: int) -> None:
    cipher = ContentCipher(Wrapper())
    cut = [data[start : start + 16 * pieces] for start in range(0, len(data), 16 * pieces)] or [b""]

    stored = b"".join(cipher.encrypt(piece, is_last=number == len(cut) - 1) for number, piece in enumerate(cut))

    assert len(stored) == len(data) + 16 - len(data) % 16
    assert read(stored, None, None, cipher.description) == data


@given(size=st.integers(1, 120), data=st.data())
def test_any_range_of_an_encrypted_blob_decrypts_to_that_range(size: int, data: st.DataObject) -> None:
    plain = content(size)
    cipher = ContentCipher(Wrapper())
    stored = cipher.encrypt(plain)
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.one_of(st.none(), st.integers(start, size + 40)))

    assert read(stored, start, end, cipher.description) == plain[start : None if end is None else end + 1]


@given(start=st.integers(0, 511), size=st.integers(1, 600))
def test_any_range_of_an_encrypted_page_blob_decrypts_to_that_range(start: int, size: int) -> None:
    plain = content(512)
    cipher = ContentCipher(Wrapper(), is_padded=False)
    stored = cipher.encrypt(plain)

    assert len(stored) == 512
    assert read(stored, start, start + size - 1, cipher.description, "PageBlob") == plain[start : start + size]


@pytest.mark.parametrize(
    ("start", "end", "wanted"), [(5, 20, slice(5, 21)), (40, 50, slice(40, 51)), (40, None, slice(40, None))]
)
def test_a_range_of_a_blob_that_is_not_encrypted_is_that_range(start: int, end: int | None, wanted: slice) -> None:
    plain = content(100)
    aligned = align(start, end)
    got, headers = answer(plain, aligned.start, aligned.end, "")

    assert decrypt(got, headers, aligned, kek=Wrapper(), resolver=None, is_required=False) == plain[wanted]


def test_the_description_is_that_of_the_protocol() -> None:
    described = json.loads(ContentCipher(Wrapper()).description)

    assert list(described) == [
        "WrappedContentKey",
        "EncryptionAgent",
        "ContentEncryptionIV",
        "KeyWrappingMetadata",
        "EncryptionMode",
    ]
    assert list(described["WrappedContentKey"]) == ["KeyId", "EncryptedKey", "Algorithm"]
    assert described["WrappedContentKey"]["KeyId"] == "local:key1"
    assert described["WrappedContentKey"]["Algorithm"] == "TURN"
    assert described["EncryptionAgent"] == {"Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256"}
    assert described["KeyWrappingMetadata"] == {"EncryptionLibrary": "Python 2.1.0"}
    assert described["EncryptionMode"] == "FullBlob"


def test_every_blob_has_a_key_and_a_start_value_of_its_own() -> None:
    one, other = (parse(json.loads(ContentCipher(Wrapper()).description)) for _ in range(2))

    assert one.content_encryption_IV != other.content_encryption_IV
    assert unwrap(one, Wrapper()) != unwrap(other, Wrapper())


def test_a_resolver_goes_before_a_key() -> None:
    cipher = ContentCipher(Wrapper())
    asked = []

    def resolve(kid: str) -> Wrapper:
        asked.append(kid)
        return Wrapper(kid)

    key = unwrap(parse(json.loads(cipher.description)), Wrapper("another"), resolve)

    assert len(key) == 32
    assert asked == ["local:key1"]


@pytest.mark.parametrize(
    ("kek", "error", "text"),
    [
        (None, ValueError, "key_encryption_key should not be None."),
        (object(), AttributeError, "key encryption key does not define a complete interface. Value of get_kid is"),
        (Wrapper("another"), ValueError, "Provided or resolved key-encryption-key does not match the id of key used"),
    ],
)
def test_a_key_that_cannot_unwrap_is_refused(kek: object, error: type[Exception], text: str) -> None:
    data = parse(json.loads(ContentCipher(Wrapper()).description))

    with pytest.raises(error, match=text):
        unwrap(data, kek)


@pytest.mark.parametrize("missing", ["wrap_key", "get_kid", "get_key_wrap_algorithm"])
def test_a_key_that_cannot_wrap_is_refused(missing: str) -> None:
    kek = Wrapper()
    setattr(kek, missing, None)

    with pytest.raises(AttributeError, match=f"Value of {missing} is either missing or invalid"):
        ContentCipher(kek)


def test_another_version_of_the_protocol_is_refused() -> None:
    described = json.loads(ContentCipher(Wrapper()).description)
    described["EncryptionAgent"]["Protocol"] = "2.0"

    with pytest.raises(ValueError, match=r"^Encryption version is not supported\.$"):
        parse(described)


def test_another_cipher_is_refused() -> None:
    cipher = ContentCipher(Wrapper())
    stored = cipher.encrypt(b"text")
    described = json.loads(cipher.description)
    described["EncryptionAgent"]["EncryptionAlgorithm"] = "ROT13"

    with pytest.raises(ValueError, match=r"^Specified encryption algorithm is not supported\.$"):
        read(stored, None, None, json.dumps(described))


def test_a_blob_that_is_not_encrypted_is_refused_where_that_is_required() -> None:
    with pytest.raises(ValueError, match=r"^Encryption required, but received data does not contain appropriate"):
        read(b"plain", None, None, "")


def test_content_that_was_cut_does_not_decrypt() -> None:
    cipher = ContentCipher(Wrapper())
    stored = cipher.encrypt(content(40))

    with pytest.raises(ValueError, match=r"padding|length"):
        read(stored[:-16], None, None, cipher.description)


def test_what_a_service_requires_is_checked_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match=r"^Encryption required but no key was provided\.$"):
        require_encryption(True, None)
    with pytest.raises(ValueError, match=r"^Decryption required but neither key nor resolver was provided"):
        require_decryption(True, None, None)
    for required, key in ((True, None), (False, Wrapper())):
        with pytest.raises(ValueError, match=r"^The require_encryption flag is set, but encryption is not supported"):
            refuse_encryption(required, key)
    require_encryption(True, Wrapper())
    require_decryption(True, None, Wrapper)
    refuse_encryption(False, None)
