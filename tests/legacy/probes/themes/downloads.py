"""Downloads: to paths, streams, bytes and text; ranges, chunks, progress, MD5."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
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


def to_bytes(env: Environment) -> Any:
    return env.block.get_blob_to_bytes(env.container, env.put())


def to_text(env: Environment) -> Any:
    return env.block.get_blob_to_text(env.container, env.put(content="grüße\r\n".encode()))


def to_path(env: Environment) -> Any:
    path = env.folder / "out"
    return env.block.get_blob_to_path(env.container, env.put(), str(path)), path.read_bytes()


def to_path_object(env: Environment) -> Any:
    path = env.folder / "out"
    return env.block.get_blob_to_path(env.container, env.put(), Path(path)).content, path.read_bytes()


def to_path_appended(env: Environment) -> Any:
    path = env.folder / "out"
    path.write_bytes(b"before ")
    env.block.get_blob_to_path(env.container, env.put(), str(path), open_mode="ab", max_connections=1)
    return path.read_bytes()


def to_path_appended_in_parallel(env: Environment) -> Any:
    path = env.folder / "out"
    return tried(env.block.get_blob_to_path, env.container, env.put(), str(path), open_mode="ab"), path.exists()


def to_path_missing_leaves_an_empty_file(env: Environment) -> Any:
    path = env.folder / "out"
    return tried(env.block.get_blob_to_path, env.container, "x", str(path)), path.exists(), path.read_bytes()


def to_path_in_a_missing_folder(env: Environment) -> Any:
    return tried(env.block.get_blob_to_path, env.container, env.put(), str(env.folder / "no" / "out"))


def to_path_with_a_text_mode(env: Environment) -> Any:
    return tried(env.block.get_blob_to_path, env.container, env.put(), str(env.folder / "out"), open_mode="w")


def to_stream(env: Environment) -> Any:
    stream = io.BytesIO()
    return env.block.get_blob_to_stream(env.container, env.put(), stream), stream.getvalue(), stream.tell()


def to_stream_at_a_position(env: Environment) -> Any:
    stream = io.BytesIO(b"before ")
    stream.seek(7)
    _chunked(env, 4, 4).get_blob_to_stream(env.container, env.put(), stream, max_connections=1)
    return stream.getvalue()


def to_stream_at_a_position_in_parallel(env: Environment) -> Any:
    env.any_order = True
    stream = io.BytesIO(b"before ")
    stream.seek(7)
    _chunked(env, 4, 4).get_blob_to_stream(env.container, env.put(), stream)
    return stream.getvalue()


class _Unseekable(io.RawIOBase):
    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)


def to_stream_that_does_not_seek(env: Environment) -> Any:
    stream = _Unseekable()
    got = _chunked(env).get_blob_to_stream(env.container, env.put(content=_CONTENT), stream, max_connections=1)
    return got.content, [len(part) for part in stream.parts], b"".join(stream.parts) == _CONTENT


def to_stream_that_does_not_seek_in_parallel(env: Environment) -> Any:
    return tried(env.block.get_blob_to_stream, env.container, env.put(), _Unseekable())


class _Writer:
    """Has `write` and nothing else."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(data)


def to_stream_with_write_alone(env: Environment) -> Any:
    stream = _Writer()
    parallel = tried(env.block.get_blob_to_stream, env.container, env.put(), stream)
    env.block.get_blob_to_stream(env.container, "blob", stream, max_connections=1)
    return parallel, stream.parts


def empty(env: Environment) -> Any:
    told: list[Any] = []
    env.put(content=b"")
    got = env.block.get_blob_to_bytes(env.container, "blob", progress_callback=_noting(told))
    return got, told


def empty_to_text_stream_and_path(env: Environment) -> Any:
    env.put(content=b"")
    stream, path = io.BytesIO(), env.folder / "out"
    return (
        env.block.get_blob_to_text(env.container, "blob").content,
        env.block.get_blob_to_stream(env.container, "blob", stream).content,
        env.block.get_blob_to_path(env.container, "blob", str(path)).content,
        stream.getvalue(),
        path.read_bytes(),
    )


def empty_with_a_range(env: Environment) -> Any:
    env.put(content=b"")
    return [
        tried(env.block.get_blob_to_bytes, env.container, "blob", start_range=start, end_range=end)
        for start, end in ((0, 5), (0, None), (3, 5))
    ]


def missing(env: Environment) -> Any:
    env.container
    return [
        tried(env.block.get_blob_to_bytes, env.container, "x"),
        tried(env.block.get_blob_to_text, env.container, "x"),
        tried(env.block.get_blob_to_stream, env.container, "x", io.BytesIO()),
        tried(env.block.get_blob_to_bytes, env.other_name, "x"),
    ]


def text_encodings(env: Environment) -> Any:
    told = []
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "ascii"):
        env.put(content="\ufeffgr\u00fc\u00dfe\r\n".encode("utf-8"))
        told.append(tried(lambda e=encoding: env.block.get_blob_to_text(env.container, "blob", e).content))
    return told


def text_that_is_not_utf_8(env: Environment) -> Any:
    return tried(env.block.get_blob_to_text, env.container, env.put(content=b"\xff\xfe\x00bad"))


def text_with_an_unknown_encoding(env: Environment) -> Any:
    return tried(env.block.get_blob_to_text, env.container, env.put(), "no-such-encoding")


def gzip_encoded(env: Environment) -> Any:
    env.put(content=gzip.compress(b"hello " * 100, mtime=0), x_ms_blob_content_encoding="gzip")
    got = env.block.get_blob_to_bytes(env.container, "blob")
    return got.content == b"hello " * 100, got.properties.content_settings, got.properties.content_range


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


def validated(env: Environment) -> Any:
    return env.block.get_blob_to_bytes(env.container, env.put(), validate_content=True)


def validated_in_chunks(env: Environment) -> Any:
    service = _chunked(env)
    got = service.get_blob_to_bytes(env.container, env.put(content=_CONTENT), validate_content=True, max_connections=1)
    return got.content == _CONTENT


def validated_with_a_wrong_md5(env: Environment) -> Any:
    wrong = FINE | {"Content-MD5": "bWQ1", "Content-Range": "bytes 0-2/3", "x-ms-blob-type": "BlockBlob"}
    env.answer(Answer(206, wrong, b"abc"), Answer(206, wrong, b"abc"))
    return tried(env.block.get_blob_to_bytes, "c", "b", validate_content=True)


def validated_without_an_md5(env: Environment) -> Any:
    env.answer(*[Answer(206, FINE | {"Content-Range": "bytes 0-2/3"}, b"abc")] * 2)
    return tried(env.block.get_blob_to_bytes, "c", "b", validate_content=True)


def progress(env: Environment) -> Any:
    told: list[Any] = []
    env.block.get_blob_to_bytes(env.container, env.put(), progress_callback=_noting(told))
    return told


def progress_that_raises(env: Environment) -> Any:
    def fail(current: int, total: int) -> None:
        raise KeyError("no more")

    return tried(env.block.get_blob_to_bytes, env.container, env.put(), progress_callback=fail)


def connections_of_nonsense(env: Environment) -> Any:
    env.put()
    return [tried(env.block.get_blob_to_bytes, env.container, "blob", max_connections=count) for count in (0, -1, None)]


def content_settings_of_a_range(env: Environment) -> Any:
    env.put(x_ms_blob_content_type="text/csv")
    got = env.block.get_blob_to_bytes(env.container, "blob", start_range=0, end_range=3)
    return vars(got.properties.content_settings), got.properties.content_length


def metadata_comes_with_it(env: Environment) -> Any:
    return env.block.get_blob_to_bytes(env.container, env.put(x_ms_meta_hello="world")).metadata


def an_answer_without_a_range(env: Environment) -> Any:
    env.answer(*[Answer(200, FINE | {"x-ms-blob-type": "BlockBlob"}, b"abc")] * 2)
    return tried(env.block.get_blob_to_bytes, "c", "b")


def a_cut_chunk_is_tried_again(env: Environment) -> Any:
    def part(start: int, end: int) -> Answer:
        headers = FINE | {"Content-Range": f"bytes {start}-{end}/6", "x-ms-blob-type": "BlockBlob"}
        return Answer(206, headers, b"abcdef"[start : end + 1])

    env.answer(part(0, 2), CUT, part(3, 5))
    return _chunked(env, 3, 3).get_blob_to_bytes("c", "b", max_connections=1).content


def a_short_body(env: Environment) -> Any:
    short = Answer(206, FINE | {"Content-Range": "bytes 0-9/10", "Content-Length": "10"}, b"abc")
    env.answer(short, CUT, CUT)
    service = env.service(socket_timeout=0.3)
    return type(tried(service.get_blob_to_bytes, "c", "b")).__name__


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
