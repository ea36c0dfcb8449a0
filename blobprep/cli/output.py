"""Printing: results to stdout, messages and errors to stderr, and never a secret."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from contextlib import suppress
from typing import Any, Final, TextIO

from blobprep.cli.exit_codes import code_of
from blobprep.cli.process_start import shortage
from blobprep.errors import BlobprepError, Defect, OutputError
from blobprep.printable import escape, json_text, quote_lines

__all__ = [
    "StdoutClosed",
    "flush",
    "mask_secrets",
    "note",
    "print_error",
    "print_json",
    "print_line",
    "readable",
    "unwritable",
    "write",
]

_SECRETS: Final = re.compile(
    r"(?i)(?<=sig=)[^&\s\"'<>]+"  # SAS token
    r"|(?<=AccountKey=)[^;\s\"']+|(?<=SharedAccessSignature=)[^;\s\"']+"
    r"|(?<=Bearer )[^\s\"']+|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # bearer token, JWT
    r"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])"  # account key: 64 bytes
)


class StdoutClosed(Exception):
    """The end of a pipe whose reader is gone, as `head` is when it has read enough."""


def write(data: bytes | str) -> None:
    """Write a result to stdout.

    Raises:
        StdoutClosed: its reader is gone.
        OutputError: it cannot be written, such as a file on a full disk.
    """
    try:
        if isinstance(data, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(_encodable(data))
    except BrokenPipeError as error:
        raise StdoutClosed from error
    except OSError as error:
        raise unwritable(error) from error


def unwritable(error: OSError) -> OutputError:
    """Return the error for a stdout that cannot be written."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return OutputError(
        f"standard output cannot be written: {reason}", remedy="free some space, or redirect it elsewhere"
    )


def print_line(text: str) -> None:
    """Print one line to stdout; what a terminal would act on, such as in names of blobs, is escaped."""
    write(escape(text) + "\n")


def print_json(value: Any) -> None:
    """Print one JSON document; in ASCII if the encoding of stdout lacks a character."""
    text = json_text(value, default=str)
    write((text if _can_show(text) else json.dumps(value, indent=2, default=str)) + "\n")


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        return False
    return True


def _encodable(text: str) -> str:
    """Return a text with escapes for characters that the encoding of stdout lacks, such as odd ones in file names."""
    encoding = sys.stdout.encoding or "utf-8"
    return text if _can_show(text) else text.encode(encoding, "backslashreplace").decode(encoding)


def note(text: str) -> None:
    """Print a message to stderr; lines after the first are marked, since a script may have written them."""
    try:
        sys.stderr.write(quote_lines(mask_secrets(text)) + "\n")
    except (OSError, ValueError):  # a full disk, or a closed terminal: messages are not results
        pass


def print_error(error: BaseException, *, as_json: bool = False, trace: bool = False) -> int:
    """Print an error and its remedy, and return the exit code.

    Args:
        error: any exception; one of another library is a defect of blobprep, and its text is shown only with `trace`.
        as_json: print one JSON document to stdout, and nothing else there.
        trace: also print blobprep's traceback, on stderr.
    """
    ours = _as_blobprep_error(error)
    code = code_of(error if isinstance(error, KeyboardInterrupt) else ours)
    if not (as_json and _print_as_json(error, ours, code)):
        note(f"blobprep: {ours.message}")
        if ours.remedy:
            note(f"  {ours.remedy}")
    if trace:
        note("".join(traceback.format_exception(error)).rstrip())
    return flush(code)


def _print_as_json(error: BaseException, ours: BlobprepError, code: int) -> bool:
    """Print an error as the one document on stdout; return False if stdout cannot be written."""
    record = {
        "type": type(error).__name__,
        "message": mask_secrets(ours.message),
        "remedy": mask_secrets(ours.remedy),
    }
    try:
        print_json({"error": record, "exit": code})
        sys.stdout.flush()
    except (OSError, OutputError):
        return False
    return True


def flush(code: int) -> int:
    """Flush stdout and return the exit code; another one if that fails, unless the reader is gone."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):  # a terminal that has gone; messages are not results
        _give_up(sys.stderr)
    try:
        sys.stdout.flush()
    except OSError as error:
        _give_up(sys.stdout)
        if code == 0 and not isinstance(error, BrokenPipeError):
            return print_error(unwritable(error))
    return code


def _give_up(stream: TextIO) -> None:
    """Lead a stream that cannot be written nowhere: the interpreter flushes it once more when it ends, and fails."""
    with suppress(OSError, ValueError):  # it has no descriptor, or is closed, and is not flushed then
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def readable(size: int) -> str:
    """Return a size in the unit that is easiest to read.

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


def _as_blobprep_error(error: BaseException) -> BlobprepError:
    if isinstance(error, BlobprepError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return BlobprepError(str(error) or "interrupted")
    return shortage(error) or Defect(
        f"a defect of blobprep: {type(error).__name__}",
        remedy="run again with -vv for the traceback, and report it",
    )


def mask_secrets(text: str) -> str:
    """Mask whatever looks like a secret: our messages hold none, but tracebacks of other libraries might."""
    return _SECRETS.sub("********", text)
