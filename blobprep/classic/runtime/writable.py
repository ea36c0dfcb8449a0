"""Arrays of values that may be written, as then.

pandas hands out its own memory read-only, since frames share it. Then, an array was the memory of its frame, or a copy.
So the memory is taken out of sharing first, unless what it is shared with is the frame that a column comes from: what
is written there is seen in that frame, as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.attributes import Undo, patch
from blobprep.classic.runtime.callers import calling_frame, outer_frame
from blobprep.classic.runtime.upcasting import become
from blobprep.classic.runtime.usage import USAGE

__all__ = ["install", "writable_values"]

_HOW = "an array that may be written"
_COPIED = "a copy: what is written there is not seen in the frame"


def install(undo: Undo) -> None:
    """Make `values` and `numpy.asarray` of a script return arrays that may be written."""
    for kind in (pd.DataFrame, pd.Series, pd.Index):
        values = next(vars(parent)["values"] for parent in kind.__mro__ if "values" in vars(parent))
        name = f"pandas.{kind.__name__}.values"
        patch(kind, "values", property(_giving(values.fget, name), doc=values.__doc__), undo)
        patch(kind, "__array__", _giving(kind.__array__, f"numpy.asarray of pandas.{kind.__name__}"), undo)


def _giving(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def values(self: Any, *args: Any, **given: Any) -> Any:
        found = function(self, *args, **given)
        if not isinstance(found, np.ndarray) or found.flags.writeable:
            return found
        frame = calling_frame(outer_frame())
        if frame is None:
            return found
        written = writable_values(self, lambda: function(self, *args, **given))
        copied = not np.shares_memory(written, found) and not isinstance(self, pd.Index)
        USAGE.note(name, "3.0", _HOW, _COPIED if copied and self.ndim == 1 else "", frame)
        return written

    values.__name__ = function.__name__
    values.__doc__ = function.__doc__
    return values


def writable_values(owner: Any, read: Callable[[], Any]) -> Any:
    """Return the values of a frame, series or index, to be written; read-only where that cannot be as it was.

    Args:
        owner: whose values they are.
        read: returns them as pandas does.
    """
    if isinstance(owner, pd.Index) or len(owner._mgr.blocks) != 1:
        return read().copy()
    block = owner._mgr.blocks[0]
    others = [other for reference in block.refs.referenced_blocks if (other := reference()) not in (None, block)]
    if owner.ndim == 1 and any(other.ndim == 2 for other in others):
        if len(others) > 1:
            return read().copy()
    elif others:
        become(owner, owner.copy())
    found = read().view()
    try:
        found.flags.writeable = True
    except ValueError:  # the memory itself is read-only: of a file, or of Arrow
        return read().copy()
    return found
