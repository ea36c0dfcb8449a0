"""Containers, and folders of local files, as references to their blobs begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blobprep.reference import Reference
from blobprep.reference.values import print_below
from blobprep.settings.workspace import Workspace

__all__ = ["Place", "Places", "local_place", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """A container, or a folder of local files.

    Attributes:
        printed: with its account; ends with `/`.
        container: its name; empty for local files.
        marks: what references end with: a version or a snapshot.
    """

    printed: str
    container: str
    marks: str = ""

    def print(self, name: str) -> str:
        """Return the reference of a blob, which means the same in every process with the same files and accounts."""
        return (print_below(self.printed, name) if self.container else self.printed + name) + self.marks


def place_of(workspace: Workspace, reference: Reference) -> Place:
    """Return the container of a reference, with its account."""
    account = reference.account or workspace.store_of(reference).account
    base = replace(
        reference, account=account, blob="", pattern=None, exact=False, version_id=None, snapshot=None, datastore=None
    )
    printed = str(base)
    whole = str(replace(base, version_id=reference.version_id, snapshot=reference.snapshot))
    return Place(printed, reference.container, whole.removeprefix(printed))


class Places:
    """Places that came up before, each with a number."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._numbers: dict[Place, int] = {}

    def number(self, place: Place) -> int:
        """Return the number of a place."""
        number = self._numbers.get(place)
        if number is None:
            number = self._numbers[place] = len(self._places)
            self._places.append(place)
        return number

    def __getitem__(self, number: int) -> Place:
        return self._places[number]

    def __len__(self) -> int:
        return len(self._places)


_ROOT: Final = "/"


def local_place(path: str) -> tuple[Place, str]:
    """Return the place of a local file, and its name there: the working folder if it is below that."""
    full = Path(path).resolve()
    here = Path.cwd()
    root = here if full.is_relative_to(here) else Path(full.anchor or _ROOT)
    printed = f"{root}/" if not str(root).endswith("/") else str(root)
    return Place(printed, ""), str(full)[len(printed) :]
