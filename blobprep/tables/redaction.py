"""Ledger entries that are safe to show: counted, short, printable, and without secrets. Pure.

An entry goes to the manifest beside the results, to callers of the web service, and to terminals. So it shows at most
one example of a dataset's values, and none if that value might be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from blobprep.protocol import EXAMPLE_LIMIT, Translation
from blobprep.tables.cell_text import first_text

__all__ = ["format_example", "format_losses", "redact", "tally"]

_EXAMINED: Final = 4096
"""How many characters are searched for secrets; only the first `EXAMPLE_LIMIT` of them are ever shown."""

_NAMES: Final = (
    r"pass(?:word|wd|phrase)|pwd|secret|credential|api[\s_-]?key|(?:access|account|private|signing)[\s_-]?key"
    r"|shared[\s_-]?access|signature|token|connection[\s_-]?string"
)
_SECRETS: Final = re.compile(
    r"\bsig=[^&\s]"  # of a SAS token
    rf"|(?:{_NAMES})\w*[\"']?\s*[:=,]"  # connection strings, `{{'password': …}}`, `('password', …)`
    r"|\bb[\"']"  # bytes in a list
    r"|\b(?:bearer|basic)\s+[\w.+/=~-]{8}|\beyj[\w-]{8,}\.[\w-]+"  # headers, a JWT
    r"|\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"  # a URL with a password
    r"|-----BEGIN |\bakia[0-9a-z]{16}\b|\bgh[oprsu]_\w{30}|\bsk-[\w-]{20}"  # PEM, keys of well-known services
    r"|[a-z0-9+/_-]{43}",  # 32 bytes or more in base64 or as hexadecimal digits
    re.IGNORECASE,
)
_SECRET_LABEL: Final = re.compile(rf"{_NAMES}|\b(?:pw|sas|pat|jwt)\b", re.IGNORECASE)
_CUT: Final = "…"
_MASK: Final = "********"


def format_example(value: object) -> str:
    """Format a value as an entry's example; for bytes, which may be anything, return only their number.

    >>> format_example(1.5), format_example(b"abc"), format_example("")
    ('1.5', '3 bytes', "''")
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{len(value)} bytes"
    return str(value) or "''"


def tally(column: Any, changed: Any = None) -> tuple[int, str]:
    """Count the values of an Arrow column that changed, and return the first as an example.

    Args:
        column: the column before the change.
        changed: a mask of the same length; None means all values that are not missing.
    """
    mask = column.is_valid() if changed is None else changed
    first = mask.index(True).as_py()
    if first < 0:
        return 0, ""
    count = sum(chunk.true_count for chunk in getattr(mask, "chunks", [mask]))
    return count, _only_example(column.slice(first, 1))


def _only_example(column: Any) -> str:
    """Format the only value of an Arrow column as an example, by its text, which needs no Python object."""
    kind = str(column.type)
    if "binary" not in kind:
        return format_example(first_text(column))
    return format_example(column[0].as_py()) if kind.startswith(("binary", "large_binary", "fixed_size_binary")) else ""


def redact(entry: Translation) -> Translation:
    """Return an entry that may be shown: secrets masked in its detail, and no example that might be a secret.

    The example is escaped and cut to `EXAMPLE_LIMIT` characters. It is always left out if the column's label suggests a
    secret.

    >>> redact(Translation("results", "a", "cast", "It changed.", example="AccountKey=abc")).example
    ''
    """
    detail = _SECRETS.sub(_MASK, entry.detail)
    hidden = _SECRET_LABEL.search(entry.column) or _SECRETS.search(entry.example[:_EXAMINED])
    return replace(entry, detail=_escape(detail), example="" if hidden else _cut(entry.example))


def format_losses(entries: Iterable[Translation]) -> str:
    """Format the entries that `--lossless` forbids, one per line with its remedy; empty if there are none."""
    return "\n".join(_format_line(entry) for entry in entries if entry.lossy)


def _format_line(entry: Translation) -> str:
    column = f", column {entry.column!r}" if entry.column else ""
    values = "" if entry.count is None else f" ({entry.count} value{'' if entry.count == 1 else 's'}"
    if values:
        values += f", such as {entry.example})" if entry.example else ")"
    remedy = f"; {entry.remedy}" if entry.remedy else ""
    return f"{entry.port}{column}: {entry.detail.rstrip('.')}{values}{remedy}"


def _cut(text: str) -> str:
    shown = _escape(text[:_EXAMINED])
    return shown if len(shown) <= EXAMPLE_LIMIT else shown[: EXAMPLE_LIMIT - len(_CUT)] + _CUT


def _escape(text: str) -> str:
    """Escape what is not printable by `str.isprintable`, which the parent requires of an example in the facts.

    `blobprep.printable.escaped` keeps some of it, such as tabs.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
