"""Artifacts of a run: cells of the results, and files the script left in `outputs/`, that become blobs of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from blobprep.outputs.collector import MAX_FILES, LeftFile, left_files, open_left
from blobprep.printable import escape
from blobprep.protocol import OUTPUTS, Facts
from blobprep.reference.wildcards import name_matcher

__all__ = ["Artifact", "ArtifactsMissing", "find_artifacts"]

_SHOWN: Final = 10


class ArtifactsMissing(Exception):
    """Say which artifacts the script did not leave, and what it left; the script's failure."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Describe a blob to be.

    Attributes:
        name: below `artifacts/`.
        size: bytes.
        open: returns a descriptor at its first byte, None where it cannot be read any more; the caller closes it
            before he opens the next.
    """

    name: str
    size: int
    open: Callable[[], int | None]


def find_artifacts(
    asked: Sequence[str], facts: Facts, folder: str, cells: int | None, say: Callable[[str], None]
) -> list[Artifact]:
    """Find what was asked for among the cells the child wrote and the files the script left.

    Args:
        asked: names, or patterns of files' names; a column goes before a file of the same name.
        facts: the child's claims, of which only such are believed as can be read.
        folder: the working folder; its processes are dead.
        cells: descriptor of the file with the cells, None where none was made.
        say: takes a sentence for the log.

    Raises:
        ArtifactsMissing: something was asked for and is not there, or too much is.
    """
    files: dict[str, LeftFile] = {}
    for left in left_files(folder):
        if isinstance(left, str):
            say(f"artifact: {left}")
        else:
            files[left.name] = left
    known = _cells(facts, cells)
    found: dict[str, Artifact] = {}
    for name in asked:
        if name in known:
            found[name] = known[name]
            if name in files:
                say(f"artifact {name} is the column of that name; the file {OUTPUTS}/{name} was not kept")
                del files[name]
            continue
        names = list(filter(name_matcher(name), files))
        if not names:
            raise ArtifactsMissing(_missing(name, facts, files))
        found |= {each: Artifact(each, files[each].size, partial(open_left, folder, each)) for each in names}
    if len(found) > MAX_FILES:
        raise ArtifactsMissing(f"the script left {len(found)} artifacts; {MAX_FILES} are allowed")
    _tell_forgotten([name for name in files if name not in found and not name.lower().endswith(".png")], say)
    return list(found.values())


def _cells(facts: Facts, held: int | None) -> Mapping[str, Artifact]:
    if held is None:
        return {}
    end = os.fstat(held).st_size
    return {
        each.name: Artifact(each.name, each.size, partial(_open_cell, held, each.offset))
        for each in facts.artifacts
        if each.offset + each.size <= end
    }


def _open_cell(held: int, offset: int) -> int:
    os.lseek(held, offset, os.SEEK_SET)
    return os.dup(held)


def _missing(name: str, facts: Facts, files: Mapping[str, LeftFile]) -> str:
    results = facts.outputs.get("results")
    columns = _listed(results.names if results else ())
    return (
        f"the script did not leave the artifact {name}: it is neither a column of bytes or text in the results "
        f"(these have {columns or 'no columns'}) nor a file in {OUTPUTS}/ (it holds {_listed(list(files)) or 'none'})"
    )


def _tell_forgotten(names: Sequence[str], say: Callable[[str], None]) -> None:
    if names:
        say(f"not kept from {OUTPUTS}/: {_listed(names, repr)}; --artifact NAME keeps one of them, --artifact '**' all")


def _listed(names: Sequence[str], shown: Callable[[str], str] = escape) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(shown, names[:_SHOWN])) + more
