"""The conversion of a text to one that Python 3 can parse: old syntax, mixed tabs, lines of notebooks. Pure."""

from __future__ import annotations

import ast
import time
from dataclasses import replace
from typing import Final

from blobprep.lint.edit_map import EditMap
from blobprep.lint.findings import Edit, Finding
from blobprep.lint.notebooks import find_foreign_line, find_foreign_spaces
from blobprep.lint.python2 import find_python2
from blobprep.lint.python2_layout import find_mixed_tabs
from blobprep.lint.python2_nodes import SECONDS
from blobprep.lint.source import ParseError, Source, apply_edits, choose_disjoint, parse

__all__ = ["convert_to_python3", "find_failing_line", "find_foreign_lines"]

_STUMBLES: Final = 100  # lines of a notebook that are found one after the other


def convert_to_python3(
    source: Source, old: list[Finding], edits: tuple[Edit, ...]
) -> tuple[Source, ast.Module, tuple[Edit, ...]]:
    """Return the text made valid for Python 3, its tree, and the edits for that; mixed tabs are corrected last.

    Args:
        source: the text.
        old: what `find_python2` found in it; a finding about mixed tabs is added.
        edits: those of the findings that are to be applied.

    Raises:
        ParseError: it is not valid even then.
    """
    made = apply_edits(source, edits)
    try:
        return made, parse(made), edits
    except ParseError as error:
        if not error.tabs:
            raise
        line, _ = source.place(EditMap(edits).back(error.offset))
        old.append(find_mixed_tabs(source, line))
    edits = tuple(choose_disjoint(finding.edits for finding in old))
    made = apply_edits(source, edits)
    return made, parse(made), edits


def find_foreign_lines(source: Source) -> list[Finding]:
    """Find, one after the other, lines where parsing stops because they come from a notebook or a word processor.

    Their edits do not change the number of lines.
    """
    found: dict[int, Finding] = {}
    swept: dict[int, Finding] | None = None
    made = source
    end = time.thread_time() + SECONDS
    for _ in range(_STUMBLES):
        line = find_failing_line(made) if time.thread_time() < end else 0
        foreign = find_foreign_line(source, line) if line else None
        if foreign is None:
            break
        if swept is None and foreign.code == "BP005":
            swept = {one.line: one for one in find_foreign_spaces(source)}
            found |= swept
        elif line in found and (not swept or swept.pop(line, None) is None):  # correcting it was not enough
            found[line] = replace(foreign, fixable=False)
            break
        found[line] = foreign
        made = apply_edits(source, choose_disjoint(finding.edits for finding in found.values()))
    return [found[line] for line in sorted(found)]


def find_failing_line(source: Source) -> int:
    """Return the line where parsing stops; 0 if it does not, or Python does not say where."""
    edits: tuple[Edit, ...] = ()
    try:
        old = find_python2(source)
        edits = tuple(choose_disjoint(finding.edits for finding in old))
        convert_to_python3(source, old, edits)
    except ParseError as error:
        return 0 if error.deep else source.place(min(EditMap(edits).back(error.offset), len(source.data)))[0]
    except RecursionError:
        pass
    return 0
