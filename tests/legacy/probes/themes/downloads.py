"""Downloads: to paths, streams, bytes and text; progress, MD5."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import CUT, Answer

_CONTENT = bytes(range(256)) * 4
# b"hello " * 100; as bytes, since what gzip makes of it depends on Python, and its sum is in the record.
_COMPRESSED = (
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcbH\xcd\xc9\xc9W\xc8\x18%GI\xaa\x92\x00\xf31\xa2\rX\x02\x00\x00"
)


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
    env.put(content=_COMPRESSED, x_ms_blob_content_encoding="gzip")
    got = env.block.get_blob_to_bytes(env.container, "blob")
    return got.content == b"hello " * 100, got.properties.content_settings, got.properties.content_range


def validated(env: Environment) -> Any:
    return env.block.get_blob_to_bytes(env.container, env.put(), validate_content=True)


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


def a_short_body(env: Environment) -> Any:
    short = Answer(206, FINE | {"Content-Range": "bytes 0-9/10", "Content-Length": "10"}, b"abc")
    env.answer(short, CUT, CUT)
    service = env.service(socket_timeout=0.3)
    return type(tried(service.get_blob_to_bytes, "c", "b")).__name__
