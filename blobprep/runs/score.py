"""One request to a script that stands ready: tables in, tables out, by way of memory alone.

The script runs as in `execute`: the same child, the same confinement, the same translations. What differs is that
tables travel as cells of JSON (`blobprep.tables.codecs.cells`), and that nothing is left anywhere: no output prefix, no
manifest, no upload.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

from blobprep.errors import FiguresExceeded
from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.outputs.collector import collect_images
from blobprep.protocol import AskedDataset, AskedResults, ChildRequest
from blobprep.protocol.classic_cells import CELLS
from blobprep.runs.hints import add_hints
from blobprep.runs.standing_script import StandingScript
from blobprep.runs.verdict import Verdict, judge, script_failure
from blobprep.sandbox.call import WholeInputs
from blobprep.sandbox.launch import Children, Session
from blobprep.sandbox.run_log import RunLog
from blobprep.unnamed_files import bounded_file, read_bounded

__all__ = ["CellTable", "Outcome", "request_table", "score"]

_PORTS: Final = ("results", "results2")
_RESULTS: Final = AskedResults(CELLS, {})


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table of cells.

    Attributes:
        names: of its columns.
        types: their classic names; an empty text where the cells tell.
        columns: the cells of each. Those of a request are as JSON had them, those of results texts or None.
        rows: their number.
    """

    names: Sequence[str]
    types: Sequence[str]
    columns: Sequence[Sequence[Any]]
    rows: int

    def encode(self) -> bytes:
        """Return it as the child reads it."""
        document = {"names": self.names, "types": self.types, "columns": self.columns, "rows": self.rows}
        return json.dumps(document, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request.

    Attributes:
        verdict: whether the script succeeded, and if not, why.
        tables: its results by port.
        figures: PNG images in order.
        log: what it wrote.
    """

    verdict: Verdict
    tables: Mapping[str, CellTable] = field(default_factory=dict)
    figures: tuple[bytes, ...] = ()
    log: str = ""


def score(
    script: StandingScript,
    tables: Mapping[str, CellTable],
    children: Children,
    *,
    limits: Limits,
    seconds: float,
    most: int,
    parameters: Mapping[str, str] | None = None,
    identity: str = "",
) -> Outcome:
    """Run a script that stands ready on the tables of one request.

    Args:
        script: the caller keeps it in use.
        tables: of the request, by port.
        children: where its process comes from.
        limits: that hold for the process.
        seconds: that are left for this request.
        most: bytes that each table of the answer may have as JSON, and all figures together.
        parameters: of the script; None for those it stands ready with.
        identity: tells the script's owner from others, whose processes it must not share.

    Raises:
        IsolationUnavailable: nothing was run.
        LimitError: there is no room for the tables.
    """
    request = script.request
    with ExitStack() as stack:
        spools = {port: InputSpool.holding(port, table.encode()) for port, table in tables.items()}
        for spool in spools.values():
            stack.callback(spool.close)
        answers = {port: bounded_file(port, most) for port in _answered(script)}
        for descriptor in answers.values():
            stack.callback(os.close, descriptor)
        log = RunLog(None, limits.log_kept)
        session = stack.enter_context(
            children(
                "run",
                request.isolation,
                limits,
                rules=request.rules,
                namespace=request.namespace,
                interpreter=request.interpreter,
            )
        )
        sizes = {port: spool.size for port, spool in spools.items()}
        result = session.call(
            _asked(script, sizes, script.asked.parameters if parameters is None else parameters, identity),
            {**script.descriptors, **{port: spool.readable for port, spool in spools.items()}, **answers},
            log=log,
            inputs=WholeInputs(script.sizes),  # a child knows that the others are whole
            seconds=seconds,
        )
        verdict = judge(result.ending, result.facts, limits)
        found: dict[str, CellTable] = {}
        if verdict.error is None:
            verdict, found = _read_answers(verdict, answers)
        if verdict.error is not None:
            session.kill()  # it ends by itself, but for one whose script said in its place that it goes on
        figures = _figures(session, verdict, limits, most, log)
        verdict = add_hints(verdict, script.resolved, result.attempts, emulated=request.options.emulator is not None)
    return Outcome(verdict, found, figures, log.text())


def request_table(port: str) -> str:
    """Return what a table of a request is called in messages, which begin with it."""
    return f"the request's {port}"


def _asked(
    script: StandingScript, sizes: Mapping[str, int], parameters: Mapping[str, str], identity: str
) -> ChildRequest:
    datasets = {dataset.port: dataset for dataset in script.asked.datasets}
    for port, size in sizes.items():
        datasets[port] = AskedDataset(port, request_table(port), size, CELLS, {})
    return replace(
        script.asked,
        identity=f"{script.asked.identity} {json.dumps([identity, sorted(parameters.items())])}",
        datasets=tuple(datasets[port] for port in sorted(datasets)),
        parameters=dict(parameters),
        results=_RESULTS,
    )


def _answered(script: StandingScript) -> tuple[str, ...]:
    return _PORTS if script.asked.second_output else _PORTS[:1]


def _read_answers(verdict: Verdict, answers: Mapping[str, int]) -> tuple[Verdict, dict[str, CellTable]]:
    """Read the tables that a child wrote; one without the shape of a table is the failure of its script."""
    found = {}
    for port, descriptor in answers.items():
        facts = verdict.facts.outputs.get(port)
        if facts is None:
            continue
        try:
            found[port] = _checked(_load(read_bounded(descriptor)))
        except (ValueError, TypeError, KeyError, RecursionError):
            return script_failure(verdict.facts, f"the answer of port {port} is no table\n"), {}
    return verdict, found


def _load(data: bytes) -> Any:
    document = json.loads(data)
    if b"\\u" in data:  # what is no character cannot be sent on
        json.dumps(document, ensure_ascii=False).encode()
    return document


def _checked(document: Any) -> CellTable:
    names, types, columns, rows = (document[name] for name in ("names", "types", "columns", "rows"))
    if not (_are_texts(names) and _are_texts(types) and isinstance(columns, list) and type(rows) is int and rows >= 0):
        raise TypeError("not a table")
    if not len(names) == len(types) == len(columns):
        raise ValueError("labels, types and columns differ in number")
    for column in columns:
        if not isinstance(column, list) or len(column) != rows or not set(map(type, column)) <= {str, type(None)}:
            raise TypeError("not a column of texts")
    return CellTable(names, types, columns, rows)


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _figures(session: Session, verdict: Verdict, limits: Limits, most: int, log: RunLog) -> tuple[bytes, ...]:
    """Read the figures while the child is still this request's; those beyond a limit are left out, and that is said."""
    bounded = replace(limits, figures_size=min(most, limits.figures_size or most))
    images: list[bytes] = []
    try:
        for found in collect_images(session.folder, verdict.facts.figures, bounded):
            if isinstance(found, str):
                log.say(f"figure: {found}")
            elif (descriptor := found.open()) is not None:
                with os.fdopen(descriptor, "rb") as file:
                    images.append(file.read(found.size))
    except FiguresExceeded as error:
        log.say(f"{error.message}; those beyond it were left out")
    return tuple(images)
