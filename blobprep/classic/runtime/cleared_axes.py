"""Axes that are cleared before each plot: those of which a script has said `hold(False)`."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, Final

from blobprep.classic.runtime.attributes import patch

__all__ = ["is_held", "keep"]

_DRAWING: Final = (
    "plot", "scatter", "bar", "barh", "hist", "hist2d", "boxplot", "pie", "fill", "fill_between", "errorbar", "step",
    "loglog", "semilogx", "semilogy", "contour", "contourf", "imshow", "hexbin", "stem", "vlines", "hlines",
    "pcolor", "pcolormesh", "quiver", "stackplot",
)  # fmt: skip
_cleared: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
_drawn: Final[weakref.WeakSet[Any]] = weakref.WeakSet()  # a plot is being drawn there, of which others may be a part


def is_held(axes: Any) -> bool:
    """Tell whether what is drawn next is added to what is there."""
    return axes not in _cleared


def keep(axes: Any, kept: bool) -> None:
    """Say whether what is drawn next is added to what is there."""
    if kept:
        _cleared.discard(axes)
        return
    _cleared.add(axes)
    from matplotlib.axes import Axes

    from blobprep.classic.runtime.install import RUNTIME

    for name in _DRAWING:
        function = getattr(Axes, name)
        if not hasattr(function, "clears"):
            patch(Axes, name, _clearing(function), RUNTIME.undo)


def _clearing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def draw(self: Any, *args: Any, **given: Any) -> Any:
        if self not in _cleared or self in _drawn:
            return function(self, *args, **given)
        self.cla()
        _drawn.add(self)
        try:
            return function(self, *args, **given)
        finally:
            _drawn.discard(self)

    vars(draw)["clears"] = True
    return draw
