"""Print: results to stdout, everything else to stderr, and never a secret."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final, TextIO

from blobprep.cli.exits import code_of
from blobprep.errors import BlobprepError, Defect

__all__ = [
    "Progress",
    "StdoutClosed",
    "flush",
    "note",
    "print_error",
    "print_json",
    "print_line",
    "print_table",
    "readable",
    "write",
]

_SECRETS: Final = re.compile(
    r"(?i)(?<=sig=)[^&\s\"'<>]+"  # of a SAS token
    r"|(?<=AccountKey=)[^;\s\"']+|(?<=SharedAccessSignature=)[^;\s\"']+"
    r"|(?<=Bearer )[^\s\"']+|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # a token, a JWT
    r"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])"  # an account key: 64 bytes
)


class StdoutClosed(Exception):
    """Say that the reader of stdout has gone, as `head` does when it has seen enough."""


class Progress:
    """Show how far a transfer is, on one line of a terminal.

    Args:
        stream: where; nothing is shown when it is no terminal.
        verb: what goes on.
    """

    def __init__(self, stream: TextIO, verb: str) -> None:
        self._stream = stream
        self._verb = verb
        self._shown = ""
        self._live = stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show bytes done of bytes in all, where the line would change."""
        share = f"{100 * done // total}%" if total else "100%"
        line = f"{self._verb} {readable(done)} of {readable(total)} ({share})"
        if self._live and line != self._shown:
            self._stream.write(f"\r{line}\x1b[K")
            self._stream.flush()
            self._shown = line

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = ""


def write(data: bytes | str) -> None:
    """Write a result to stdout.

    Raises:
        StdoutClosed: nobody reads it any more.
    """
    try:
        if isinstance(data, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data)
    except BrokenPipeError as error:
        raise StdoutClosed from error


def print_line(text: str) -> None:
    """Print one line to stdout; names of blobs may be in it, and are not let through as they are."""
    from blobprep.sandbox.logbook import escaped

    write(escaped(text) + "\n")


def print_json(value: Any) -> None:
    """Print one JSON document, with escapes for what a terminal might obey or not show."""
    lines = json.dumps(value, indent=2, ensure_ascii=False, default=str).split("\n")
    write("\n".join(line if line.isprintable() else _escaped(line) for line in lines) + "\n")


def _escaped(line: str) -> str:
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)


def print_table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Print rows of cells in aligned columns; those in `right` are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        write("  ".join(cells).rstrip() + "\n")


def note(text: str) -> None:
    """Print lines to stderr; what a script raised may be in them, and is not let through to the terminal as it is."""
    from blobprep.sandbox.logbook import escaped

    lines = _scrubbed(text).replace("\r\n", "\n").split("\n")
    sys.stderr.write("\n".join(map(escaped, lines)) + "\n")


def print_error(error: BaseException, *, as_json: bool = False, trace: bool = False) -> int:
    """Print what happened and what to do, and return the exit code.

    Args:
        error: any; one that is not ours is a defect of ours, and its text is only shown with `trace`.
        as_json: print one JSON document to stdout, and nothing else there.
        trace: show our traceback too, on stderr.
    """
    code = code_of(error)
    shown = _own(error)
    if as_json:
        record = {
            "type": type(error).__name__,
            "message": _scrubbed(shown.message),
            "remedy": _scrubbed(shown.remedy),
        }
        print_json({"error": record, "exit": code})
    else:
        note(f"blobprep: {shown.message}")
        if shown.remedy:
            note(f"  {shown.remedy}")
    if trace:
        note("".join(traceback.format_exception(error)).rstrip())
    return flush(code)


def flush(code: int) -> int:
    """Empty stdout, quietly where nobody reads it, and return the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def readable(size: int) -> str:
    """Return a size for people.

    >>> readable(999), readable(1536), readable(8 * 1024 * 1024)
    ('999 B', '1.5 KiB', '8.0 MiB')
    """
    if size < 1024:
        return f"{size} B"
    number = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        number /= 1024
        if number < 1024:
            return f"{number:.1f} {unit}"
    return f"{number / 1024:.1f} TiB"


def _own(error: BaseException) -> BlobprepError:
    if isinstance(error, BlobprepError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return BlobprepError(str(error) or "interrupted")
    return Defect(
        f"a defect of blobprep: {type(error).__name__}",
        remedy="run again with -vv for the traceback, and report it",
    )


def _scrubbed(text: str) -> str:
    """Mask whatever looks like a secret: messages hold none, but tracebacks of other libraries might."""
    return _SECRETS.sub("********", text)
