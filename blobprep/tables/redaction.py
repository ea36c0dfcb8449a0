"""The ledger's entries as people may see them: counted, short, printable, and without a secret. Pure.

An entry travels far: to the manifest beside the results, to whoever calls the web service, to a terminal. What it shows
of a dataset's values is therefore one example, and rather none than one that might open a door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from blobprep.protocol import EXAMPLE_LIMIT, Translation
from blobprep.tables.cell_text import first_text

__all__ = ["as_example", "forbidden", "safe", "tally"]

_EXAMINED: Final = 4096
"""Characters looked through; a secret that begins behind them is not among the first ones, which are shown."""

_NAMES: Final = (
    r"pass(?:word|wd|phrase)|pwd|secret|credential|api[\s_-]?key|(?:access|account|private|signing)[\s_-]?key"
    r"|shared[\s_-]?access|signature|token|connection[\s_-]?string"
)
_SECRETS: Final = re.compile(
    r"\bsig=[^&\s]"  # of a SAS token
    rf"|(?:{_NAMES})\w*[\"']?\s*[:=,]"  # connection strings, `{{'password': …}}`, `('password', …)`
    r"|\bb[\"']"  # bytes within a list
    r"|\b(?:bearer|basic)\s+[\w.+/=~-]{8}|\beyj[\w-]{8,}\.[\w-]+"  # headers, a JWT
    r"|\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"  # a URL with a password
    r"|-----BEGIN |\bakia[0-9a-z]{16}\b|\bgh[oprsu]_\w{30}|\bsk-[\w-]{20}"  # PEM, keys of well-known services
    r"|[a-z0-9+/_-]{43}",  # 32 bytes or more in base64 or as hexadecimal digits
    re.IGNORECASE,
)
_SECRET_LABEL: Final = re.compile(rf"{_NAMES}|\b(?:pw|sas|pat|jwt)\b", re.IGNORECASE)
_CUT: Final = "…"
_MASK: Final = "********"


def as_example(value: object) -> str:
    """Return a value as the example of an entry; bytes, which may be anything, are only counted.

    >>> as_example(1.5), as_example(b"abc"), as_example("")
    ('1.5', '3 bytes', "''")
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{len(value)} bytes"
    return str(value) or "''"


def tally(column: Any, changed: Any = None) -> tuple[int, str]:
    """Count the values of an Arrow column that changed, and give the first of them as an example.

    Args:
        column: as it was before.
        changed: a mask of the same length; all present values where None.
    """
    mask = column.is_valid() if changed is None else changed
    first = mask.index(True).as_py()
    if first < 0:
        return 0, ""
    count = sum(chunk.true_count for chunk in getattr(mask, "chunks", [mask]))
    return count, _example(column.slice(first, 1))


def _example(column: Any) -> str:
    """Return the only value of an Arrow column as an example: its text, also where Python has no object for it."""
    kind = str(column.type)
    if "binary" not in kind:
        return as_example(first_text(column))
    return as_example(column[0].as_py()) if kind.startswith(("binary", "large_binary", "fixed_size_binary")) else ""


def safe(entry: Translation) -> Translation:
    """Return an entry that may be shown: without an example that might be a secret, and no such thing in its detail.

    An example is escaped and cut, to `EXAMPLE_LIMIT` characters; that of a column whose label speaks of a secret is
    left out whatever it looks like.

    >>> safe(Translation("results", "a", "cast", "It changed.", example="AccountKey=abc")).example
    ''
    """
    detail = _SECRETS.sub(_MASK, entry.detail)
    hidden = _SECRET_LABEL.search(entry.column) or _SECRETS.search(entry.example[:_EXAMINED])
    return replace(entry, detail=_printable(detail), example="" if hidden else _cut(entry.example))


def forbidden(entries: Iterable[Translation]) -> str:
    """Say what `--lossless` forbids among entries: a line for each, with what can be done about it; empty for none."""
    return "\n".join(_line(entry) for entry in entries if entry.lossy)


def _line(entry: Translation) -> str:
    column = f", column {entry.column!r}" if entry.column else ""
    values = "" if entry.count is None else f" ({entry.count} value{'' if entry.count == 1 else 's'}"
    if values:
        values += f", such as {entry.example})" if entry.example else ")"
    remedy = f"; {entry.remedy}" if entry.remedy else ""
    return f"{entry.port}{column}: {entry.detail.rstrip('.')}{values}{remedy}"


def _cut(text: str) -> str:
    shown = _printable(text[:_EXAMINED])
    return shown if len(shown) <= EXAMPLE_LIMIT else shown[: EXAMPLE_LIMIT - len(_CUT)] + _CUT


def _printable(text: str) -> str:
    """Escape what a terminal might obey or nobody sees."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
