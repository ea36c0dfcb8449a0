"""Operations under conditions: dates and ETags, met and not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from azure.storage.blob import BlobBlock, ContentSettings

from tests.legacy.probes.environment import Environment, tried

__all__ = ["TABLE"]

_PAST, _FUTURE = datetime(2011, 1, 1), datetime(2040, 1, 1)

_OPERATIONS: dict[str, Callable[[Environment, dict[str, Any]], Any]] = {
    "create from text": lambda env, conditions: env.block.create_blob_from_text(
        env.container, "blob", "new", **conditions
    ),
    "put block list": lambda env, conditions: env.block.put_block_list(
        env.container, "blob", [BlobBlock("x")], **conditions
    ),
    "get to bytes": lambda env, conditions: env.block.get_blob_to_bytes(env.container, "blob", **conditions).content,
    "get properties": lambda env, conditions: env.block.get_blob_properties(env.container, "blob", **conditions),
    "set properties": lambda env, conditions: env.block.set_blob_properties(
        env.container, "blob", ContentSettings("a/b"), **conditions
    ),
    "get metadata": lambda env, conditions: env.block.get_blob_metadata(env.container, "blob", **conditions),
    "set metadata": lambda env, conditions: env.block.set_blob_metadata(
        env.container, "blob", {"a": "b"}, **conditions
    ),
    "acquire lease": lambda env, conditions: env.block.acquire_blob_lease(
        env.container, "blob", proposed_lease_id="00000000-1111-1111-1111-111111111111", **conditions
    ),
    "snapshot": lambda env, conditions: env.block.snapshot_blob(env.container, "blob", **conditions),
    "delete": lambda env, conditions: env.block.delete_blob(env.container, "blob", **conditions),
}


def _probe(operation: Callable[[Environment, dict[str, Any]], Any]) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        env.put()
        env.block.put_block(env.container, "blob", b"x", "x")
        etag = env.block.get_blob_properties(env.container, "blob").properties.etag
        failing: list[dict[str, Any]] = [
            {"if_modified_since": _FUTURE},
            {"if_unmodified_since": _PAST},
            {"if_match": '"0x000"'},
            {"if_none_match": etag},
        ]
        met = {"if_modified_since": _PAST, "if_unmodified_since": _FUTURE, "if_match": etag, "if_none_match": '"0x0"'}
        return [tried(operation, env, conditions) for conditions in [*failing, met]]

    return probe


def create_only_if_new(env: Environment) -> Any:
    first = tried(env.block.create_blob_from_text, env.container, "new", "a", if_none_match="*")
    return first, tried(env.block.create_blob_from_text, env.container, "new", "b", if_none_match="*")


def dates_are_taken_for_utc_or_converted(env: Environment) -> Any:
    west = timezone(-timedelta(hours=5))
    for moment in (
        datetime(2011, 1, 1, 12, 30, 15, 999999),
        datetime(2011, 1, 1, 12, 30, tzinfo=UTC),
        datetime(2011, 1, 1, 12, 30, tzinfo=west),
    ):
        env.answer_ok()
        env.block.delete_blob("c", "b", if_modified_since=moment)


def copy_with_source_conditions(env: Environment) -> Any:
    env.put()
    return [
        tried(env.block.copy_blob, env.container, "copy", env.url(), **conditions)
        for conditions in (
            {"source_if_modified_since": _PAST},
            {"source_if_modified_since": datetime(2011, 1, 1, tzinfo=UTC)},
            {"source_if_match": '"0x0"'},
            {"source_if_none_match": '"0x0"'},
        )
    ]


def copy_with_destination_conditions(env: Environment) -> Any:
    env.put()
    env.put("copy", b"before")
    return [
        tried(env.block.copy_blob, env.container, "copy", env.url(), **conditions)
        for conditions in (
            {"destination_if_modified_since": _FUTURE},
            {"destination_if_unmodified_since": _PAST},
            {"destination_if_match": '"0x0"'},
            {"destination_if_none_match": "*"},
            {"destination_if_modified_since": _PAST},
        )
    ]


def append_conditions(env: Environment) -> Any:
    env.append.create_blob(env.container, "a")
    return [
        tried(env.append.append_block, env.container, "a", b"hello", **conditions)
        for conditions in (
            {"appendpos_condition": 0},
            {"appendpos_condition": 0},
            {"maxsize_condition": 10},
            {"maxsize_condition": 12},
            {"if_match": '"0x0"'},
        )
    ]


def sequence_number_conditions(env: Environment) -> Any:
    env.page.create_blob(env.container, "p", 1024, sequence_number=10)
    page = b"x" * 512
    return [
        tried(env.page.update_page, env.container, "p", page, 0, 511, **{f"if_sequence_number_{name}": number})
        for name, number in (("lte", 9), ("lte", 10), ("lt", 10), ("lt", 11), ("eq", 9), ("eq", 10))
    ]


TABLE = {name: _probe(operation) for name, operation in _OPERATIONS.items()}
