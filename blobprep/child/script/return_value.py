"""The return value of an entry point, and the error if it is not a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blobprep.child.script.entry import ENTRY_POINT, ScriptFailed

__all__ = ["ReturnValue", "read_return_value"]


@dataclass(frozen=True, slots=True)
class ReturnValue:
    """The frames that an entry point returned.

    Attributes:
        frame: the first element.
        second: a second frame, if there is one.
        dropped: descriptions of further elements.
    """

    frame: Any
    second: Any
    dropped: tuple[str, ...]


def read_return_value(value: Any) -> ReturnValue:
    """Read the frames from a return value.

    Args:
        value: a DataFrame, or a tuple, list or one-dimensional object array whose first element is one.

    Raises:
        ScriptFailed: it is something else; the message names it and shows what to return.
    """
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return ReturnValue(value, None, ())
    if isinstance(value, np.ndarray):
        if value.dtype != object or value.ndim != 1:
            raise _return_error(
                f"a NumPy array of shape {value.shape} and type {value.dtype}, which no longer holds a DataFrame"
            )
        value = list(value)
    if not isinstance(value, tuple | list):
        raise _return_error(_describe(value))
    if not value:
        raise _return_error(f"an empty {type(value).__name__}")
    if not isinstance(value[0], pd.DataFrame):
        raise _return_error(f"a {type(value).__name__} whose first element is {_describe(value[0])}")
    return _split(value)


def _split(value: Sequence[Any]) -> ReturnValue:
    import pandas as pd

    frame, *rest = value
    second = rest.pop(0) if rest and isinstance(rest[0], pd.DataFrame) else None
    start = 2 if second is None else 3
    dropped = (
        f"element {number}, {_describe(element)}"
        for number, element in enumerate(rest, start)
        if element is not None  # as in the template's `return dataframe1, None`
    )
    return ReturnValue(frame, second, tuple(dropped))


def _return_error(what: str) -> ScriptFailed:
    return ScriptFailed(
        f"{ENTRY_POINT} returned {what}; it must return a DataFrame, "
        "or a sequence whose first element is one: return df,"
    )


def _describe(value: Any) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} {name}"
