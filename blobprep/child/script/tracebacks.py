"""Tracebacks as text, in time and memory that hardly grow with the depth of the stack."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Any, Final

__all__ = ["format_exception"]

_KEPT: Final = 100
"""Frames formatted at each end of a deep stack. A recursion can be a million frames deep, and the source line of each
formatted frame is looked up."""


def format_exception(
    error: BaseException, frames: TracebackType | None, hidden: Collection[str] = (), hidden_below: str = "\0"
) -> str:
    """Format an exception as Python does, but only the first and the last frames of a deep stack.

    Args:
        error: the exception, with its causes.
        frames: its own traceback, from the first frame to show.
        hidden: names of files whose frames are left out.
        hidden_below: a folder whose files are such too.
    """
    summary = traceback.TracebackException(type(error), error, _keep_last(frames), limit=-2 * _KEPT, compact=True)
    _restore_first_frames(summary, frames)
    for link, raised in _pair_causes(summary, error):
        _restore_first_frames(link, raised.__traceback__)
    for shown in _iter_all(summary):
        shown.stack[:] = (
            frame
            for frame in shown.stack
            if frame.filename not in hidden and not frame.filename.startswith(hidden_below)
        )
    return "".join(summary.format())


class _Ends(traceback.StackSummary):
    """The first and the last frames of a stack, and the number of frames between them."""

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


def _keep_last(frames: TracebackType | None) -> TracebackType | None:
    """Return a traceback, or only the end of a deep one."""
    for _ in range(_depth(frames) - 2 * _KEPT):
        assert frames is not None
        frames = frames.tb_next
    return frames


def _restore_first_frames(summary: traceback.TracebackException, frames: TracebackType | None) -> None:
    between = _depth(frames) - 2 * _KEPT
    if between <= 0:
        return
    ends = _Ends(summary.stack[-_KEPT:])
    # A new exception without causes: only the stack is needed.
    ends.first = traceback.TracebackException(Exception, Exception(), frames, limit=_KEPT).stack
    ends.between = between
    summary.stack = ends


def _pair_causes(
    summary: traceback.TracebackException, error: BaseException
) -> Iterator[tuple[traceback.TracebackException, BaseException]]:
    """Yield the causes of an exception, each as a summary and as the exception itself."""
    while True:
        if summary.__cause__ is not None and error.__cause__ is not None:
            summary, error = summary.__cause__, error.__cause__
        elif summary.__context__ is not None and error.__context__ is not None:
            summary, error = summary.__context__, error.__context__
        else:
            return
        yield summary, error


def _iter_all(summary: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """Yield an exception, its causes, and the members of exception groups."""
    pending = [summary]
    while pending:
        current = pending.pop()
        yield current
        members = getattr(current, "exceptions", None) or ()
        pending += filter(None, (current.__cause__, current.__context__, *members))
