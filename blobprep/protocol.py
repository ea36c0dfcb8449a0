"""What parent and child say to each other: JSON shapes and frames. Pure.

The two processes share six descriptors from the start, numbered the same at every isolation level:

    0   /dev/null
    1   the child's raw standard output      2   its raw standard error
    3   the control socket: one JSON object a line, both ways
    4   the log: records of Python's own streams, in order (see `LogRecord`)
    5   the broker's socket, the way to the network (see `blobprep.dialing`)

The child confines itself, says `confined` and by what measures, imports its libraries, says `prepared` and waits; where
it cannot confine itself, or can still do what it must not, it says `unconfined` and why, and ends. The parent answers
`confined` with one `ask` frame, which carries the descriptors of inputs and outputs in the order of `Ask.descriptors`.
While inputs arrive the parent says `filled`, and the child may say `need`. A limit of time runs from `prepared` on. At
the end the child writes its `Facts` to the descriptor of that name and says `ended`. Frames are claims: the parent
believes no more of them than it can check.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, TypeVar, cast

__all__ = [
    "BLOBPREP_STREAM",
    "BROKER_FD",
    "CONTROL_FD",
    "EXAMPLE_LIMIT",
    "FACTS_LIMIT",
    "FRAME_LIMIT",
    "LOG_FD",
    "OUTPUTS",
    "STDERR_STREAM",
    "STDOUT_STREAM",
    "Ask",
    "AskedDataset",
    "AskedPart",
    "AskedResults",
    "Cell",
    "Facts",
    "Failure",
    "FailureKind",
    "Figure",
    "FrameError",
    "LogRecord",
    "Operation",
    "TableFacts",
    "Translation",
    "decode_ask",
    "decode_facts",
    "decode_frame",
    "encode_ask",
    "encode_facts",
    "encode_frame",
    "pack_record",
    "unpack_records",
]

CONTROL_FD: Final = 3
LOG_FD: Final = 4
BROKER_FD: Final = 5

FRAME_LIMIT: Final = 8 * 1024
"""Bytes of a frame a child may send."""

FACTS_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of facts a child may leave."""

OUTPUTS: Final = "outputs"
"""The folder in the working folder where a script leaves files that become artifacts; it is there from the start."""

EXAMPLE_LIMIT: Final = 40
"""Characters of an example in the ledger."""

STDOUT_STREAM: Final = 1
STDERR_STREAM: Final = 2
BLOBPREP_STREAM: Final = 3

Operation = Literal["run", "head"]
FailureKind = Literal["script", "dataset", "bundle", "lossless", "memory", "disk", "defect"]


class FrameError(ValueError):
    """Say that the other side sent what the protocol does not allow."""


@dataclass(frozen=True, slots=True)
class AskedPart:
    """Say where in the input file one of a dataset's blobs is.

    Attributes:
        reference: printed in messages.
        offset, size: its bytes.
    """

    reference: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class AskedDataset:
    """Describe a connected dataset port.

    Attributes:
        port: `dataset1` or `dataset2`; also the name of its descriptor.
        reference: printed in messages.
        size: bytes of the input file when it is whole.
        format: a name of `blobprep.formats.FORMATS`; empty where the first bytes are to tell.
        options: complete and checked; as given where the format is not known yet.
        found: what told the format, see `blobprep.formats.Found`.
        parts: the blobs of a dataset that is several, in their order, end to end in the input file; else empty.
    """

    port: str
    reference: str
    size: int
    format: str
    options: dict[str, str]
    found: str = "asked"
    parts: tuple[AskedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedResults:
    """Describe the format results are encoded in."""

    format: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """Say what the child is to do.

    Attributes:
        operation: `run` the script, or look at the `head` of dataset1.
        descriptors: names of the descriptors sent along, in their order: `script`, `dataset1`, `dataset2`, `bundle`
            (inputs), `results`, `results2`, `artifacts`, `facts` (outputs).
        folder: absolute path of the working folder.
        script: the script's printed name, shown in tracebacks.
        script_kind: `source` (text of a module) or `function` (pickled by the caller).
        script_size, bundle_size: bytes.
        bundle: the module zip's printed reference.
        rows: of `head`.
        artifacts: names asked for: of columns of the results, whose first cell goes to the descriptor `artifacts`, or
            of files, which are no concern of the child's.
    """

    operation: Operation
    descriptors: tuple[str, ...] = ()
    folder: str = ""
    script: str = ""
    script_kind: Literal["source", "function"] = "source"
    script_size: int = 0
    datasets: tuple[AskedDataset, ...] = ()
    bundle: str = ""
    bundle_size: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    results: AskedResults | None = None
    second_output: bool = False
    lossless: bool = False
    duplicate_suffix: int = 1
    debug: bool = False
    rows: int = 0
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """Record one change a table underwent: an entry of the ledger.

    Attributes:
        port: `dataset1`, `dataset2`, `results` or `results2`.
        column: its label as the script sees it; empty where the whole table is meant.
        kind: a word: `rename`, `cast`, `type`, `missing`, `index`, `dropped`, `zone`, `text`.
        detail: one sentence.
        lossy: whether something cannot be had back from the outcome.
        remedy: the option that changes it; empty where there is none.
        count: values that changed; None where it is not values that did.
        example: one of them as text, of at most `EXAMPLE_LIMIT` printable characters, and never a secret; empty where
            there is none to show.
    """

    port: str
    column: str
    kind: str
    detail: str
    lossy: bool = False
    remedy: str = ""
    count: int | None = None
    example: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Count a table: rows, columns and the columns' labels and types (Arrow's names); and the format it was in."""

    rows: int
    columns: int
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Name an image in the working folder: `saved` by the script, or still `open` when it returned."""

    path: str
    origin: Literal["saved", "open"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Say which bytes of the descriptor `artifacts` are the cell of a results column, asked for by its label."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Say why the child did not do what it was asked.

    Attributes:
        kind: who is wrong: the script, a dataset, the bundle, `--lossless`, want of memory or of disk, or blobprep.
        message: one sentence.
        remedy: one sentence, may be empty.
        traceback: the user's frames and the exception, may be empty.
        port: the port a `dataset` failure is about.
    """

    kind: FailureKind
    message: str
    remedy: str = ""
    traceback: str = ""
    port: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Say what the child did: small facts only, the tables are elsewhere.

    Attributes:
        head: rows of operation `head`, as text; `total` rows are in the dataset, None where that is not known.
    """

    failure: Failure | None = None
    inputs: dict[str, TableFacts] = field(default_factory=dict)
    outputs: dict[str, TableFacts] = field(default_factory=dict)
    translations: tuple[Translation, ...] = ()
    figures: tuple[Figure, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    head: tuple[tuple[str | None, ...], ...] = ()
    total: int | None = None
    artifacts: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class LogRecord:
    """Carry bytes a stream wrote, in the order of writing across streams."""

    stream: int
    data: bytes


_RECORD: Final = struct.Struct("<BI")


def pack_record(stream: int, data: bytes) -> bytes:
    """Return a log record as bytes: stream, length, data."""
    return _RECORD.pack(stream, len(data)) + data


def unpack_records(buffer: bytearray) -> Iterator[LogRecord]:
    """Take the whole records off the front of a buffer; what is not whole stays.

    Raises:
        FrameError: the bytes are no records.
    """
    while len(buffer) >= _RECORD.size:
        stream, length = _RECORD.unpack_from(buffer)
        if stream not in (STDOUT_STREAM, STDERR_STREAM, BLOBPREP_STREAM) or length > 1 << 20:
            raise FrameError("the log channel carries something else than log records")
        end = _RECORD.size + length
        if len(buffer) < end:
            return
        yield LogRecord(stream, bytes(buffer[_RECORD.size : end]))
        del buffer[:end]


def encode_frame(name: str, **values: Any) -> bytes:
    """Return a frame as one line of JSON."""
    return json.dumps({"frame": name, **values}, ensure_ascii=True).encode() + b"\n"


def decode_frame(line: bytes) -> tuple[str, dict[str, Any]]:
    """Read a frame: its name and its values.

    Raises:
        FrameError: it is none.
    """
    try:
        values = json.loads(line)
        return cast(str, values.pop("frame")), values
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise FrameError(f"not a frame: {line[:80]!r}") from error


def encode_ask(ask: Ask) -> bytes:
    """Return the `ask` frame."""
    return encode_frame("ask", **asdict(ask))


def decode_ask(values: dict[str, Any]) -> Ask:
    """Read what an `ask` frame carries."""
    values["datasets"] = tuple(
        AskedDataset(**{**row, "parts": tuple(AskedPart(**part) for part in row["parts"])})
        for row in values["datasets"]
    )
    values["descriptors"] = tuple(values["descriptors"])
    values["artifacts"] = tuple(values["artifacts"])
    if values["results"] is not None:
        values["results"] = AskedResults(**values["results"])
    return Ask(**values)


def encode_facts(facts: Facts) -> bytes:
    """Return facts as JSON."""
    return json.dumps(asdict(facts), ensure_ascii=True, separators=(",", ":")).encode()


def decode_facts(data: bytes) -> Facts:
    """Read and check facts; what a child wrote is not trusted to have any shape.

    Raises:
        FrameError: they are no facts.
    """
    try:
        values = json.loads(data)
        failure = values["failure"]
        return Facts(
            failure=None if failure is None else _checked(Failure, failure),
            inputs={_text(port): _table(row) for port, row in values["inputs"].items()},
            outputs={_text(port): _table(row) for port, row in values["outputs"].items()},
            translations=tuple(_checked(Translation, row) for row in values["translations"]),
            figures=tuple(_checked(Figure, row) for row in values["figures"]),
            environment={_text(key): _text(value) for key, value in values["environment"].items()},
            timings={_text(key): _seconds(value) for key, value in values["timings"].items()},
            head=tuple(tuple(None if cell is None else _text(cell) for cell in row) for row in values["head"]),
            total=None if values["total"] is None else int(values["total"]),
            artifacts=tuple(_checked(Cell, row) for row in values["artifacts"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise FrameError("the child left no valid facts") from error


_T = TypeVar("_T", Failure, Translation, Figure, Cell)
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "origin": frozenset({"saved", "open"}),
    "failure": frozenset({"script", "dataset", "bundle", "lossless", "memory", "disk", "defect"}),
}


def _checked(shape: type[_T], row: Mapping[str, Any]) -> _T:
    """Build a flat shape of text, booleans and counts, refusing anything else."""
    values: dict[str, Any] = {}
    for each in fields(shape):
        value = row[each.name]
        if not _fits(each.name, value):
            raise TypeError(each.name)
        values[each.name] = _text(value) if isinstance(value, str) else value
    if shape is Failure and values["kind"] not in _ALLOWED["failure"]:
        raise TypeError("kind")
    if shape is Figure and values["origin"] not in _ALLOWED["origin"]:
        raise TypeError("origin")
    return shape(**values)


def _fits(name: str, value: object) -> bool:
    match name:
        case "lossy":
            return isinstance(value, bool)
        case "count":
            return value is None or (type(value) is int and 0 <= value < 2**63)
        case "offset" | "size":
            return type(value) is int and value >= 0
        case "example":
            return isinstance(value, str) and len(value) <= EXAMPLE_LIMIT and value.isprintable()
        case _:
            return isinstance(value, str)


def _table(row: Mapping[str, Any]) -> TableFacts:
    rows, columns = row["rows"], row["columns"]
    if type(rows) is not int or type(columns) is not int or rows < 0 or columns < 0:
        raise TypeError("a table's rows and columns are counts")
    return TableFacts(
        rows, columns, tuple(map(_text, row["names"])), tuple(map(_text, row["types"])), _text(row["format"])
    )


def _text(value: object) -> str:
    """Return text that can be written as UTF-8: JSON can carry lone surrogates, which no log and no manifest holds."""
    return str(value).encode("utf-8", "backslashreplace").decode()


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):  # Python's JSON reads NaN, and others do not
        raise TypeError("a timing is a number of seconds")
    return float(value)
