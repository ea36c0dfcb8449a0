"""The name of a blob as a path inside a folder, and back. Pure.

A segment of the name (the text between two `/`) is a component of the path, unchanged. Only what a file system cannot
hold is escaped, so that every name has its own path and every path at most one name:

    segment                                          component
    empty (`a//b`, a leading or trailing `/`)        %empty
    `.` and `..`                                     %2E and %2E%2E
    reserved: begins with `.blobprep`                %2Eblobprep…
    holds a NUL character                            …%00…
    longer than 255 bytes of UTF-8                   START%more/+REST, and REST likewise if it is long
    the last one, if a folder has its name           SEGMENT%blob
    would itself read as one of these                `25` after its `%`: %empty is %25empty, %25empty is %2525empty

A path that this scheme never writes (a file `x%more`, say) has no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

__all__ = ["RESERVED", "components", "components_beside", "is_begun", "plain_components", "segment_of"]

RESERVED: Final = ".blobprep"
"""Files and folders whose names begin with this belong to the store itself."""

_LONGEST: Final = 255
_BESIDE: Final = "%blob"
_MORE: Final = "%more"
_CONTINUED: Final = "+"

# What needs a guard, after any number of `25`: a token of the table above, at the place where it counts.
_AT_START: Final = r"empty\Z|2E\Z|2E%2E\Z|2Eblobprep"
_AT_END: Final = r"(?:blob|more)\Z"
_LITERAL: Final = re.compile(rf"\A%(?=(?:25)*(?:{_AT_START}))|%(?=(?:25)*(?:00|{_AT_END}))")
_GUARDED: Final = re.compile(rf"\A%25(?=(?:25)*(?:{_AT_START}))|%25(?=(?:25)*(?:00|{_AT_END}))")
_DOTS: Final = {"": "%empty", ".": "%2E", "..": "%2E%2E"}
_UNDOTS: Final = {escaped: segment for segment, escaped in _DOTS.items()}


def components(name: str) -> tuple[str, ...]:
    """Return the path of a blob; for a prefix without its last `/`, the folder of the prefix."""
    return tuple(part for segment in name.split("/") for part in _split(_escape(segment)))


def components_beside(name: str) -> tuple[str, ...]:
    """Return the path of a blob whose ordinary path is taken by a folder."""
    *folders, last = name.split("/")
    above = (part for segment in folders for part in _split(_escape(segment)))
    return (*above, *_split(_escape(last) + _BESIDE))


def plain_components(name: str) -> tuple[str, ...] | None:
    """Return the path of a name that is not escaped; None if no file can have it."""
    segments = name.split("/")
    if any(segment in _DOTS or segment.startswith(RESERVED) or "\0" in segment for segment in segments):
        return None
    return tuple(segments)


def segment_of(path: Sequence[str]) -> tuple[str, bool] | None:
    """Return the segment that a component stands for, and whether it is a blob beside a folder of its name.

    Args:
        path: one component, or several if the segment is continued.

    Returns:
        None if this scheme never writes such a path.
    """
    pieces = [part.removesuffix(_MORE) for part in path[:-1]] + [path[-1]]
    escaped = pieces[0] + "".join(piece.removeprefix(_CONTINUED) for piece in pieces[1:])
    beside = escaped.endswith(_BESIDE)
    segment = _unescape(escaped.removesuffix(_BESIDE))
    written = _escape(segment) + (_BESIDE if beside else "")
    return (segment, beside) if tuple(_split(written)) == tuple(path) else None


def is_begun(path: Sequence[str]) -> bool:
    """Return whether the segment continues in the next component."""
    return path[-1].endswith(_MORE)


def _escape(segment: str) -> str:
    if segment in _DOTS:
        return _DOTS[segment]
    guarded = _LITERAL.sub("%25", segment)
    if guarded.startswith(RESERVED):
        guarded = "%2E" + guarded[1:]
    return guarded.replace("\0", "%00")


def _unescape(escaped: str) -> str:
    if escaped in _UNDOTS:
        return _UNDOTS[escaped]
    if escaped.startswith("%2E" + RESERVED[1:]):
        escaped = "." + escaped[3:]
    # NUL first: after `%25` the `%` belongs to a guard, not to the token.
    freed = re.sub(r"%00", "\0", escaped)
    return _GUARDED.sub("%", freed)


def _split(escaped: str) -> Iterator[str]:
    """Yield an escaped segment in components that a file system can hold, cut between characters."""
    start = ""
    while _size(start + escaped) > _LONGEST:
        sizes = accumulate(map(_size, escaped), initial=len(start) + len(_MORE))
        fitting = sum(1 for size in sizes if size <= _LONGEST) - 1
        yield start + escaped[:fitting] + _MORE
        start, escaped = _CONTINUED, escaped[fitting:]
    yield start + escaped


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
