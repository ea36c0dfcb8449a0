"""Print what became of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from blobprep.cli.output import note, print_json, write
from blobprep.printable import escape

if TYPE_CHECKING:
    from blobprep.cli.context import Session
    from blobprep.manifest import ErrorRecord
    from blobprep.runs.result import Run

__all__ = ["print_run"]

_SCRIPT: Final = "0085"
_CAUGHT: Final = "Caught exception while executing function: "


def print_run(run: Run, code: int, session: Session) -> None:
    """Print a run's status, where its outputs are, what a translation lost, and why it failed.

    What came out goes to stdout, why it did not to stderr. With `--json` the document is the manifest with two more
    members: `output`, the prefix, and `exit`, the exit code.
    """
    if session.as_json:
        print_json({**json.loads(run.manifest.encode()), "output": run.output.printed, "exit": code})
        return
    if error := run.manifest.error:
        note(f"blobprep: {error.message if session.quiet else _short(error)}")
        if session.quiet and error.remedy:  # else the log has shown it as it came
            mark = "  | " if error.code == _SCRIPT else "  "  # of a script that failed it may be the script's own
            note(mark + escape(error.remedy))
    if not session.quiet:
        # What the child says of its translations and times is among them.
        write("\n".join(map(escape, _lines(run, session.verbose))) + "\n")


def _short(error: ErrorRecord) -> str:
    """Return the error without what the log has shown as it came: its traceback, and the markers of Error 0085."""
    if error.code != _SCRIPT:
        return error.message
    raised = _raised(error.traceback or error.message.partition(_CAUGHT)[2])
    return f"the script failed: {raised}" if raised else error.message


def _raised(traceback: str) -> str:
    """Return the exception of a traceback and the first line of its message: an answer of the service has many."""
    lines = [line.removeprefix("  | ") for line in traceback.rstrip().splitlines()]  # as groups of exceptions have them
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    behind = lines[frames[-1] :] if frames else lines
    said = (line for line in behind if line and not line.startswith((" ", "Traceback ")))
    return next(said, lines[-1] if lines else "")


def _lines(run: Run, verbose: int) -> Iterator[str]:
    manifest = run.manifest
    figures = [each for each in manifest.outputs if each.port == "device" and each.name != "log.txt"]
    results = [each for each in manifest.outputs if each.port in ("results", "results2")]
    yield f"{manifest.status}  run {manifest.run_id}"
    for each in results:
        size = "" if each.rows is None else f"  {each.rows} × {each.columns}"
        yield f"{each.port:<9} {each.reference}{size}"
    for each in figures:
        yield f"figure    {each.reference}"
    for each in manifest.outputs:
        if each.port == "artifact":
            yield f"artifact  {each.reference}  {each.size} bytes"
    for each in manifest.outputs:
        if each.name == "log.txt":
            yield f"log       {each.reference}"
    yield f"manifest  {run.output.child('manifest.json').printed}"
    for entry in manifest.translations:
        if entry.get("lossy") or verbose:
            yield ("lost      " if entry.get("lossy") else "changed   ") + _told(entry)
    if verbose:
        for stage, seconds in manifest.timings.items():
            yield f"{stage:<9} {seconds:.2f} s"


def _told(entry: Mapping[str, Any]) -> str:
    """Return an entry of the ledger: where, what, how many values and one of them, and what can be done about it."""
    column = str(entry.get("column", ""))
    shown = column if column.isprintable() else repr(column)
    told = ": ".join(text for text in (str(entry.get("port", "")), shown, str(entry.get("detail", ""))) if text)
    if (count := entry.get("count")) is not None:
        example = f", such as {entry['example']}" if entry.get("example") else ""
        told += f" ({count} {'value' if count == 1 else 'values'}{example})"
    return f"{told}  [{entry['remedy']}]" if entry.get("remedy") else told
