"""Failed items, grouped by what went wrong: by code, and by the shape of what is told. Pure.

The shape of a text is what is left of it without what goes by the item: names in quotes, references, paths, numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from blobprep.batches.records import ItemError
from blobprep.manifest import ErrorRecord
from blobprep.report.batch_views import CauseView, ItemView
from blobprep.report.failure import told_failure

__all__ = ["Causes", "shape", "told"]

_CAUSES: Final = 200  # kept apart
_PER_CODE: Final = 50  # of one code, so that one whose message is always another leaves room for others
_ITEMS: Final = 5  # named of each
_TEXT: Final = 20_000  # characters of a message or traceback
_TOLD: Final = 500
_VARIES: Final = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`"""  # in quotes
    r"|(?<![\w.=%~@+:-])[\w.=%~@+:-]*[/\\][^\s,;()]*"  # references and paths
    r"|\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}\b|[-+]?\d[\d.,_]*(?:e[-+]?\d+)?",  # numbers and hashes
    re.IGNORECASE,
)


def told(error: ItemError) -> str:
    """Return what went wrong in one line."""
    return told_failure(ErrorRecord(error.code, error.message[-_TEXT:], error.traceback[-_TEXT:]))


def shape(text: str) -> str:
    """Return a text without what goes by the item.

    >>> shape("KeyError: 'mass'"), shape("az://contoso@raw/a.csv has 12 bytes")
    ('KeyError: …', '… has … bytes')
    """
    return _VARIES.sub("…", text[:_TOLD])


@dataclass(slots=True)
class _Cause:
    error: ItemError
    told: str
    count: int = 0
    items: list[ItemView] = field(default_factory=list)


class Causes:
    """Failed items by cause.

    Attributes:
        unsorted: items that failed otherwise, once there were as many causes as are kept apart.
    """

    def __init__(self) -> None:
        self.unsorted = 0
        self._found: dict[tuple[str, str], _Cause] = {}
        self._codes: dict[str, int] = {}

    def add(self, error: ItemError, item: ItemView) -> None:
        """Count a failed item; `item.error` is what `told` says of it."""
        key = (error.code, shape(item.error))
        cause = self._found.get(key)
        if cause is None:
            if len(self._found) >= _CAUSES or self._codes.get(error.code, 0) >= _PER_CODE:
                self.unsorted += 1
                return
            self._codes[error.code] = self._codes.get(error.code, 0) + 1
            cause = self._found[key] = _Cause(error, item.error)
        cause.count += 1
        if len(cause.items) < _ITEMS:
            cause.items.append(item)

    def views(self) -> tuple[CauseView, ...]:
        """Return the causes, the most frequent first."""
        ordered = sorted(self._found.values(), key=lambda cause: (-cause.count, cause.error.code, cause.told))
        return tuple(
            CauseView(
                cause.error.code,
                cause.told,
                cause.count,
                cause.error.passes,
                cause.error.message[:_TEXT],
                _ends(cause.error.traceback),
                cause.error.remedy[:_TOLD],
                tuple(cause.items),
            )
            for cause in ordered
        )


def _ends(text: str) -> str:
    """Return the start and the end of a long text; the end of a traceback has the exception."""
    return text if len(text) <= _TEXT else f"{text[: _TEXT // 4]}\n  …\n{text[-_TEXT * 3 // 4 :]}"
