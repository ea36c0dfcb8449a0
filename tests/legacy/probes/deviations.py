"""Where the overlay differs from 2.1.0 on purpose, and why; anything else that differs is a defect."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["DEVIATIONS", "Deviation"]


class Deviation(NamedTuple):
    """What may differ in one probe."""

    why: str
    where: tuple[str, ...]  # the starts of the places that differ, as `differences` names them


DEVIATIONS: Final[dict[str, Deviation]] = {}
