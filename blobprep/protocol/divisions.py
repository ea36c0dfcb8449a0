"""The shapes of dividing one blob among several runs. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["MOST_PIECES", "PLACES", "AskedDivision", "DividedPiece", "Division"]

MOST_PIECES: Final = 100_000
"""Pieces of one blob."""

PLACES: Final = ("bytes", "row_groups")
"""The read options that name a part of a blob."""


@dataclass(frozen=True, slots=True)
class AskedDivision:
    """How a blob is divided: into pieces of so many rows, or a few more or fewer where its row groups say so."""

    rows: int


@dataclass(frozen=True, slots=True)
class DividedPiece:
    """One piece of a blob.

    Attributes:
        place: the value of the read option that names it.
        first: the number of its first row, from 0.
        rows: how many it has.
    """

    place: str
    first: int
    rows: int


@dataclass(frozen=True, slots=True)
class Division:
    """How a blob is divided.

    Attributes:
        pieces: in the order of the rows; none for a blob that stays whole.
        option: of `PLACES`, names a piece.
        options: the read options of each piece, with which it is read as a part of the whole is.
        last: those of the last piece besides.
        reason: why a blob with more rows than asked for stays whole; empty otherwise.
    """

    pieces: tuple[DividedPiece, ...] = ()
    option: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
