"""What is printed about a run: status, outputs, changes to its tables, and why it failed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from blobprep.cli.output import note, print_json, write
from blobprep.printable import escape

if TYPE_CHECKING:
    from blobprep.cli.context import CommandContext
    from blobprep.manifest import ErrorRecord, OutputRecord
    from blobprep.outputs.ports import Port
    from blobprep.runs.result import Run

__all__ = ["print_run"]

_SCRIPT: Final = "0085"
_CAUGHT: Final = "Caught exception while executing function: "


def print_run(run: Run, code: int, session: CommandContext) -> None:
    """Print a run's status, where its outputs are, what a translation lost, and why it failed.

    Outputs go to stdout, errors to stderr. With `--json` the document is the manifest with two more members: `output`,
    the prefix, and `exit`, the exit code.
    """
    if session.as_json:
        print_json({**json.loads(run.manifest.encode()), "output": run.output.printed, "exit": code})
        return
    if error := run.manifest.error:
        note(f"blobprep: {error.message if session.quiet else _short(error)}")
        if session.quiet and error.remedy:  # otherwise the log has shown it already
            mark = "  | " if error.code == _SCRIPT else "  "  # marked, for it may be the script's own text
            note(mark + escape(error.remedy))
    if not session.quiet:
        # Escaped: translations and timings come from the child.
        write("\n".join(map(escape, _lines(run, session.verbose))) + "\n")


def _short(error: ErrorRecord) -> str:
    """Return the error without what the log has already shown: its traceback, and the markers of Error 0085."""
    if error.code != _SCRIPT:
        return error.message
    raised = _raised(error.traceback or error.message.partition(_CAUGHT)[2])
    return f"the script failed: {raised}" if raised else error.message


def _raised(traceback: str) -> str:
    """Return the exception of a traceback and the first line of its message; an error of the service has many."""
    lines = [line.removeprefix("  | ") for line in traceback.rstrip().splitlines()]  # groups of exceptions are indented
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    behind = lines[frames[-1] :] if frames else lines
    exceptions = (line for line in behind if line and not line.startswith((" ", "Traceback ")))
    return next(exceptions, lines[-1] if lines else "")


def _lines(run: Run, verbose: int) -> Iterator[str]:
    from blobprep.outputs.ports import PORTS

    manifest = run.manifest
    yield f"{manifest.status}  run {manifest.run_id}"
    for row in PORTS.values():
        for record in row.records(manifest.outputs) if row.label else ():
            yield f"{row.label:<9} {record.reference}{_measure(row, record)}"
        if row.source == "last":
            yield f"{row.label:<9} {run.output.child(row.blob).printed}"
    for entry in manifest.translations:
        if entry.get("lossy") or verbose:
            yield ("lost      " if entry.get("lossy") else "changed   ") + _change(entry)
    if verbose:
        for stage, seconds in manifest.timings.items():
            yield f"{stage:<9} {seconds:.2f} s"


def _measure(row: Port, record: OutputRecord) -> str:
    if row.measure == "bytes":
        return f"  {record.size} bytes"
    return f"  {record.rows} × {record.columns}" if row.measure == "shape" and record.rows is not None else ""


def _change(entry: Mapping[str, Any]) -> str:
    """Return an entry of the ledger: where, what, how many values, an example, and a remedy."""
    column = str(entry.get("column", ""))
    shown = column if column.isprintable() else repr(column)
    text = ": ".join(part for part in (str(entry.get("port", "")), shown, str(entry.get("detail", ""))) if part)
    if (count := entry.get("count")) is not None:
        example = f", such as {entry['example']}" if entry.get("example") else ""
        text += f" ({count} {'value' if count == 1 else 'values'}{example})"
    return f"{text}  [{entry['remedy']}]" if entry.get("remedy") else text
