"""What a service is, and what goes in and out of one request. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from blobprep.manifest import ErrorRecord

__all__ = ["Cell", "Column", "Score", "Scorer", "ServiceDefinition", "ServiceInput", "ServiceTable"]

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a service's input or output.

    Attributes:
        name: its label.
        type: the classic name, as clients see it in `ColumnTypes`: `String`, `Double`, `Int32`, `Int64`, `Boolean`,
            `DateTime`, `TimeSpan`, ….
        nullable: whether a cell may be missing.
        categories: the only texts that it may have; empty for any.
    """

    name: str
    type: str
    nullable: bool = True
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """A table of one request or response.

    Attributes:
        names: of its columns.
        types: their classic names; an empty text where a request does not tell.
        rows: cells in the order of `names`, None where a value is missing. In a request of the column's type: a
            number, a truth value, or a text (a `DateTime` in ISO 8601, a `TimeSpan` as .NET spells it), and as JSON
            had it where the type is not known. In a response texts in the classic spelling.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ServiceInput:
    """An input of a service: fed by the request into a port of the script.

    Attributes:
        name: as clients call it: `input1`.
        port: `dataset1` or `dataset2`.
        columns: its schema; empty where it is not known yet.
        sample: a few rows for the documents.
    """

    name: str
    port: str
    columns: tuple[Column, ...] = ()
    sample: ServiceTable | None = None


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A script as a service.

    Attributes:
        name: under which it is served.
        workspace, endpoint: 32 hexadecimal digits each, which clients have in their address.
        options: of every run, by the names of `RunOptions`: script, bundle, dataset2, isolation, ….
        inputs: fed by requests.
        outputs: columns of each output that is a table, by its name: `output1`; none where they are not known yet.
        device: the name of the output with the log and figures; empty for none.
        parameters: what `GlobalParameters` may set, and the defaults; None for one that is required.
        seconds: that a request may take.
        rows, bytes: that a request may have.
        concurrency: requests that are worked on at a time.
        fresh: whether each request has a process in which no other one ran.
        description: for the documents.
        accounts: of the settings, by name, that requests may name without a credential of their own; none by default.
        hosts: besides Microsoft's clouds, HOST or HOST:PORT, that a request's storage may be on, over http too.
        output: the prefix for results of jobs whose requests do not say where; empty for the container
            `experimentoutput` of the default account.
    """

    name: str
    workspace: str
    endpoint: str
    options: Mapping[str, object]
    inputs: tuple[ServiceInput, ...]
    outputs: Mapping[str, tuple[Column, ...]] = field(default_factory=lambda: {"output1": ()})
    device: str = "output2"
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    seconds: float = 100.0
    rows: int = 100_000
    bytes: int = 64 * 1024 * 1024
    concurrency: int = 20
    fresh: bool = False
    description: str = ""
    accounts: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What one request made.

    Attributes:
        status: of the script, or what stopped it.
        tables: by the name of the output.
        figures: PNG images, in order.
        log: the script's output.
        error: why it failed; None where it did not.
        timings: seconds by stage.
        pinned: ETags of the datasets that the service fixes, as this request read them, by port.
    """

    status: Literal["succeeded", "failed"]
    tables: Mapping[str, ServiceTable] = field(default_factory=dict)
    figures: tuple[bytes, ...] = ()
    log: str = ""
    error: ErrorRecord | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    pinned: Mapping[str, str] = field(default_factory=dict)


class Scorer(Protocol):
    """Something that runs a service's script on the tables of a request."""

    def score(
        self,
        service: ServiceDefinition,
        tables: Mapping[str, ServiceTable],
        parameters: Mapping[str, str],
        *,
        request_id: str,
    ) -> Score:
        """Run the script once.

        Args:
            service: whose script.
            tables: of the request, by the name of the input; columns as the schema has them.
            parameters: all of them, defaults filled in.
            request_id: for logs.

        Raises:
            ServiceFailure: it cannot be run now (too many requests), or an input that the service fixes is not there.
        """
        ...
