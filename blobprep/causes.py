"""The exceptions behind an exception. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

__all__ = ["walk_causes", "walk_shown_causes"]


def walk_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all it came from, each once, the nearest first.

    Besides Python's own links it follows those of HTTP libraries, which keep the first exception in `reason`, in
    `inner_exception` or among the arguments.
    """
    pending: deque[object] = deque([error])
    seen: set[int] = set()
    while pending:
        cause = pending.popleft()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            pending += [cause.__cause__, cause.__context__, getattr(cause, "inner_exception", None)]
            pending += [getattr(cause, "reason", None), *cause.args]


def walk_shown_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those it came from, as far as a traceback shows them."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
