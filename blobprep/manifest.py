"""The record of a run: what was asked and what happened, as plain data. Pure.

The JSON it becomes is described by `manifest.schema.json` in this package. The record is written first, as the claim of
an output prefix (`status: running`), and last, when everything it lists is in place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Final, Literal, get_args

from blobprep.printable import json_text

__all__ = [
    "MANIFEST_NAME",
    "SCHEMA",
    "AccountRecord",
    "AttemptRecord",
    "BlobRecord",
    "ClaimRecord",
    "ErrorRecord",
    "InputRecord",
    "IsolationRecord",
    "Manifest",
    "NetworkRecord",
    "OutputRecord",
    "ScriptRecord",
    "Status",
]

SCHEMA: Final = "blobprep/manifest/1"
MANIFEST_NAME: Final = "manifest.json"

Status = Literal["running", "succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """Say why a run did not succeed.

    Attributes:
        code: `0085` for the script, else a word (`lossless`, `dataset`, `bundle`, `interrupted`, the word of a limit's
            error such as `time` or `memory`, or the name of an error class of `blobprep.errors`).
        message: what is shown to a person.
        traceback: the user's frames, may be empty.
        remedy: what to do, may be empty.
    """

    code: str
    message: str
    traceback: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ScriptRecord:
    """Name the script that ran. `sha256` is of its bytes."""

    reference: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """Record how an account was reached: where, over what, and with what kind of credential, never its value."""

    name: str
    protocol: str
    endpoint: str
    credential: str


@dataclass(frozen=True, slots=True)
class BlobRecord:
    """Record a blob as it was read. `protocol` is what it travelled over."""

    reference: str
    etag: str
    version_id: str | None
    size: int
    sha256: str
    protocol: str


@dataclass(frozen=True, slots=True)
class InputRecord:
    """Record what a port was fed with; counts are None where nothing was decoded."""

    blobs: tuple[BlobRecord, ...]
    format: str = ""
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """Record a blob as it was written. `port` is `results`, `results2`, `device`, `artifact` or `script`.

    `origin` is `saved` or `open` for figures, else None.
    """

    port: str
    name: str
    reference: str
    etag: str
    size: int
    sha256: str
    rows: int | None = None
    columns: int | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class IsolationRecord:
    """Record the level that was asked for, the one that held, and by what it did, in words."""

    asked: str
    enforced: str
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """Count a script's attempts to reach an endpoint that ended alike.

    Attributes:
        endpoint: HOST:PORT; `others` for what came when there were too many to tell apart.
        outcome: `reached`; `refused` by the rules; `failed`, where the network did.
        reason: of the first that did not reach it, one sentence.
        count: of the attempts.
        sent, received: bytes, as the script sees it.
    """

    endpoint: str
    outcome: str
    reason: str
    count: int
    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """Record which endpoints a script was allowed to reach, and what it tried."""

    allowed: tuple[str, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """Say who holds the prefix while a run goes on.

    Attributes:
        host: marks machine and process namespace; two processes with the same mark can see each other.
        process: marks the process on it, so that a crash is seen at once from there.
        planned: the blobs the run means to write, relative to its prefix.
    """

    host: str
    process: str
    planned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Record one run; its fields are listed in docs/reference/manifest.md."""

    run_id: str
    status: Status
    started: str
    request: Mapping[str, Any]
    parameters: Mapping[str, str]
    isolation: IsolationRecord
    network: NetworkRecord = NetworkRecord()
    claim: ClaimRecord | None = None
    accounts: tuple[AccountRecord, ...] = ()
    script: ScriptRecord | None = None
    inputs: Mapping[str, InputRecord] = field(default_factory=dict)
    outputs: tuple[OutputRecord, ...] = ()
    translations: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    error: ErrorRecord | None = None
    ended: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    schema: str = SCHEMA

    def encode(self) -> bytes:
        """Return the JSON, indented for people, ended by a newline."""
        values = asdict(self)
        values = {"schema": values.pop("schema"), **values}
        return json_text(values).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            ValueError: it is not one, or of a schema this version does not know.
        """
        try:
            values = json.loads(data)
            if values["schema"] != SCHEMA:
                raise ValueError(f"its schema is {values['schema']!r}")
            manifest = cls(**_revive(values))
            _require_types(manifest)
            manifest.encode()  # refuses text that no file can hold
            return manifest
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("it is no manifest of blobprep") from error


def _network(allowed: list[str], attempts: list[dict[str, Any]]) -> NetworkRecord:
    return NetworkRecord(tuple(allowed), tuple(AttemptRecord(**row) for row in attempts))


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "int | None": (int, type(None)),
    "Mapping[str, Any]": (dict,),
    "Mapping[str, str]": (dict,),
    "Mapping[str, float]": (dict,),
}
"""Of fields, as they are annotated; the others hold records, which are looked into."""


def _require_types(record: Any) -> None:
    """Look through a record: whoever may write below a prefix may have written this.

    Raises:
        TypeError: a field holds something else than it should.
    """
    for each in fields(record):
        value = getattr(record, each.name)
        kinds = _TYPES.get(str(each.type))
        if kinds is not None and (type(value) not in kinds):
            raise TypeError(each.name)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for item in inner:
            if is_dataclass(item):
                _require_types(item)
            elif each.type == "tuple[str, ...]" and not isinstance(item, str):
                raise TypeError(each.name)
    if isinstance(record, Manifest) and record.status not in get_args(Status):
        raise TypeError("status")


def _revive(values: dict[str, Any]) -> dict[str, Any]:
    shapes: dict[str, Any] = {
        "isolation": lambda **row: IsolationRecord(**{**row, "measures": tuple(row.get("measures", ()))}),
        "network": _network,
        "claim": lambda **row: ClaimRecord(**{**row, "planned": tuple(row["planned"])}),
        "script": ScriptRecord,
        "error": ErrorRecord,
    }
    for name, shape in shapes.items():
        if values.get(name) is not None:
            values[name] = shape(**values[name])
    values["outputs"] = tuple(OutputRecord(**row) for row in values["outputs"])
    values["accounts"] = tuple(AccountRecord(**row) for row in values.get("accounts", ()))
    values["translations"] = tuple(values["translations"])
    values["inputs"] = {
        port: InputRecord(**{**row, "blobs": tuple(BlobRecord(**blob) for blob in row["blobs"])})
        for port, row in values["inputs"].items()
    }
    return values
