"""Uploads of block blobs: from paths, streams, bytes and text; borders of chunks, progress, MD5."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.storage.blob import BlockBlobService, ContentSettings

from tests.legacy.probes.environment import Environment, tried

__all__ = ["TABLE"]

_CONTENT = bytes(range(256)) * 4


def _small(env: Environment, single: int = 256, block: int = 128) -> Any:
    service = env.block
    service.MAX_SINGLE_PUT_SIZE, service.MAX_BLOCK_SIZE = single, block
    return service


def _noting(told: list[Any]) -> Callable[..., None]:
    return lambda *progress: told.append(progress)


def from_bytes(env: Environment) -> Any:
    return env.block.create_blob_from_bytes(env.container, "blob", b"hello"), env.read()


def from_bytes_empty(env: Environment) -> Any:
    told: list[Any] = []
    made = env.block.create_blob_from_bytes(env.container, "blob", b"", progress_callback=_noting(told))
    return made, env.read(), told


def from_bytes_part(env: Environment) -> Any:
    env.block.create_blob_from_bytes(env.container, "blob", b"hello world", 3, 5)
    first = env.read()
    env.block.create_blob_from_bytes(env.container, "blob", b"hello world", index=6)
    return first, env.read()


def from_bytes_overwrites(env: Environment) -> Any:
    env.put(x_ms_meta_a="b")
    env.block.create_blob_from_bytes(env.container, "blob", b"new")
    return env.read(), env.block.get_blob_metadata(env.container, "blob")


def from_bytes_with_settings_and_metadata(env: Environment) -> Any:
    env.block.create_blob_from_bytes(
        env.container,
        "blob",
        b"x",
        content_settings=ContentSettings("a/b", "gzip", "de", "inline", "no-cache"),
        metadata={"hello": "world"},
    )
    return env.block.get_blob_properties(env.container, "blob")


def from_bytes_with_progress(env: Environment) -> Any:
    told: list[Any] = []
    env.block.create_blob_from_bytes(env.container, "blob", b"hello", progress_callback=_noting(told))
    return told


def from_bytes_with_a_tier(env: Environment) -> Any:
    env.block.create_blob_from_bytes(env.container, "blob", b"x", standard_blob_tier="Cool")
    return env.block.get_blob_properties(env.container, "blob").properties.blob_tier


def from_bytes_to_a_missing_container(env: Environment) -> Any:
    return tried(env.block.create_blob_from_bytes, env.other_name, "blob", b"x")


def from_text(env: Environment) -> Any:
    return env.block.create_blob_from_text(env.container, "blob", "grüße\n"), env.read()


def from_text_encodings(env: Environment) -> Any:
    told = []
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"):
        env.block.create_blob_from_text(env.container, "blob", "grüße", encoding)
        told.append(env.read())
    return told


def from_text_given_bytes(env: Environment) -> Any:
    env.block.create_blob_from_text(env.container, "blob", b"bytes")
    return env.read()


def from_text_empty(env: Environment) -> Any:
    env.block.create_blob_from_text(env.container, "blob", "")
    return env.read(), env.block.get_blob_properties(env.container, "blob").properties.content_length


def from_text_of_multibyte_characters_in_blocks(env: Environment) -> Any:
    _small(env, 8, 5).create_blob_from_text(env.container, "blob", "日本語" * 3, max_connections=1)
    return env.read().decode()


def from_path(env: Environment) -> Any:
    return env.block.create_blob_from_path(env.container, "blob", env.file(b"hello")), env.read()


def from_path_object(env: Environment) -> Any:
    return tried(env.block.create_blob_from_path, env.container, "blob", Path(env.file(b"hello")))


def from_path_empty(env: Environment) -> Any:
    told: list[Any] = []
    env.block.create_blob_from_path(env.container, "blob", env.file(b""), progress_callback=_noting(told))
    return env.read(), told


def from_path_in_blocks(env: Environment) -> Any:
    told: list[Any] = []
    made = _small(env).create_blob_from_path(
        env.container, "blob", env.file(_CONTENT), max_connections=1, progress_callback=_noting(told)
    )
    return made, env.read() == _CONTENT, told


def from_path_in_blocks_in_parallel(env: Environment) -> Any:
    env.any_order = True
    told: list[Any] = []
    _small(env).create_blob_from_path(env.container, "blob", env.file(_CONTENT), progress_callback=_noting(told))
    return env.read() == _CONTENT, sorted(told), len(env.block.get_block_list(env.container, "blob").committed_blocks)


def from_path_guesses_no_type(env: Environment) -> Any:
    env.block.create_blob_from_path(env.container, "blob", env.file(b"{}", "file.json"))
    return env.block.get_blob_properties(env.container, "blob").properties.content_settings.content_type


def from_stream(env: Environment) -> Any:
    told: list[Any] = []
    made = env.block.create_blob_from_stream(
        env.container, "blob", io.BytesIO(b"hello"), progress_callback=_noting(told)
    )
    return made, env.read(), told


def from_stream_with_a_count(env: Environment) -> Any:
    stream = io.BytesIO(b"hello world")
    made = env.block.create_blob_from_stream(env.container, "blob", stream, 5)
    return made, env.read(), stream.tell()


def from_stream_with_a_count_that_is_too_large(env: Environment) -> Any:
    return tried(env.block.create_blob_from_stream, env.container, "blob", io.BytesIO(b"hello"), 50)


def from_stream_with_a_count_of_blocks(env: Environment) -> Any:
    told: list[Any] = []
    made = _small(env).create_blob_from_stream(
        env.container, "blob", io.BytesIO(_CONTENT), 700, max_connections=1, progress_callback=_noting(told)
    )
    return made, env.read() == _CONTENT[:700], told


def from_stream_with_a_count_of_blocks_that_is_too_large(env: Environment) -> Any:
    service = _small(env)
    return tried(service.create_blob_from_stream, env.container, "blob", io.BytesIO(_CONTENT), 5000, max_connections=1)


def from_stream_at_a_position(env: Environment) -> Any:
    stream = io.BytesIO(_CONTENT)
    stream.seek(1000)
    env.block.create_blob_from_stream(env.container, "blob", stream)
    return env.read()


def from_stream_empty(env: Environment) -> Any:
    told: list[Any] = []
    made = env.block.create_blob_from_stream(env.container, "blob", io.BytesIO(), progress_callback=_noting(told))
    return made, env.read(), told


class _Unseekable(io.RawIOBase):
    """Gives its bytes in small parts, as a socket does."""

    def __init__(self, content: bytes) -> None:
        self._inner = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, 50) if size and size > 0 else 50)


def from_stream_that_does_not_seek(env: Environment) -> Any:
    made = _small(env).create_blob_from_stream(env.container, "blob", _Unseekable(_CONTENT), max_connections=1)
    return made, env.read() == _CONTENT


def from_stream_that_does_not_seek_in_parallel(env: Environment) -> Any:
    outcome = tried(_small(env).create_blob_from_stream, env.container, "blob", _Unseekable(_CONTENT))
    env.forget()
    return outcome


def from_stream_that_does_not_seek_with_a_count(env: Environment) -> Any:
    return tried(env.block.create_blob_from_stream, env.container, "blob", _Unseekable(_CONTENT), 30)


def from_stream_of_text(env: Environment) -> Any:
    return tried(env.block.create_blob_from_stream, env.container, "blob", io.StringIO("text"), max_connections=1)


def from_stream_of_a_file(env: Environment) -> Any:
    with Path(env.file(_CONTENT)).open("rb") as stream:
        _small(env).create_blob_from_stream(env.container, "blob", stream, max_connections=1)
    return env.read() == _CONTENT


def from_stream_with_large_blocks(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    told: list[Any] = []
    made = service.create_blob_from_stream(
        env.container, "blob", io.BytesIO(_CONTENT), 1024, max_connections=1, progress_callback=_noting(told)
    )
    return made, env.read() == _CONTENT, told


def from_stream_with_large_blocks_in_parallel(env: Environment) -> Any:
    env.any_order = True
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    service.create_blob_from_stream(env.container, "blob", io.BytesIO(_CONTENT), 1024)
    return env.read() == _CONTENT


def from_stream_with_large_blocks_without_a_count(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    made = tried(service.create_blob_from_stream, env.container, "blob", io.BytesIO(_CONTENT[:300]), max_connections=1)
    return made, env.read() == _CONTENT[:300]


def from_stream_with_large_blocks_buffered(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    service.create_blob_from_stream(
        env.container, "blob", io.BytesIO(_CONTENT), 1024, max_connections=1, use_byte_buffer=True
    )
    return env.read() == _CONTENT


def from_stream_with_large_blocks_validated(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    service.create_blob_from_stream(
        env.container, "blob", io.BytesIO(_CONTENT), 1024, max_connections=1, validate_content=True
    )
    return env.read() == _CONTENT


def from_stream_with_large_blocks_that_does_not_seek(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 100
    return tried(service.create_blob_from_stream, env.container, "blob", _Unseekable(_CONTENT), 1024, max_connections=1)


def in_blocks_with_everything(env: Environment) -> Any:
    lease = "00000000-1111-1111-1111-111111111111"
    env.block.acquire_blob_lease(env.container, env.put(), proposed_lease_id=lease)
    made = _small(env).create_blob_from_bytes(
        env.container,
        "blob",
        _CONTENT[:300],
        content_settings=ContentSettings("a/b"),
        metadata={"a": "b"},
        validate_content=True,
        max_connections=1,
        lease_id=lease,
        if_none_match='"x"',
        timeout=11,
        standard_blob_tier="Hot",
    )
    return made, env.block.get_blob_properties(env.container, "blob").properties.content_settings


def in_blocks_under_a_condition_that_fails(env: Environment) -> Any:
    env.put()
    return tried(_small(env).create_blob_from_bytes, env.container, "blob", _CONTENT, if_match='"x"', max_connections=1)


def in_blocks_to_a_missing_container(env: Environment) -> Any:
    return tried(_small(env).create_blob_from_bytes, env.other_name, "blob", _CONTENT, max_connections=1)


def validated(env: Environment) -> Any:
    return env.block.create_blob_from_bytes(env.container, "blob", b"hello", validate_content=True)


def validated_in_blocks(env: Environment) -> Any:
    return _small(env).create_blob_from_bytes(
        env.container, "blob", _CONTENT[:300], validate_content=True, max_connections=1
    )


def progress_that_raises(env: Environment) -> Any:
    def fail(current: int, total: int) -> None:
        raise KeyError("no more")

    return tried(env.block.create_blob_from_bytes, env.container, "blob", b"x", progress_callback=fail)


def class_constants_are_taken(env: Environment) -> Any:
    before = BlockBlobService.MAX_SINGLE_PUT_SIZE, BlockBlobService.MAX_BLOCK_SIZE
    BlockBlobService.MAX_SINGLE_PUT_SIZE, BlockBlobService.MAX_BLOCK_SIZE = 512, 512
    try:
        return env.block.create_blob_from_bytes(env.container, "blob", _CONTENT, max_connections=1)
    finally:
        BlockBlobService.MAX_SINGLE_PUT_SIZE, BlockBlobService.MAX_BLOCK_SIZE = before


def connections_of_nonsense(env: Environment) -> Any:
    return [
        tried(_small(env).create_blob_from_bytes, env.container, "blob", b"x" * 300, max_connections=count)
        for count in (0, -1, None)
    ]


def names_of_blocks(env: Environment) -> Any:
    _small(env).create_blob_from_bytes(env.container, "blob", _CONTENT[:300], max_connections=1)
    return env.block.get_block_list(env.container, "blob").committed_blocks


def _sizes(size: int) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        told: list[Any] = []
        content = (_CONTENT * 2)[:size]
        made = _small(env).create_blob_from_bytes(
            env.container, "blob", content, max_connections=1, progress_callback=_noting(told)
        )
        return made, env.read() == content, told

    return probe


TABLE = {f"of_{size}_bytes": _sizes(size) for size in (1, 127, 128, 255, 256, 257, 384, 1024)}
