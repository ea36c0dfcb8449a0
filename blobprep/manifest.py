"""The record of a run: what was asked and what happened, as plain data. Pure.

`manifest.schema.json` in this package describes the JSON it becomes. The record is written first, as the claim of an
output prefix (`status: running`), and last, when everything it lists is in place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final, Literal, get_args

from blobprep.printable import json_text

__all__ = [
    "BATCH_NAME",
    "MANIFEST_NAME",
    "SCHEMA",
    "AccountRecord",
    "AttemptRecord",
    "BatchRecord",
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
BATCH_NAME: Final = "batch.json"
"""The record of a batch, which is made of many runs."""

Status = Literal["running", "succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """The reason why a run did not succeed.

    Attributes:
        code: `0085` for the script, else a word (`lossless`, `dataset`, `bundle`, `interpreter`, `interrupted`, the
            word of a limit's error such as `time` or `memory`, or the name of an error class of `blobprep.errors`).
        message: what happened, for people.
        traceback: the script's frames, may be empty.
        remedy: what to do, may be empty.
    """

    code: str
    message: str
    traceback: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ScriptRecord:
    """The script that ran. `sha256` is of its source."""

    reference: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """The way an account was reached: endpoint, protocol, and the kind of credential, never its value."""

    name: str
    protocol: str
    endpoint: str
    credential: str


@dataclass(frozen=True, slots=True)
class BlobRecord:
    """A blob as it was read. `protocol` is what its bytes travelled over."""

    reference: str
    etag: str
    version_id: str | None
    size: int
    sha256: str
    protocol: str


@dataclass(frozen=True, slots=True)
class InputRecord:
    """The data an input port was given; counts are None if no table was decoded."""

    blobs: tuple[BlobRecord, ...]
    format: str = ""
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """A blob as it was written. `port` is that of its row in `blobprep.outputs.ports.PORTS`.

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
    """The level of isolation that was asked for, the one in force, and what enforced it, in words."""

    asked: str
    enforced: str
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """A script's attempts to reach an endpoint that ended alike.

    Attributes:
        endpoint: HOST:PORT; `others` for all further ones if there were too many to list.
        outcome: `reached`, `refused` by the rules, or `failed` in the network.
        reason: why the first of them did not reach it, one sentence.
        count: number of attempts.
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
    """The endpoints a script was allowed to reach, and what it tried."""

    allowed: tuple[str, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """The process that holds a prefix while a run goes on.

    Attributes:
        host: a mark of machine and process namespace; two processes with the same mark can see each other.
        process: a mark of the process there, so that its crash is seen at once from the same machine.
        planned: the blobs the run is going to write: names below its prefix, or references.
    """

    host: str
    process: str
    planned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """The batch that a run belongs to.

    Attributes:
        record: the reference of the prefix of the batch's own record.
        item: the key of the item in the batch.
        fingerprint: of all that the item's results depend on.
    """

    record: str
    item: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of one run; docs/reference/manifest.md lists its fields."""

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
    classic: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    interpreter: Mapping[str, str] = field(default_factory=dict)
    error: ErrorRecord | None = None
    ended: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    batch: BatchRecord | None = None
    schema: str = SCHEMA

    def encode(self) -> bytes:
        """Return the JSON, indented for people, ended by a newline."""
        values = {"schema": self.schema} | {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json_text(values).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            ValueError: it is not a manifest, or its schema is unknown to this version.
        """
        try:
            values = json.loads(data, parse_float=_finite, parse_constant=_finite)
            if values["schema"] != SCHEMA:
                raise ValueError(f"its schema is {values['schema']!r}")
            manifest = cls(**_revive(values))
            _require_types(manifest)
            manifest.encode()  # refuses text that no file can hold
            return manifest
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("it is not a manifest of blobprep") from error


def _finite(text: str) -> float:
    """Read a number of a manifest; infinite ones are no JSON, and no page can show them."""
    number = float(text)
    if not math.isfinite(number):
        raise TypeError(text)
    return number


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
    "IsolationRecord": (IsolationRecord,),
    "NetworkRecord": (NetworkRecord,),
}
"""The types of a field's values, by its annotation; the other fields hold records, which are checked one by one."""

_ITEMS: Final[Mapping[str, tuple[type, ...]]] = {
    "Mapping[str, str]": (str,),
    "Mapping[str, float]": (int, float),
    "tuple[str, ...]": (str,),
    "tuple[Mapping[str, Any], ...]": (dict,),
}
"""The types of what a field's value holds, likewise."""

_MOST: Final = 2**63
_LONGEST: Final = 1e12  # seconds of a stage


def _require_types(record: Any) -> None:
    """Check the types of a record's values: anyone who may write below the prefix may have written it.

    Raises:
        TypeError: a field holds a value of another type.
    """
    for slot in fields(record):
        value = getattr(record, slot.name)
        types = _TYPES.get(str(slot.type))
        if types is not None and type(value) not in types:
            raise TypeError(slot.name)
        if type(value) is int and abs(value) >= _MOST:
            raise TypeError(slot.name)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for item in inner:
            if is_dataclass(item):
                _require_types(item)
            elif type(item) not in _ITEMS.get(str(slot.type), (type(item),)):
                raise TypeError(slot.name)
    if isinstance(record, Manifest) and record.status not in get_args(Status):
        raise TypeError("status")
    if isinstance(record, Manifest) and any(abs(seconds) > _LONGEST for seconds in record.timings.values()):
        raise TypeError("timings")


def _revive(values: dict[str, Any]) -> dict[str, Any]:
    shapes: dict[str, Any] = {
        "isolation": lambda **row: IsolationRecord(**{**row, "measures": tuple(row.get("measures", ()))}),
        "network": _network,
        "claim": lambda **row: ClaimRecord(**{**row, "planned": tuple(row["planned"])}),
        "script": ScriptRecord,
        "error": ErrorRecord,
        "batch": BatchRecord,
    }
    for name, shape in shapes.items():
        if values.get(name) is not None:
            values[name] = shape(**values[name])
    values["outputs"] = tuple(OutputRecord(**row) for row in values["outputs"])
    values["accounts"] = tuple(AccountRecord(**row) for row in values.get("accounts", ()))
    values["translations"] = tuple(values["translations"])
    values["classic"] = tuple(values.get("classic", ()))
    values["inputs"] = {
        port: InputRecord(**{**row, "blobs": tuple(BlobRecord(**blob) for blob in row["blobs"])})
        for port, row in values["inputs"].items()
    }
    return values
