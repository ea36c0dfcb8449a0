"""Append blobs."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from azure.storage.blob import AppendBlobService, ContentSettings

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import CUT, Answer

_LEASE = "00000000-1111-1111-1111-111111111111"


def _made(env: Environment, block: int = 4) -> Any:
    service = env.append
    service.MAX_BLOCK_SIZE = block
    service.create_blob(env.container, "blob")
    return service


def create(env: Environment) -> Any:
    return env.append.create_blob(env.container, "blob"), env.append.get_blob_properties(env.container, "blob")


def create_with_everything(env: Environment) -> Any:
    env.append.create_blob(env.container, "blob", ContentSettings("a/b", cache_control="no"), {"a": "b"})
    return env.append.get_blob_properties(env.container, "blob")


def create_overwrites(env: Environment) -> Any:
    service = _made(env)
    service.append_block(env.container, "blob", b"x")
    service.create_blob(env.container, "blob")
    return env.read()


def append_block(env: Environment) -> Any:
    service = _made(env)
    return [service.append_block(env.container, "blob", block) for block in (b"AAA", b"BBBB")], env.read()


def append_block_validated(env: Environment) -> Any:
    return _made(env).append_block(env.container, "blob", b"AAA", validate_content=True)


def append_block_of_text(env: Environment) -> Any:
    return tried(_made(env).append_block, env.container, "blob", "text")


def append_block_of_a_stream(env: Environment) -> Any:
    return tried(_made(env).append_block, env.container, "blob", io.BytesIO(b"AAA"))


def append_block_of_nothing(env: Environment) -> Any:
    return tried(_made(env).append_block, env.container, "blob", b"")


def append_block_missing(env: Environment) -> Any:
    return tried(env.append.append_block, env.container, "x", b"AAA")


def append_block_to_a_block_blob(env: Environment) -> Any:
    return tried(env.append.append_block, env.container, env.put(), b"AAA")


def append_block_from_url(env: Environment) -> Any:
    told = []
    for start, end in ((None, None), (0, 5), (5, None)):
        env.answer_ok(x_ms_blob_append_offset="7", x_ms_blob_committed_block_count="2")
        told.append(tried(env.append.append_block_from_url, "c", "b", "http://x.example/b", start, end))
    return told


def from_bytes(env: Environment) -> Any:
    told: list[Any] = []
    made = _made(env).append_blob_from_bytes(
        env.container, "blob", b"hello world", progress_callback=lambda *p: told.append(p)
    )
    return made, env.read(), told


def from_bytes_part(env: Environment) -> Any:
    _made(env).append_blob_from_bytes(env.container, "blob", b"hello world", 2, 5)
    return env.read()


def from_bytes_of_text(env: Environment) -> Any:
    return tried(_made(env).append_blob_from_bytes, env.container, "blob", "text")


def from_bytes_out_of_bounds(env: Environment) -> Any:
    service = _made(env)
    return [
        tried(service.append_blob_from_bytes, env.container, "blob", b"abc", index, count)
        for index, count in ((-1, None), (0, -1), (1, 99), (0, 0))
    ]


def from_bytes_empty(env: Environment) -> Any:
    told: list[Any] = []
    made = _made(env).append_blob_from_bytes(env.container, "blob", b"", progress_callback=lambda *p: told.append(p))
    return made, told


def from_bytes_validated(env: Environment) -> Any:
    return _made(env).append_blob_from_bytes(env.container, "blob", b"hello world", validate_content=True)


def from_bytes_to_a_missing_blob(env: Environment) -> Any:
    return tried(env.append.append_blob_from_bytes, env.container, "blob", b"hello")


def from_bytes_twice(env: Environment) -> Any:
    service = _made(env)
    for part in (b"one ", b"two "):
        service.append_blob_from_bytes(env.container, "blob", part)
    return env.read()


def from_bytes_with_a_maximum(env: Environment) -> Any:
    service = _made(env)
    return [
        tried(service.append_blob_from_bytes, env.container, "blob", b"hello world", maxsize_condition=size)
        for size in (11, 15)
    ]


def from_bytes_with_everything(env: Environment) -> Any:
    service = _made(env)
    service.acquire_blob_lease(env.container, "blob", proposed_lease_id=_LEASE)
    return service.append_blob_from_bytes(
        env.container,
        "blob",
        b"hello world",
        lease_id=_LEASE,
        timeout=9,
        if_modified_since=datetime(2011, 1, 1),
        if_none_match='"x"',
    )


def from_text(env: Environment) -> Any:
    made = _made(env).append_blob_from_text(env.container, "blob", "grüße")
    return made, env.read().decode()


def from_text_encodings(env: Environment) -> Any:
    service = _made(env, 100)
    for encoding in ("utf-16", "latin-1"):
        service.append_blob_from_text(env.container, "blob", "ü", encoding=encoding)
    return env.read()


def from_text_given_bytes(env: Environment) -> Any:
    _made(env).append_blob_from_text(env.container, "blob", b"bytes")
    return env.read()


def from_path(env: Environment) -> Any:
    told: list[Any] = []
    made = _made(env).append_blob_from_path(
        env.container, "blob", env.file(b"hello world"), progress_callback=lambda *p: told.append(p)
    )
    return made, env.read(), told


def from_path_missing(env: Environment) -> Any:
    return tried(env.append.append_blob_from_path, env.container, "blob", str(env.folder / "missing"))


def from_stream(env: Environment) -> Any:
    told: list[Any] = []
    made = _made(env).append_blob_from_stream(
        env.container, "blob", io.BytesIO(b"hello world"), progress_callback=lambda *p: told.append(p)
    )
    return made, env.read(), told


def from_stream_with_a_count(env: Environment) -> Any:
    stream = io.BytesIO(b"hello world")
    stream.seek(1)
    _made(env).append_blob_from_stream(env.container, "blob", stream, count=6)
    return env.read(), stream.tell()


def from_stream_with_a_count_that_is_too_large(env: Environment) -> Any:
    made = tried(_made(env).append_blob_from_stream, env.container, "blob", io.BytesIO(b"hello"), count=100)
    return made, env.read()


def from_stream_in_blocks_of_the_class(env: Environment) -> Any:
    return AppendBlobService.MAX_BLOCK_SIZE, AppendBlobService(account_name="a", account_key="a2V5").blob_type


def an_append_that_was_cut_is_sent_again(env: Environment) -> Any:
    answer = Answer(
        201,
        {
            "ETag": '"x"',
            "Last-Modified": "Tue, 05 Jan 2016 10:11:12 GMT",
            "x-ms-blob-append-offset": "0",
            "x-ms-blob-committed-block-count": "1",
        },
    )
    env.answer(CUT, answer)
    return env.append.append_block("c", "b", b"AAA")


def download_of_an_append_blob(env: Environment) -> Any:
    service = _made(env)
    service.append_blob_from_bytes(env.container, "blob", b"hello world")
    return service.get_blob_to_bytes(env.container, "blob")


def encryption_is_refused(env: Environment) -> Any:
    service = env.append
    service.require_encryption = True
    return [
        tried(service.create_blob, "c", "b"),
        tried(service.append_block, "c", "b", b"x"),
        tried(service.append_blob_from_bytes, "c", "b", b"x"),
        tried(service.append_blob_from_text, "c", "b", "x"),
        tried(service.append_blob_from_stream, "c", "b", io.BytesIO(b"x")),
        tried(service.append_blob_from_path, "c", "b", env.file(b"x")),
    ]
