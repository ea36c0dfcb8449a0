"""Exceptions as text: as Python formats them, but for the middle of a deep stack."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import pytest

from blobprep.child.script.tracebacks import format_exception


def raised(act: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  any
        act()
    return caught.value


def sink(depth: int) -> None:
    if depth == 0:
        raise ValueError("at the bottom")
    sink(depth - 1)


def from_another(depth: int) -> None:
    try:
        sink(depth)
    except ValueError as error:
        raise KeyError("above") from error


def while_handling(depth: int) -> None:
    try:
        sink(depth)
    except ValueError:
        raise KeyError("above")  # noqa: B904  implicitly


def without_history() -> None:
    try:
        sink(1)
    except ValueError:
        raise KeyError("alone") from None


@pytest.mark.parametrize(
    "act",
    [
        lambda: sink(0),
        lambda: sink(150),
        lambda: from_another(3),
        lambda: while_handling(3),
        without_history,
        lambda: compile("a b", "script.py", "exec"),
        lambda: exec("raise ExceptionGroup('two', [ValueError(1), KeyError(2)])"),
    ],
)
def test_what_is_not_deep_reads_as_python_has_it(act: Callable[[], object]) -> None:
    error = raised(act)

    assert format_exception(error, error.__traceback__) == "".join(traceback.format_exception(error))


@pytest.mark.parametrize("act", [sink, from_another, while_handling])
def test_of_a_deep_stack_the_first_and_the_last_frames_are_told_and_how_many_lie_between(
    act: Callable[[int], None],
) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)
    try:
        error = raised(lambda: act(20_000))
    finally:
        sys.setrecursionlimit(before)
    text = format_exception(error, error.__traceback__)

    left_out = re.search(r"… (\d+) frames left out …", text)
    assert left_out is not None
    assert 19_800 <= int(left_out[1]) < 20_100
    assert text.index(f"in {act.__name__}") < left_out.start() < text.index("ValueError: at the bottom")
    assert len(text) < 5_000


def test_an_endless_recursion_is_told_like_any_other_exception() -> None:
    def endless() -> None:
        endless()

    with suppress(RecursionError):
        endless()
    error = raised(endless)

    assert format_exception(error, error.__traceback__).endswith("RecursionError: maximum recursion depth exceeded\n")
