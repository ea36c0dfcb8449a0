"""The ledger as a text: what reading or writing a table changed, what was lost first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from blobprep.report import numerals
from blobprep.report.text.lines import Line, Paper, Span, Style, heading, wrap

__all__ = ["ledger_lines"]

_ENTRIES: Final = 20
"""Entries that are shown."""
_INDENT: Final = 10


def ledger_lines(entries: Sequence[Mapping[str, Any]], paper: Paper) -> list[Line]:
    """Return the section of the ledger; empty where there is no entry.

    Args:
        entries: as a manifest has them.
        paper: how wide a line may be.
    """
    if not entries:
        return []
    lossy = sum(bool(entry.get("lossy")) for entry in entries)
    lines = heading("Ledger", numerals.plural(len(entries), "change") + (f", {lossy} lossy" if lossy else ""))
    for entry in sorted(entries, key=lambda entry: not entry.get("lossy"))[:_ENTRIES]:
        word: str = "lost" if entry.get("lossy") else "changed"
        style: Style = "warn" if entry.get("lossy") else "dim"
        lines += wrap(_entry(entry), paper, indent=_INDENT, first=(Span(word, style),))
    more = len(entries) - _ENTRIES
    return [*lines, (Span(f"{numerals.plural(more, 'change')} more", "dim"),)] if more > 0 else lines


def _entry(entry: Mapping[str, Any]) -> str:
    text = ": ".join(str(entry[name]) for name in ("port", "column", "detail") if entry.get(name))
    if (count := entry.get("count")) is not None:
        example = f", such as {entry['example']}" if entry.get("example") else ""
        text += f" ({numerals.plural(count, 'value') if isinstance(count, int) else count}{example})"
    return f"{text}  [{entry['remedy']}]" if entry.get("remedy") else text
