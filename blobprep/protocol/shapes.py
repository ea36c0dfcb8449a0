"""The shapes of the protocol: what a child is asked, what it reports, and the limits of both. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from blobprep.protocol.preparation import Operation

if TYPE_CHECKING:
    from blobprep.protocol.combinations import AskedCombination
    from blobprep.protocol.comparisons import AskedComparison, TableComparison
    from blobprep.protocol.divisions import AskedDivision, Division
    from blobprep.protocol.profiles import AskedProfile, TableProfile

__all__ = [
    "BROKER_FD",
    "CONTROL_FD",
    "EXAMPLE_LIMIT",
    "FACTS_LIMIT",
    "FRAME_LIMIT",
    "LOG_FD",
    "NOTE_STREAM",
    "NO_VALUE",
    "OUTPUTS",
    "PORTS",
    "STAGES",
    "STDERR_STREAM",
    "STDOUT_STREAM",
    "TRACEBACK_LIMIT",
    "VALUES_LIMIT",
    "AskedDataset",
    "AskedPart",
    "AskedResults",
    "Cell",
    "ChildRequest",
    "Facts",
    "Failure",
    "FailureKind",
    "Figure",
    "FrameError",
    "LogRecord",
    "Restored",
    "TableFacts",
    "Translation",
]

CONTROL_FD: Final = 3
LOG_FD: Final = 4
BROKER_FD: Final = 5

FRAME_LIMIT: Final = 8 * 1024
"""Bytes of a frame a child may send."""

FACTS_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of facts a child may leave."""

VALUES_LIMIT: Final = 1 << 21
"""Values in facts, and names of values, at most: once read, each takes much more memory than its bytes."""

PORTS: Final = ("dataset1", "dataset2", "results", "results2")
"""Where tables go in and come out."""

STAGES: Final = ("unpack", "decode", "script", "translate", "encode", "child")
"""Stages whose time a child measures; the last one is the whole request."""

TRACEBACK_LIMIT: Final = 60_000
"""Characters of a traceback, and of a message: an exception may carry any number."""

NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"
"""The name that Hive and Spark give the folder of rows without a value."""

OUTPUTS: Final = "outputs"
"""The folder in the working folder where a script leaves files that become artifacts; it is there from the start."""

EXAMPLE_LIMIT: Final = 40
"""Characters of an example in the ledger."""

STDOUT_STREAM: Final = 1
STDERR_STREAM: Final = 2
NOTE_STREAM: Final = 3
"""Notes of blobprep's own part of the child; a script shares the process and can write here too."""

FailureKind = Literal[
    "script", "dataset", "bundle", "interpreter", "lossless", "memory", "disk", "file", "threads", "defect"
]


class FrameError(ValueError):
    """The other side sent something that the protocol does not allow."""


@dataclass(frozen=True, slots=True)
class AskedPart:
    """The place of one of a dataset's blobs in the input file, in bytes; its reference is printed in messages."""

    reference: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class AskedDataset:
    """A connected dataset port.

    Attributes:
        port: `dataset1` or `dataset2`; also the name of its descriptor.
        reference: printed in messages.
        size: bytes of the input file when it is whole.
        format: a name of `blobprep.formats.FORMATS`; empty where the first bytes decide.
        options: complete and checked; as given where the format is not known yet.
        found: how the format is known, see `blobprep.formats.Found`.
        parts: the blobs of a dataset of several blobs, in their order, end to end in the input file; else empty.
        partition_columns: columns that are added to the table, by label: `int64` or `text`, and the value for each
            blob, `NO_VALUE` for none.
    """

    port: str
    reference: str
    size: int
    format: str
    options: dict[str, str]
    found: str = "asked"
    parts: tuple[AskedPart, ...] = ()
    partition_columns: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedResults:
    """The format that results are encoded in."""

    format: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class ChildRequest:
    """One request to a child: the `request` frame.

    Attributes:
        operation: `run` the script, show the `head` of dataset1, decode it as a `table`, make the `profile` of what the
            run before has kept and of the datasets, `compare` both datasets, draw the image as a `picture`, say what
            the other `interpreter` is, `divide` dataset1 into pieces, or `combine` the datasets of several requests.
        number: 1 for the first request of a session, then one more for each; filled in by the session.
        last: whether the child ends after this request; filled in by the session.
        descriptors: names of the descriptors that come with the frame, in their order: `script`, `dataset1`,
            `dataset2`, `bundle`, `image` (inputs), `results`, `results2`, `artifacts`, `facts` (outputs); filled in by
            the session.
        folder: absolute path of the working folder; filled in by the session.
        script: the script's printed name, shown in tracebacks.
        script_kind: `source` (text of a module) or `function` (pickled by the caller).
        identity: known to be the same as another request's if the script, and all that it can load, are; then a child
            that loaded it before need not load it again. Empty where nothing is to be kept.
        script_size, bundle_size: bytes.
        bundle: the module zip's printed reference.
        debugger: what the script runs under: nothing where empty, `pdb`, or `debugpy:PORT`.
        rows, pixels: of `head`, and the width of a `picture`, at most.
        artifacts: names of columns of the results, whose first cell goes to the descriptor `artifacts`, or of files,
            which the child ignores.
        emulator: HOST:PORT of what stands in for the script's accounts over http; None for none.
        classic: when names that libraries no longer have are restored: `auto`, `on`, `off`.
        keep_results: whether the tables of the results are kept for the next request, which is their `profile`. The
            child goes on after a run that asks for this, and does so after the profile only where it would have.
        profile, comparison: how tables are profiled, and compared, where that is asked for.
        division, combination: how a dataset is divided, and several are combined, where that is asked for.
    """

    operation: Operation
    number: int = 0
    last: bool = True
    descriptors: tuple[str, ...] = ()
    folder: str = ""
    script: str = ""
    script_kind: Literal["source", "function"] = "source"
    script_size: int = 0
    identity: str = ""
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
    pixels: int = 0
    artifacts: tuple[str, ...] = ()
    classic: Literal["auto", "on", "off"] = "off"
    keep_results: bool = False
    profile: AskedProfile | None = None
    comparison: AskedComparison | None = None
    division: AskedDivision | None = None
    combination: AskedCombination | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """A name of a library that the script used and the library no longer has.

    Attributes:
        name: its full name, or that of a function with the arguments that it no longer takes.
        gone: the version of the library without it.
        how: what it does, in one sentence.
        choice: what it decided where then and now differ; empty if there was nothing to decide.
        file, line: where the script used it first.
        count: the number of times.
    """

    name: str
    gone: str
    how: str
    choice: str
    file: str
    line: int
    count: int


@dataclass(frozen=True, slots=True)
class Translation:
    """One change a table underwent: an entry of the ledger.

    Attributes:
        port: `dataset1`, `dataset2`, `results` or `results2`.
        column: its label as the script sees it; empty where the whole table is meant.
        kind: a word: `rename`, `cast`, `type`, `missing`, `index`, `dropped`, `zone`, `text`, `partition`,
            `classic`.
        detail: one sentence.
        lossy: whether something cannot be recovered from the outcome.
        remedy: the option that changes it; empty where there is none.
        count: values that changed; None where the change is not one of values.
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
    """A table's rows and columns, the columns' labels and types (Arrow's names), and the format it was in."""

    rows: int
    columns: int
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """An image in the working folder: `saved` by the script, or still `open` when it returned."""

    path: str
    origin: Literal["saved", "open"]


@dataclass(frozen=True, slots=True)
class Cell:
    """The bytes of the descriptor `artifacts` that are the cell of a results column, asked for by its label."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why the child did not do what it was asked.

    Attributes:
        kind: what is at fault: the script, a dataset, the bundle, the script's interpreter, `--lossless`, blobprep, or
            too little `memory`, room on the `disk`, bytes that a `file` may have, or `threads`.
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
    """What the child reports about a request: small facts only, the tables are elsewhere.

    Attributes:
        head: rows of operation `head`, as text; `total` rows are in the dataset, None where that is not known.
        interpreter: where another one ran the script, its `path` and versions by name: `python`, and its packages.
        profiles: of tables, by port; `comparison` of two; `division` of one.
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
    classic: tuple[Restored, ...] = ()
    interpreter: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, TableProfile] = field(default_factory=dict)
    comparison: TableComparison | None = None
    division: Division | None = None


@dataclass(frozen=True, slots=True)
class LogRecord:
    """Bytes that a stream wrote, in the order of writing across streams."""

    stream: int
    data: bytes
