"""Labels of columns, made unique. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blobprep.protocol import Translation

__all__ = ["labels_from_header", "rename_entries", "unique_labels"]


def unique_labels(labels: Iterable[str], first: int = 1) -> list[str]:
    """Number duplicate labels: the first keeps its name, later ones get ` (1)`, ` (2)` and so on.

    A numbered name that another column already has is skipped, wherever that column is.

    Args:
        labels: those of all columns, in order.
        first: the number of the first duplicate.

    >>> unique_labels(["a", "a", "a (1)", "a"])
    ['a', 'a (2)', 'a (1)', 'a (3)']
    >>> unique_labels(["a", "a", "a"], first=2)
    ['a', 'a (2)', 'a (3)']
    """
    wanted = list(labels)
    taken = set(wanted)
    seen: set[str] = set()
    following: dict[str, int] = {}
    unique = []
    for label in wanted:
        if label not in seen:
            seen.add(label)
            unique.append(label)
            continue
        number = following.get(label, first)
        while f"{label} ({number})" in taken:
            number += 1
        following[label] = number + 1
        taken.add(f"{label} ({number})")
        unique.append(f"{label} ({number})")
    return unique


def rename_entries(port: str, before: Sequence[str], after: Sequence[str]) -> list[Translation]:
    """Return a ledger entry for each label that had to be numbered."""
    return [
        Translation(port, new, "rename", f"A second column named {old!r} became {new!r}.")
        for old, new in zip(before, after, strict=True)
        if old != new
    ]


def labels_from_header(port: str, header: Sequence[str]) -> tuple[list[str], list[Translation]]:
    """Return the labels in a header, made unique, and a ledger entry for each that changed.

    A column without a label gets `Col` and its number.
    """
    named = [label or f"Col{number}" for number, label in enumerate(header, 1)]
    labels = unique_labels(named)
    unnamed = [
        Translation(port, label, "rename", f"Column {number} has no label in the header.")
        for number, (old, label) in enumerate(zip(header, labels, strict=True), 1)
        if not old
    ]
    return labels, unnamed + rename_entries(port, named, labels)
