"""The artifacts of a run: cells of the results, and files the script left in `outputs/`, as blobs of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from blobprep.outputs.collector import MAX_FILES, LeftFile, collect_files
from blobprep.printable import escape
from blobprep.protocol import OUTPUTS, Facts
from blobprep.reference.wildcards import name_matcher

__all__ = ["ArtifactsMissing", "find_artifacts"]

_SHOWN: Final = 10


class ArtifactsMissing(Exception):
    """The script's failure to leave the artifacts it was asked for, or leaving too many; says what it left."""


def find_artifacts(
    asked: Sequence[str], facts: Facts, folder: str, cells: int | None, say: Callable[[str], None]
) -> list[LeftFile]:
    """Find the requested artifacts among the cells the child wrote and the files the script left.

    Args:
        asked: names, or patterns of files' names; a column goes before a file of the same name.
        facts: the child's claims; only those that can be read are believed.
        folder: the working folder; its processes are dead.
        cells: descriptor of the file with the cells, None if there is no such file.
        say: takes a sentence for the log.

    Raises:
        ArtifactsMissing: a requested artifact was not left, or there are too many.
    """
    files: dict[str, LeftFile] = {}
    for left in collect_files(folder):
        if isinstance(left, str):
            say(f"artifact: {left}")
        else:
            files[left.name] = left
    columns = _cells(facts, cells)
    found: dict[str, LeftFile] = {}
    for name in asked:
        if name in columns:
            found[name] = columns[name]
            if name in files:
                say(f"artifact {name} is the column of that name; the file {OUTPUTS}/{name} was not kept")
                del files[name]
            continue
        names = list(filter(name_matcher(name), files))
        if not names:
            raise ArtifactsMissing(_missing(name, facts, files))
        found |= {name: files[name] for name in names}
    if len(found) > MAX_FILES:
        raise ArtifactsMissing(f"the script left {len(found)} artifacts; {MAX_FILES} are allowed")
    _report_unasked([name for name in files if name not in found and not name.lower().endswith(".png")], say)
    return list(found.values())


def _cells(facts: Facts, held: int | None) -> Mapping[str, LeftFile]:
    if held is None:
        return {}
    end = os.fstat(held).st_size
    return {
        cell.name: LeftFile(cell.name, cell.size, partial(_open_cell, held, cell.offset))
        for cell in facts.artifacts
        if cell.offset + cell.size <= end
    }


def _open_cell(held: int, offset: int) -> int:
    # A duplicate shares its position with the original: only one cell may be open at a time.
    os.lseek(held, offset, os.SEEK_SET)
    return os.dup(held)


def _missing(name: str, facts: Facts, files: Mapping[str, LeftFile]) -> str:
    results = facts.outputs.get("results")
    columns = _join(results.names if results else ())
    return (
        f"the script did not leave the artifact {name}: it is neither a column of bytes or text in the results "
        f"(these have {columns or 'no columns'}) nor a file in {OUTPUTS}/ (it holds {_join(list(files)) or 'none'})"
    )


def _report_unasked(names: Sequence[str], say: Callable[[str], None]) -> None:
    if names:
        say(f"not kept from {OUTPUTS}/: {_join(names, repr)}; --artifact NAME keeps one of them, --artifact '**' all")


def _join(names: Sequence[str], show: Callable[[str], str] = escape) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(show, names[:_SHOWN])) + more
