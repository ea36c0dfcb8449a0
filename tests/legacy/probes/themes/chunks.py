"""Downloads of ranges, and of blobs in chunks: their borders, their progress, what holds them together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import CUT, Answer

__all__ = ["TABLE"]

_CONTENT = bytes(range(256)) * 4


def _chunked(env: Environment, single: int = 256, chunk: int = 256) -> Any:
    service = env.block
    service.MAX_SINGLE_GET_SIZE, service.MAX_CHUNK_GET_SIZE = single, chunk
    return service


def _noting(told: list[Any]) -> Callable[..., None]:
    return lambda *progress: told.append(progress)


_RANGES = ((0, 0), (0, 9), (5, None), (1000, 1023), (1000, 5000), (1023, 1023), (1024, 1030), (5, 3), (None, 5))
_STRADDLING = ((0, 255), (0, 256), (0, 257), (255, 513), (10, 700), (0, 1023), (1, None), (512, 9999), (768, None))


def ranges(env: Environment) -> Any:
    env.put(content=_CONTENT)
    return [
        tried(env.block.get_blob_to_bytes, env.container, "blob", start_range=start, end_range=end)
        for start, end in _RANGES
    ]


def ranges_over_chunks(env: Environment) -> Any:
    env.put(content=_CONTENT)
    told = []
    for start, end in _STRADDLING:
        progress: list[Any] = []
        service = _chunked(env)
        got = service.get_blob_to_bytes(
            env.container,
            "blob",
            start_range=start,
            end_range=end,
            max_connections=1,
            progress_callback=_noting(progress),
        )
        correct = got.content == _CONTENT[start : None if end is None else end + 1]
        told.append((correct, got.properties.content_length, got.properties.content_range, progress))
    return told


def _sizes(size: int, connections: int) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        content = (_CONTENT * 2)[:size]
        env.put(content=content)
        told: list[Any] = []
        env.any_order = connections > 1
        got = _chunked(env).get_blob_to_bytes(
            env.container, "blob", max_connections=connections, progress_callback=_noting(told)
        )
        if connections > 1:
            told.sort()
        return got.content == content, got.properties, told

    return probe


def single_larger_than_chunks(env: Environment) -> Any:
    service = _chunked(env, 600, 200)
    got = service.get_blob_to_bytes(env.container, env.put(content=_CONTENT), max_connections=1)
    return got.content == _CONTENT


def chunks_larger_than_single(env: Environment) -> Any:
    service = _chunked(env, 100, 600)
    got = service.get_blob_to_bytes(env.container, env.put(content=_CONTENT), max_connections=1)
    return got.content == _CONTENT


def chunks_of_class_constants(env: Environment) -> Any:
    from azure.storage.blob import BlockBlobService

    before = BlockBlobService.MAX_SINGLE_GET_SIZE, BlockBlobService.MAX_CHUNK_GET_SIZE
    BlockBlobService.MAX_SINGLE_GET_SIZE, BlockBlobService.MAX_CHUNK_GET_SIZE = 512, 512
    try:
        return len(env.block.get_blob_to_bytes(env.container, env.put(content=_CONTENT), max_connections=1).content)
    finally:
        BlockBlobService.MAX_SINGLE_GET_SIZE, BlockBlobService.MAX_CHUNK_GET_SIZE = before


def chunks_to_path_in_parallel(env: Environment) -> Any:
    env.any_order = True
    path = env.folder / "out"
    got = _chunked(env).get_blob_to_path(env.container, env.put(content=_CONTENT), str(path), max_connections=4)
    return got, path.read_bytes() == _CONTENT


def chunks_of_a_snapshot(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put(content=_CONTENT))
    env.put(content=b"changed")
    got = _chunked(env).get_blob_to_bytes(env.container, "blob", snapshot=taken.snapshot, max_connections=1)
    return got.content == _CONTENT, got.snapshot == taken.snapshot


def chunks_keep_conditions(env: Environment) -> Any:
    env.put(content=_CONTENT)
    moment = datetime(2011, 1, 1)
    got = _chunked(env).get_blob_to_bytes(
        env.container, "blob", if_modified_since=moment, if_none_match='"x"', timeout=7, max_connections=1
    )
    return got.content == _CONTENT


def chunks_of_a_blob_that_changes(env: Environment) -> Any:
    env.put(content=_CONTENT)
    service = _chunked(env)
    count = []

    def change(response: Any) -> None:
        count.append(response.status)
        if len(count) == 2:
            env.put(content=_CONTENT[::-1])

    service.response_callback = change
    return tried(service.get_blob_to_bytes, env.container, "blob", max_connections=1), count


def validated_in_chunks(env: Environment) -> Any:
    service = _chunked(env)
    got = service.get_blob_to_bytes(env.container, env.put(content=_CONTENT), validate_content=True, max_connections=1)
    return got.content == _CONTENT


def a_cut_chunk_is_tried_again(env: Environment) -> Any:
    def part(start: int, end: int) -> Answer:
        headers = FINE | {"Content-Range": f"bytes {start}-{end}/6", "x-ms-blob-type": "BlockBlob"}
        return Answer(206, headers, b"abcdef"[start : end + 1])

    env.answer(part(0, 2), CUT, part(3, 5))
    return _chunked(env, 3, 3).get_blob_to_bytes("c", "b", max_connections=1).content


TABLE = {
    f"of_{size}_bytes_over_{connections}": _sizes(size, connections)
    for size, connections in (
        (1, 1),
        (255, 1),
        (256, 1),
        (257, 1),
        (512, 1),
        (513, 1),
        (1023, 1),
        (256, 2),
        (512, 2),
        (1024, 4),
    )
}
