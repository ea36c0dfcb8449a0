"""What an entry point may return, and what is said when it returns something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blobprep.child.script.entry import ENTRY_POINT, ScriptFailed

__all__ = ["ReturnValue", "read_returned"]


@dataclass(frozen=True, slots=True)
class ReturnValue:
    """Hold what an entry point returned.

    Attributes:
        frame: the first element.
        second: a second frame, if there is one.
        dropped: descriptions of further elements.
    """

    frame: Any
    second: Any
    dropped: tuple[str, ...]


def read_returned(value: Any) -> ReturnValue:
    """Take the frames out of a return value.

    Args:
        value: a DataFrame, or a tuple, list or one-dimensional object array whose first element is one.

    Raises:
        ScriptFailed: it is something else; the message says what, and shows what to write.
    """
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return ReturnValue(value, None, ())
    if isinstance(value, np.ndarray):
        if value.dtype != object or value.ndim != 1:
            raise _wrong(f"a NumPy array of shape {value.shape} and type {value.dtype}, in which no DataFrame is left")
        value = list(value)
    if not isinstance(value, tuple | list):
        raise _wrong(_describe(value))
    if not value:
        raise _wrong(f"an empty {type(value).__name__}")
    if not isinstance(value[0], pd.DataFrame):
        raise _wrong(f"a {type(value).__name__} whose first element is {_describe(value[0])}")
    return _split(value)


def _split(value: Sequence[Any]) -> ReturnValue:
    import pandas as pd

    frame, *rest = value
    second = rest.pop(0) if rest and isinstance(rest[0], pd.DataFrame) else None
    start = 2 if second is None else 3
    dropped = (
        f"element {number}, {_describe(each)}"
        for number, each in enumerate(rest, start)
        if each is not None  # the template's `return dataframe1, None` means nothing by it
    )
    return ReturnValue(frame, second, tuple(dropped))


def _wrong(what: str) -> ScriptFailed:
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
