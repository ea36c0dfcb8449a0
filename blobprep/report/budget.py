"""What a page may weigh, and how its parts share that. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from blobprep.report.markup import Markup

__all__ = ["SHARES", "Budget", "fitting"]

SHARES: Final = {
    "error": 0.04,
    "rows": 0.26,
    "panes": 0.24,
    "drawn": 0.10,
    "associations": 0.04,
    "changes": 0.08,
    "log": 0.08,
    "ledger": 0.05,
    "classic": 0.02,
    "record": 0.05,
    "figures": 0.9,
}
"""The share of the whole that each kind of part may have at most; all of them together never more than is there."""


@dataclass(slots=True)
class Budget:
    """Bytes of a page that are not spent yet.

    Attributes:
        whole: of the page.
        left: of these.
        said: what did not fit, one sentence each.
    """

    whole: int
    left: int = -1
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = self.whole if self.left < 0 else self.left

    def share(self, kind: str, of: float = 1.0) -> int:
        """Return the bytes that a part may have now, as the kind of part it is, or a fraction of that."""
        return max(min(int(self.whole * SHARES[kind] * of), self.left), 0)

    def spend(self, *parts: str) -> None:
        """Take what parts weigh off what is left."""
        self.left -= sum(weight(part) for part in parts)


def weight(text: str) -> int:
    """Return the bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def fitting(parts: Iterable[Markup], limit: int) -> list[Markup]:
    """Return the first parts, as many as fit; those behind are not made, where they are made one by one."""
    kept: list[Markup] = []
    for part in parts:
        limit -= weight(part)
        if limit < 0:
            break
        kept.append(part)
    return kept
