"""The shapes: what is asked of a child, what it says it did, and the limits of both. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = [
    "BROKER_FD",
    "CONTROL_FD",
    "EXAMPLE_LIMIT",
    "FACTS_LIMIT",
    "FRAME_LIMIT",
    "LOG_FD",
    "NOTE_STREAM",
    "OUTPUTS",
    "PORTS",
    "STAGES",
    "STDERR_STREAM",
    "STDOUT_STREAM",
    "TRACEBACK_LIMIT",
    "VALUES_LIMIT",
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
    "cut_traceback",
]

CONTROL_FD: Final = 3
LOG_FD: Final = 4
BROKER_FD: Final = 5

FRAME_LIMIT: Final = 8 * 1024
"""Bytes of a frame a child may send."""

FACTS_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of facts a child may leave."""

VALUES_LIMIT: Final = 1 << 21
"""Values in them, and names of values, at most: each takes much more memory than its bytes, when they are read."""

PORTS: Final = ("dataset1", "dataset2", "results", "results2")
"""Where tables go in and out."""

STAGES: Final = ("unpack", "decode", "script", "translate", "encode", "child")
"""What a child measures the time of; the last is all of it."""

TRACEBACK_LIMIT: Final = 60_000
"""Characters of a traceback, and of a message: an exception may carry any number."""

OUTPUTS: Final = "outputs"
"""The folder in the working folder where a script leaves files that become artifacts; it is there from the start."""

EXAMPLE_LIMIT: Final = 40
"""Characters of an example in the ledger."""

STDOUT_STREAM: Final = 1
STDERR_STREAM: Final = 2
NOTE_STREAM: Final = 3
"""What blobprep's own part of the child notes; a script shares its process, and can write here too."""

Operation = Literal["run", "head", "table"]
FailureKind = Literal["script", "dataset", "bundle", "lossless", "memory", "disk", "file", "threads", "defect"]


def cut_traceback(text: str) -> str:
    """Return the start and the end of a text that is too long, and say between them how much was cut."""
    if len(text) <= TRACEBACK_LIMIT:
        return text
    half = TRACEBACK_LIMIT // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters cut …\n{text[-half:]}"


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
        debugger: what the script runs under: nothing where empty, `pdb`, or `debugpy:PORT`.
        rows: of `head`.
        artifacts: names asked for: of columns of the results, whose first cell goes to the descriptor `artifacts`, or
            of files, which are no concern of the child's.
        emulator: HOST:PORT of what stands in for the script's accounts over http; None for none.
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
    debugger: str = ""
    emulator: str | None = None
    rows: int = 0
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """Record one change a table underwent: an entry of the ledger.

    Attributes:
        port: `dataset1`, `dataset2`, `results` or `results2`.
        column: its label as the script sees it; empty where the whole table is meant.
        kind: a word: `rename`, `cast`, `type`, `missing`, `index`, `dropped`, `zone`, `text`, `partition`.
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
        kind: who is wrong: the script, a dataset, the bundle, `--lossless`, blobprep, or want of `memory`, of room on
            the `disk`, of bytes that a `file` may have, of `threads`.
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
