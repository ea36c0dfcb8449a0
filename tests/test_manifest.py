"""The record of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.manifest import (
    AccountRecord,
    AttemptRecord,
    BatchRecord,
    BlobRecord,
    ClaimRecord,
    ErrorRecord,
    InputRecord,
    IsolationRecord,
    Manifest,
    NetworkRecord,
    OutputRecord,
    ScriptRecord,
)
from blobprep.outputs.claim_kind import named_in
from tests.generating import json_values, spoiled

SCHEMA = json.loads((files("blobprep") / "manifest.schema.json").read_text())

FULL = Manifest(
    run_id="20240530T180700Z-1f2e3d4c",
    status="failed",
    started="2024-05-30T18:07:00.000Z",
    request={"script": "prep.py", "overwrite": False},
    parameters={"year": "2024"},
    isolation=IsolationRecord("strict", "strict", ("landlock ABI 7", "seccomp")),
    network=NetworkRecord(
        ("contoso.blob.core.windows.net:443",),
        (AttemptRecord("example.com:443", "refused", "a script may not reach example.com:443; …", 2, 0, 0),),
    ),
    claim=ClaimRecord("host/boot/pid", "12:345", ("results.parquet", "log.txt")),
    accounts=(AccountRecord("contoso", "https", "https://contoso.blob.core.windows.net", "account key"),),
    script=ScriptRecord("prep.py", "ab" * 32),
    inputs={"dataset1": InputRecord((BlobRecord("az://raw/a.csv", "0x8", None, 12, "cd" * 32, "https"),), "csv", 3, 2)},
    outputs=(OutputRecord("device", "figures/a.png", "az://out/a.png", "0x9", 7, "ef" * 32, origin="open"),),
    translations=({"port": "results", "column": "a", "kind": "rename", "detail": "…", "lossy": False, "remedy": ""},),
    environment={"python": "3.11.7"},
    error=ErrorRecord("0085", "Error 0085: …", "Traceback …"),
    ended="2024-05-30T18:07:02.000Z",
    timings={"resolve": 0.01},
    batch=BatchRecord("az://contoso@out/_batch/", "az://contoso@raw/a.csv", "12" * 32),
)


def test_manifest_reads_back_as_it_was_written() -> None:
    assert Manifest.decode(FULL.encode()) == FULL


@pytest.mark.parametrize(
    "manifest",
    [FULL, replace(FULL, status="running", error=None, ended=None, outputs=(), script=None, claim=None)],
)
def test_manifest_keeps_to_its_schema(manifest: Manifest) -> None:
    jsonschema.validate(json.loads(manifest.encode()), SCHEMA)


def test_every_field_of_the_schema_is_described() -> None:
    assert [name for name, described in _described(SCHEMA, "") if not described] == []


def _described(schema: Any, name: str) -> Iterator[tuple[str, bool]]:
    if isinstance(schema, dict):
        for key, field in schema.get("properties", {}).items():
            yield f"{name}.{key}", bool(field.get("description"))
        for key, part in schema.items():
            yield from _described(part, f"{name}.{key}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _described(part, name)


def test_schema_knows_every_field_and_no_other() -> None:
    assert set(SCHEMA["properties"]) == set(json.loads(FULL.encode()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(FULL.encode()), "extra": 1}, SCHEMA)


def test_a_manifest_of_before_accounts_and_network_were_recorded_is_read() -> None:
    values = json.loads(FULL.encode())
    del values["accounts"], values["network"]

    assert Manifest.decode(json.dumps(values).encode()) == replace(FULL, accounts=(), network=NetworkRecord())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"schema": "blobprep/manifest/99"}', b'{"schema": "blobprep/manifest/1"}', b"\xff"]
)
def test_what_is_no_manifest_is_refused_as_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own errors are value errors too
        Manifest.decode(data)


@given(spoiled(json.loads(FULL.encode())))
def test_a_manifest_somebody_spoiled_is_refused_or_as_good_as_ours(values: object) -> None:
    try:
        read = Manifest.decode(json.dumps(values).encode())
    except ValueError:
        return
    assert all(isinstance(name, str) for name in named_in(read))
    assert read.status in ("running", "succeeded", "failed", "interrupted")
    read.encode()


@given(st.binary(max_size=100) | json_values.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        Manifest.decode(data)


@pytest.mark.parametrize(
    "values",
    [
        {"isolation": None},
        {"network": None},
        {"timings": {"resolve": "long"}},
        {"timings": {"resolve": float("nan")}},
        {"timings": {"resolve": float("inf")}},
        {"timings": {"resolve": 1e308}},
        {"timings": {"resolve": 10**400}},
        {"translations": [{"count": float("nan")}]},
        {"outputs": [{**json.loads(FULL.encode())["outputs"][0], "size": 10**400}]},
        {"environment": {"python": 3}},
        {"parameters": {"x": []}},
        {"translations": ["text"]},
        {"classic": [None]},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_manifest_whose_parts_hold_something_else_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a manifest"):
        Manifest.decode(json.dumps({**json.loads(FULL.encode()), **values}).encode())


def test_a_number_that_is_too_large_to_be_one_is_refused() -> None:
    data = FULL.encode().replace(b'"timings": {', b'"timings": {"resolve_again": 1e999, ')
    assert b"1e999" in data
    with pytest.raises(ValueError, match="not a manifest"):
        Manifest.decode(data)


def test_a_manifest_without_a_bottom_is_refused() -> None:
    with pytest.raises(ValueError, match="not a manifest"):
        Manifest.decode(b"[" * 100_000)
