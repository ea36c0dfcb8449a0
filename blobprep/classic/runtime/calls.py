"""Calls that a function no longer takes: tried as they were read then, once the function has refused them.

The function is called first, always, and its answer is the answer. Only where it refuses the call itself (too many
positional arguments, an argument it does not know, a value it no longer accepts) are the arguments given their names of
then, renamed and left out as the registry says, and the function is called again. If that is refused too, the first
error is raised. A function that has begun when it refuses (`before` in its row) is told by its arguments instead.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from blobprep.classic.runtime.callers import calling_frame, is_prepared, outer_frame, script_frame
from blobprep.classic.runtime.rows import Call
from blobprep.classic.runtime.targets import MISSING, find
from blobprep.classic.runtime.usage import USAGE

__all__ = ["Form", "Unreadable", "reread", "wrap"]

_REFUSED: Final = re.compile(
    r"takes (at most |exactly |from |no )?[\w ]*(positional |keyword )?arguments?\b|unexpected keyword argument"
    r"|got multiple values for|missing \d+ required|got some positional-only|positional argument"
)


class Unreadable(Exception):
    """A call that the functions of then did not take either, or not in a way that can be carried over."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a function was called then.

    Attributes:
        path: its full name.
        orders: its parameters then, without `self`; of two versions where they differ.
        rows: of the registry.
        bound: whether the first argument is the object.
    """

    path: str
    orders: Sequence[Sequence[str]]
    rows: Sequence[Call]
    bound: bool

    @property
    def caught(self) -> tuple[type[Exception], ...]:
        """The errors with which the present function refuses the form."""
        names = {"TypeError"}.union(*(row.raises.split() for row in self.rows))
        return tuple(find(name) if "." in name else getattr(builtins, name) for name in sorted(names))

    @property
    def told_before(self) -> frozenset[str]:
        """The arguments that tell the form before the function is called."""
        return frozenset(name for row in self.rows for name in row.before.split())


def wrap(function: Callable[..., Any], form: Form) -> Callable[..., Any]:
    """Return a function that tries another reading of the calls that a function refuses."""
    caught, told_before = form.caught, form.told_before
    through_libraries = any(row.through_libraries for row in form.rows)

    @functools.wraps(function)
    def classic(*args: Any, **kwargs: Any) -> Any:
        if told_before and not told_before.isdisjoint(kwargs):
            frame = calling_frame(outer_frame())
            if frame is not None:
                return reread(function, form, args, kwargs, None, frame)
        try:
            return function(*args, **kwargs)
        except caught as error:
            frame = calling_frame(outer_frame(), through_libraries=through_libraries)
            if frame is None or is_prepared(frame, form.path.rpartition(".")[2], type(error)):
                raise
            return reread(function, form, args, kwargs, error, frame)

    return classic


def reread(
    function: Callable[..., Any],
    form: Form,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    error: Exception | None,
    frame: types.FrameType,
) -> Any:
    """Call a function with its arguments as they were read then.

    Args:
        function: as it is today.
        form: how it was called then.
        args: what it was given by position.
        kwargs: what it was given by name.
        error: with which it refused them; None if it was not called.
        frame: of the script.

    Raises:
        Exception: `error`, if no reading is accepted either.
    """
    refused_here = error is None or _is_refusal(error)
    for bound, named in _readings(function, form, args, kwargs):
        for row in (*form.rows, _PLAIN):
            if not _applies(row, named, error, refused_here):
                continue
            try:
                with USAGE.silent():
                    answer = _answer(function, row, bound, named)
            except Unreadable:
                continue
            except (TypeError, ValueError, LookupError, AttributeError, NotImplementedError) as other:
                if error is None or type(other) is NotImplementedError:  # which says what to do
                    raise
                if row is _PLAIN and not _is_refusal(other):  # the call was understood, and fails as it did then
                    raise other from None
                continue
            USAGE.note(f"{form.path}({_shown(row, named)})", row.gone, row.how, row.choice, frame)
            return answer
    if error is None:
        return function(*args, **kwargs)
    raise error


def _is_refusal(error: Exception) -> bool:
    """Tell whether a library refused the call, and not a function of the script that it called."""
    if not isinstance(error, TypeError) or _REFUSED.search(str(error)) is None:
        return False
    frames = error.__traceback__
    while frames is not None:
        if script_frame(frames.tb_frame) is frames.tb_frame:
            return False
        frames = frames.tb_next
    return True


_PLAIN: Final = Call("", "3.0", "arguments given by their positions then are given by name")


_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _readings(
    function: Callable[..., Any], form: Form, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    """Yield the ways to read the arguments: what is given by position, and what by name."""
    for order in form.orders:
        named = _named(args[form.bound :], kwargs, order)
        if named is not None:
            yield args[: form.bound], named
    own = [parameter.name for parameter in _parameters(function) if parameter.kind in _POSITIONAL]
    named = _named(args[form.bound :], kwargs, own[form.bound :])
    if named is not None and not form.orders and all(name.isidentifier() for name in named):
        yield args[: form.bound], named
    yield args, kwargs


def _named(args: Sequence[Any], kwargs: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any] | None:
    """Give positional arguments their names; None if there are too many, or one is given twice."""
    if len(args) > len(order) and args:
        return None
    named = dict(zip(order, args, strict=False))
    return None if named.keys() & kwargs.keys() else {**named, **kwargs}


def _applies(row: Call, named: Mapping[str, Any], error: Exception | None, refused_here: bool) -> bool:
    if row is _PLAIN:
        return refused_here
    if error is not None and not {kind.__name__ for kind in type(error).__mro__} & _last_parts(row.raises):
        return False
    arguments = {*row.dropped.split(), *(pair.partition("=")[0] for pair in row.renamed.split()), *row.before.split()}
    return bool(row.reading) or not arguments.isdisjoint(named)


@functools.cache
def _last_parts(names: str) -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in names.split())


def _answer(function: Callable[..., Any], row: Call, bound: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    given = dict(named)
    for pair in row.renamed.split():
        old, new = pair.split("=")
        if old in given:
            given[new] = given.pop(old)
    for name in row.dropped.split():
        given.pop(name, None)
    if not row.reading:
        return call_named(function, bound, given)
    reading = find(row.reading)
    assert reading is not MISSING, row.reading
    return reading(functools.partial(call_named, function, bound), *bound, **given)


def call_named(function: Callable[..., Any], bound: tuple[Any, ...], given: Mapping[str, Any]) -> Any:
    """Call a function with arguments by name; those that it takes by position alone are given so."""
    left = dict(given)
    positional = list(bound)
    for parameter in list(_parameters(function))[len(bound) :]:
        if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY or parameter.name not in left:
            break
        positional.append(left.pop(parameter.name))
    return function(*positional, **left)


def _parameters(function: Callable[..., Any]) -> Sequence[inspect.Parameter]:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return ()


def _shown(row: Call, named: Mapping[str, Any]) -> str:
    touched = [*(pair.partition("=")[0] for pair in row.renamed.split()), *row.dropped.split(), *row.before.split()]
    return ", ".join(name for name in touched if name in named) if row is not _PLAIN else "…"
