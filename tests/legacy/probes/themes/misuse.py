"""Every public method, with None for each parameter in turn that it requires or that must not be None."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from azure.storage.blob import BlobBlock, BlockBlobService, ContentSettings

from tests.legacy.probes.answers import answer_to
from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.inventory import KINDS, METHODS
from tests.legacy.probes.samples import arguments

__all__ = ["TABLE"]


def _probe(kind: str, method: str) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        service = env.service(KINDS[kind])
        taken = inspect.signature(getattr(service, method)).parameters
        outcomes = {}
        for name, parameter in taken.items():
            if parameter.default is None:
                continue
            values = arguments(kind, method, env.folder)
            chosen = {other: values[other] for other, p in taken.items() if p.default is p.empty} | {name: None}
            env.answer(*[answer_to(method)] * 2)
            outcomes[name] = tried(getattr(service, method), **chosen)
            outcomes[f"{name}: sent"] = len(env.requests())
        return outcomes

    return probe


def blob_of_another_type(env: Environment) -> Any:
    values = ("text", bytearray(b"x"), 42, ["x"], memoryview(b"x"))
    return [tried(env.block.create_blob_from_bytes, "c", "b", value) for value in values]


def index_and_count_out_of_bounds(env: Environment) -> Any:
    cases = [(-1, None), (2, -1), (5, 1), (0, 99), (99, None), (2, 0)]
    told = []
    for index, count in cases:
        env.answer_ok()
        told.append(tried(env.block.create_blob_from_bytes, "c", "b", b"abc", index, count))
    return told


def text_of_another_type(env: Environment) -> Any:
    told = []
    for value in (b"bytes", 42, ["x"], bytearray(b"x")):
        env.answer_ok()
        told.append(tried(env.block.create_blob_from_text, "c", "b", value))
    return told


def text_with_an_unknown_encoding(env: Environment) -> Any:
    return [
        tried(env.block.create_blob_from_text, "c", "b", "x", "no-such"),
        tried(env.block.create_blob_from_text, "c", "b", "é", "ascii"),
        tried(env.block.create_blob_from_text, "c", "b", "é", None),
    ]


def block_list_with_a_block_without_an_id(env: Environment) -> Any:
    return tried(env.block.put_block_list, "c", "b", [BlobBlock()])


def block_list_of_strings(env: Environment) -> Any:
    return tried(env.block.put_block_list, "c", "b", ["one", "two"])


def path_that_is_missing(env: Environment) -> Any:
    return tried(env.block.create_blob_from_path, "c", "b", str(env.folder / "missing"))


def path_that_is_a_folder(env: Environment) -> Any:
    return tried(env.block.create_blob_from_path, "c", "b", str(env.folder))


def stream_without_read(env: Environment) -> Any:
    return [tried(env.block.create_blob_from_stream, "c", "b", value) for value in (b"bytes", "text", 42)]


def stream_for_reading_without_write(env: Environment) -> Any:
    env.put()
    return [tried(env.block.get_blob_to_stream, env.container, "blob", value) for value in (b"bytes", None, 42)]


def metadata_of_another_type(env: Environment) -> Any:
    told = []
    for value in ("text", ["a"], {"a": 1}, {"a": None}, {"a": b"b"}, {1: "a"}):
        env.answer_ok()
        told.append(tried(env.block.set_blob_metadata, "c", "b", value))
    return told


def content_settings_of_another_type(env: Environment) -> Any:
    return [tried(env.block.set_blob_properties, "c", "b", value) for value in ("text/plain", {"content_type": "a"})]


def conditions_of_another_type(env: Environment) -> Any:
    told = []
    for value in ("2011-01-01", 42, __import__("datetime").date(2011, 1, 2)):
        env.answer_ok()
        told.append(tried(env.block.delete_blob, "c", "b", if_modified_since=value))
    return told


def etags_of_another_type(env: Environment) -> Any:
    told = []
    for value in (42, b'"x"', "unquoted", "*"):
        env.answer_ok()
        told.append(tried(env.block.delete_blob, "c", "b", if_match=value))
    return told


def unknown_keyword(env: Environment) -> Any:
    return type(tried(env.block.delete_blob, "c", "b", nonsense=1)).__name__


def names_with_everything_in_them(env: Environment) -> Any:
    names = [
        "a b",
        "a+b",
        "a%20b",
        "ä/ö",
        "a?b",
        "a#b",
        "a//b",
        "/a",
        "a/",
        ".",
        "a/../b",
        "a&b=c",
        "a\\b",
        "~a",
        "a:b@c",
    ]
    told = []
    for name in names:
        env.answer_ok()
        told.append(tried(env.block.delete_blob, "c", name))
    return told


def names_of_other_types(env: Environment) -> Any:
    told = []
    for name in (42, b"bytes", True, ""):
        env.answer_ok()
        told.append(tried(env.block.delete_blob, "c", name))
    return told


def constructor(env: Environment) -> Any:
    return [
        tried(BlockBlobService),
        tried(BlockBlobService, account_key="a2V5"),
        tried(BlockBlobService, ""),
        tried(BlockBlobService, "a", protocol=None),
        tried(BlockBlobService, "a", "a2V5", token_credential=object(), protocol="http"),
        tried(BlockBlobService, connection_string="nonsense"),
        tried(BlockBlobService, connection_string="AccountKey=a2V5"),
        tried(BlockBlobService, connection_string=";;"),
        tried(BlockBlobService, connection_string="AccountName=a;nonsense;AccountKey=b"),
        tried(BlockBlobService, custom_domain="http://x.example"),
    ]


def content_settings_need_keywords_that_exist(env: Environment) -> Any:
    return tried(ContentSettings, nonsense=1)


TABLE = {f"{kind}.{method}": _probe(kind, method) for kind, methods in METHODS.items() for method in methods}
