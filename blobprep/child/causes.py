"""The causes of an exception: what it was raised from, or while handling."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["iter_causes"]


def iter_causes(error: BaseException, *, hidden: bool = False) -> Iterator[BaseException]:
    """Yield an exception and its causes, nearest first.

    Args:
        error: the exception.
        hidden: also yield causes that a traceback does not show: those suppressed by `raise … from None`, and those
            that HTTP libraries keep in `reason` or among the arguments.
    """
    pending, seen = [error], set[int]()
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if hidden:
            linked = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        else:
            linked = (current.__cause__ or (None if current.__suppress_context__ else current.__context__),)
        pending += [cause for cause in linked if isinstance(cause, BaseException)]
