"""An exception as text, in time and memory that hardly grow with the depth of its stack."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Any, Final

__all__ = ["format_exception"]

_KEPT: Final = 100
"""Frames that are formatted at each end of a deep stack: a recursion can be a million frames deep, and for each of them
a line of source is looked up."""


def format_exception(error: BaseException, frames: TracebackType | None, hidden: Collection[str] = ()) -> str:
    """Format an exception as Python does, with the first and the last frames of a stack that is deep.

    Args:
        error: with what it was raised from, or while handling.
        frames: its own traceback, from where it is to be shown.
        hidden: names of files whose frames are left out.
    """
    told = traceback.TracebackException(type(error), error, _last(frames), limit=-2 * _KEPT, compact=True)
    _restore_first_frames(told, frames)
    for link, raised in _links(told, error):
        _restore_first_frames(link, raised.__traceback__)
    for each in _all(told):
        each.stack[:] = (frame for frame in each.stack if frame.filename not in hidden)
    return "".join(told.format())


class _Ends(traceback.StackSummary):
    """The first and the last frames of a stack, and how many there are between them."""

    first: traceback.StackSummary
    between: int

    def format(self, **options: Any) -> list[str]:
        left_out = f"  … {self.between} frames left out …\n"
        return [*self.first.format(**options), left_out, *super().format(**options)]


def _depth(frames: TracebackType | None) -> int:
    depth = 0
    while frames is not None:
        depth, frames = depth + 1, frames.tb_next
    return depth


def _last(frames: TracebackType | None) -> TracebackType | None:
    """Return a traceback, or the end of one that is deep."""
    for _ in range(_depth(frames) - 2 * _KEPT):
        assert frames is not None
        frames = frames.tb_next
    return frames


def _restore_first_frames(told: traceback.TracebackException, frames: TracebackType | None) -> None:
    between = _depth(frames) - 2 * _KEPT
    if between <= 0:
        return
    ends = _Ends(told.stack[-_KEPT:])
    # Of an exception without a history: only its stack is wanted.
    ends.first = traceback.TracebackException(Exception, Exception(), frames, limit=_KEPT).stack
    ends.between = between
    told.stack = ends


def _links(
    told: traceback.TracebackException, error: BaseException
) -> Iterator[tuple[traceback.TracebackException, BaseException]]:
    """Yield what an exception was raised from or while handling, and what those were; both as text and as it is."""
    while True:
        if told.__cause__ is not None and error.__cause__ is not None:
            told, error = told.__cause__, error.__cause__
        elif told.__context__ is not None and error.__context__ is not None:
            told, error = told.__context__, error.__context__
        else:
            return
        yield told, error


def _all(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """Yield an exception, those it came from, and those of groups."""
    pending = [told]
    while pending:
        each = pending.pop()
        yield each
        pending += filter(None, (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ())))
