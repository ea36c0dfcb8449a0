"""Blocks and lists of blocks."""

from __future__ import annotations

import io
from typing import Any

from azure.storage.blob import BlobBlock, BlockListType, ContentSettings
from azure.storage.blob.models import BlobBlockState

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def _put(env: Environment, *ids: str) -> str:
    for name in ids:
        env.block.put_block(env.container, "blob", name.encode(), name)
    return env.container


def put_block(env: Environment) -> Any:
    return env.block.put_block(env.container, "blob", b"AAA", "1")


def put_block_validated(env: Environment) -> Any:
    return env.block.put_block(env.container, "blob", b"AAA", "1", validate_content=True)


def put_block_of_text(env: Environment) -> Any:
    return tried(env.block.put_block, env.container, "blob", "text", "1")


def put_block_of_a_stream(env: Environment) -> Any:
    return tried(env.block.put_block, env.container, "blob", io.BytesIO(b"AAA"), "1")


def put_block_of_nothing(env: Environment) -> Any:
    return tried(env.block.put_block, env.container, "blob", b"", "1")


def put_block_with_other_ids(env: Environment) -> Any:
    told = []
    for name in ("é/+ ", b"bytes", 42, "", "x" * 64):
        env.answer_ok()
        told.append(tried(env.block.put_block, "c", "b", b"x", name))
    return told


def put_block_in_a_missing_container(env: Environment) -> Any:
    return tried(env.block.put_block, env.other_name, "blob", b"x", "1")


def put_block_list(env: Environment) -> Any:
    container = _put(env, "1", "2", "3")
    made = env.block.put_block_list(container, "blob", [BlobBlock("3"), BlobBlock("1")])
    return made, env.read()


def put_block_list_with_everything(env: Environment) -> Any:
    made = env.block.put_block_list(
        _put(env, "1"),
        "blob",
        [BlobBlock("1", BlobBlockState.Uncommitted)],
        ContentSettings("a/b", content_md5="bWQ1"),
        {"a": "b"},
        True,
        standard_blob_tier="Cool",
    )
    return made, env.block.get_blob_properties(env.container, "blob")


def put_block_list_validated(env: Environment) -> Any:
    return env.block.put_block_list(_put(env, "1"), "blob", [BlobBlock("1")], validate_content=True)


def put_block_list_empty(env: Environment) -> Any:
    return env.block.put_block_list(env.container, "blob", []), env.read()


def put_block_list_unknown(env: Environment) -> Any:
    return tried(env.block.put_block_list, _put(env, "1"), "blob", [BlobBlock("9")])


def put_block_list_of_states(env: Environment) -> Any:
    container = _put(env, "1")
    env.block.put_block_list(container, "blob", [BlobBlock("1")])
    _put(env, "2")
    blocks = [BlobBlock("1", BlobBlockState.Committed), BlobBlock("2", BlobBlockState.Uncommitted)]
    return env.block.put_block_list(container, "blob", blocks), env.read()


def put_block_list_of_what_was_listed(env: Environment) -> Any:
    container = _put(env, "1", "2")
    listed = env.block.get_block_list(container, "blob", block_list_type="uncommitted").uncommitted_blocks
    return env.block.put_block_list(container, "blob", listed), env.read()


def put_block_list_with_ids_to_escape(env: Environment) -> Any:
    env.answer_ok()
    return env.block.put_block_list("c", "b", [BlobBlock("<&>"), BlobBlock("é")])


def get_block_list(env: Environment) -> Any:
    container = _put(env, "1", "2")
    env.block.put_block_list(container, "blob", [BlobBlock("1"), BlobBlock("2")])
    _put(env, "3")
    return [
        env.block.get_block_list(container, "blob", block_list_type=which)
        for which in (None, BlockListType.Committed, BlockListType.Uncommitted, BlockListType.All, "all")
    ]


def get_block_list_of_a_blob_without(env: Environment) -> Any:
    return env.block.get_block_list(env.container, env.put(), block_list_type="all")


def get_block_list_missing(env: Environment) -> Any:
    return tried(env.block.get_block_list, env.container, "x")


def get_block_list_of_a_snapshot(env: Environment) -> Any:
    env.block.put_block_list(_put(env, "1"), "blob", [BlobBlock("1")])
    taken = env.block.snapshot_blob(env.container, "blob")
    env.put()
    return env.block.get_block_list(env.container, "blob", taken.snapshot).committed_blocks


def get_block_list_of_an_empty_answer(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<BlockList/>"))
    return env.block.get_block_list("c", "b")


def put_block_from_url(env: Environment) -> Any:
    source = env.block.make_blob_url(env.container, env.put(content=b"hello world"))
    return tried(env.block.put_block_from_url, env.container, "copy", source, "1", 0, 4)


def put_block_from_url_old_positions(env: Environment) -> Any:
    env.answer_ok()
    return tried(env.block.put_block_from_url, "c", "b", "http://x.example/b", 0, 4, "1")


def put_block_from_url_ranges(env: Environment) -> Any:
    told = []
    for start, end in ((None, None), (5, None), (None, 5), (5, 9)):
        env.answer_ok()
        told.append(tried(env.block.put_block_from_url, "c", "b", "http://x.example/b", "1", start, end))
    return told
