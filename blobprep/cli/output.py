"""Print: results to stdout, everything else to stderr, and never a secret."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final, TextIO

from blobprep.cli.exit_codes import code_of
from blobprep.cli.process_start import shortage
from blobprep.errors import BlobprepError, Defect, OutputError
from blobprep.printable import escape, json_text, quote_lines

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
    "unwritable",
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
        StdoutClosed: its reader has gone.
        OutputError: it cannot be written to, such as a file on a full disk.
    """
    try:
        if isinstance(data, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(_as_shown(data))
    except BrokenPipeError as error:
        raise StdoutClosed from error
    except OSError as error:
        raise unwritable(error) from error


def unwritable(error: OSError) -> OutputError:
    """Return the error of a standard output that takes nothing."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return OutputError(f"standard output cannot be written: {reason}", remedy="make room, or send it elsewhere")


def print_line(text: str) -> None:
    """Print one line to stdout; names of blobs may be in it, and are not let through as they are."""
    write(escape(text) + "\n")


def print_json(value: Any) -> None:
    """Print one JSON document, in ASCII where standard output knows nothing else."""
    text = json_text(value, default=str)
    write((text if _can_show(text) else json.dumps(value, indent=2, default=str)) + "\n")


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        return False
    return True


def _as_shown(text: str) -> str:
    """Return a text with escapes for characters that standard output does not know, as those of files' names."""
    encoding = sys.stdout.encoding or "utf-8"
    return text if _can_show(text) else text.encode(encoding, "backslashreplace").decode(encoding)


def print_table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Print rows of cells in aligned columns; those in `right` are aligned to the right."""
    rows = [[escape(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        write("  ".join(cells).rstrip() + "\n")


def note(text: str) -> None:
    """Print to stderr; a script's words may be in it, and none of its lines but the first is taken for blobprep's."""
    try:
        sys.stderr.write(quote_lines(_scrubbed(text)) + "\n")
    except (OSError, ValueError):  # a full disk, or a terminal that has gone: what is told there is not what is made
        pass


def print_error(error: BaseException, *, as_json: bool = False, trace: bool = False) -> int:
    """Print what happened and what to do, and return the exit code.

    Args:
        error: any; one that is not ours is a defect of ours, and its text is only shown with `trace`.
        as_json: print one JSON document to stdout, and nothing else there.
        trace: show our traceback too, on stderr.
    """
    shown = _own(error)
    code = code_of(error if isinstance(error, KeyboardInterrupt) else shown)
    if not (as_json and _printed_as_json(error, shown, code)):
        note(f"blobprep: {shown.message}")
        if shown.remedy:
            note(f"  {shown.remedy}")
    if trace:
        note("".join(traceback.format_exception(error)).rstrip())
    return flush(code)


def _printed_as_json(error: BaseException, shown: BlobprepError, code: int) -> bool:
    """Print an error as the one document on stdout; False where nothing can be written there."""
    record = {"type": type(error).__name__, "message": _scrubbed(shown.message), "remedy": _scrubbed(shown.remedy)}
    try:
        print_json({"error": record, "exit": code})
        sys.stdout.flush()
    except (OSError, OutputError):
        return False
    return True


def flush(code: int) -> int:
    """Empty stdout and return the exit code: another one where it cannot be written, unless its reader has gone."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == 0 and not isinstance(error, BrokenPipeError):
            return print_error(unwritable(error))
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
    return shortage(error) or Defect(
        f"a defect of blobprep: {type(error).__name__}",
        remedy="run again with -vv for the traceback, and report it",
    )


def _scrubbed(text: str) -> str:
    """Mask whatever looks like a secret: messages hold none, but tracebacks of other libraries might."""
    return _SECRETS.sub("********", text)
