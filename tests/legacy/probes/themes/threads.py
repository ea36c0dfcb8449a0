"""Transfers over several connections: what comes of errors, progress, and services that threads share."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.legacy.probes.environment import Environment, tried

_CONTENT = bytes(range(256)) * 4


def _small(env: Environment, kind: str = "block") -> Any:
    env.any_order = True
    service = getattr(env, kind)
    service.MAX_SINGLE_PUT_SIZE = service.MAX_BLOCK_SIZE = 128
    service.MAX_SINGLE_GET_SIZE = service.MAX_CHUNK_GET_SIZE = 128
    service.MAX_PAGE_SIZE = 512
    return service


def _failing(after: int, status: int = 403) -> Any:
    """Make a response callback that makes a failure of each response after the first few."""
    count: list[int] = []
    lock = threading.Lock()

    def change(response: Any) -> None:
        with lock:
            count.append(response.status)
            if len(count) > after:
                response.status = status

    return change


def upload_to_a_missing_container(env: Environment) -> Any:
    service = _small(env)
    failed = tried(service.create_blob_from_bytes, env.other_name, "blob", _CONTENT, max_connections=3)
    env.ends_anyhow = True
    return failed


def upload_of_pages_to_a_missing_blob(env: Environment) -> Any:
    failed = tried(_small(env, "page").create_blob_from_bytes, env.other_name, "blob", _CONTENT, max_connections=3)
    env.ends_anyhow = True
    return failed


def upload_that_fails_in_between(env: Environment) -> Any:
    service = _small(env)
    service.response_callback = _failing(3)
    failed = tried(service.create_blob_from_bytes, env.container, "blob", _CONTENT, max_connections=3)
    env.ends_anyhow = True
    return type(failed).__name__, failed.status_code, env.block.exists(env.container, "blob")


def upload_of_large_blocks_that_fails_in_between(env: Environment) -> Any:
    service = _small(env)
    service.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 1
    service.response_callback = _failing(3)
    stream = io.BytesIO(_CONTENT)
    failed = tried(service.create_blob_from_stream, env.container, "blob", stream, 1024, max_connections=3)
    env.ends_anyhow = True
    return type(failed).__name__, failed.status_code, stream.closed


def upload_validated(env: Environment) -> Any:
    _small(env).create_blob_from_bytes(env.container, "blob", _CONTENT, validate_content=True, max_connections=3)
    return env.read() == _CONTENT


def upload_with_many_connections(env: Environment) -> Any:
    _small(env).create_blob_from_bytes(env.container, "blob", _CONTENT, max_connections=20)
    return env.read() == _CONTENT


def upload_progress(env: Environment) -> Any:
    told: list[Any] = []
    service = _small(env)
    service.create_blob_from_bytes(
        env.container, "blob", _CONTENT, max_connections=4, progress_callback=lambda *p: told.append(p)
    )
    return sorted(told)


def upload_with_a_condition(env: Environment) -> Any:
    service = _small(env)
    return service.create_blob_from_bytes(env.container, "blob", _CONTENT, if_none_match="*", max_connections=3)


def upload_of_pages_with_a_condition(env: Environment) -> Any:
    service = _small(env, "page")
    service.create_blob_from_bytes(env.container, "blob", _CONTENT, if_none_match="*", max_connections=3)
    return env.read() == _CONTENT


def download_of_a_missing_blob(env: Environment) -> Any:
    return tried(_small(env).get_blob_to_bytes, env.container, "blob", max_connections=3)


def download_that_fails_in_between(env: Environment) -> Any:
    env.put(content=b"a" * 1024)
    service = _small(env)
    service.response_callback = _failing(2)
    path = env.folder / "out"
    failed = tried(service.get_blob_to_path, env.container, "blob", str(path), max_connections=3)
    env.ends_anyhow = True
    return failed, path.exists()


def download_validated(env: Environment) -> Any:
    service = _small(env)
    got = service.get_blob_to_bytes(env.container, env.put(content=_CONTENT), validate_content=True, max_connections=3)
    return got.content == _CONTENT


def download_of_a_range(env: Environment) -> Any:
    service = _small(env)
    got = service.get_blob_to_bytes(
        env.container, env.put(content=_CONTENT), start_range=100, end_range=900, max_connections=3
    )
    return got.content == _CONTENT[100:901], got.properties


def download_progress(env: Environment) -> Any:
    told: list[Any] = []
    service = _small(env)
    service.get_blob_to_bytes(
        env.container, env.put(content=_CONTENT), max_connections=4, progress_callback=lambda *p: told.append(p)
    )
    return sorted(told)


def chunks_are_tried_again(env: Environment) -> Any:
    count: list[int] = []
    lock = threading.Lock()

    def change(response: Any) -> None:
        with lock:
            count.append(response.status)
            if len(count) == 4:
                response.status = 500

    service = _small(env)
    service.response_callback = change
    service.create_blob_from_bytes(env.container, "blob", _CONTENT, max_connections=3)
    env.ends_anyhow = True
    return env.read() == _CONTENT, len(count)


def a_service_is_shared_by_threads(env: Environment) -> Any:
    env.any_order = True
    service, container = env.block, env.container

    def work(number: int) -> str:
        service.create_blob_from_text(container, f"blob-{number}", str(number))
        return str(service.get_blob_to_text(container, f"blob-{number}").content)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, range(8)))
