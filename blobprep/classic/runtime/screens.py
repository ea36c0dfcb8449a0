"""Backends of matplotlib that need a screen: where there is none, Agg stays."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any, Final

from blobprep.classic.runtime.attributes import Undo, patch
from blobprep.classic.runtime.callers import outer_frame, script_frame
from blobprep.classic.runtime.usage import USAGE

__all__ = ["install"]

_FILES: Final = frozenset({"agg", "cairo", "pdf", "pgf", "ps", "svg", "template", "inline"})
"""Backends that draw into files."""

_HOW = "there is no screen, so Agg stays"


def install(module: types.ModuleType, undo: Undo) -> None:
    """Make the functions of a module that choose a backend stay with Agg, where that needs a screen."""
    name = "switch_backend" if module.__name__.endswith("pyplot") else "use"
    patch(module, name, _staying(getattr(module, name), f"{module.__name__}.{name}"), undo)


def _staying(function: Callable[..., Any], path: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def choose(*args: Any, **given: Any) -> Any:
        frame = script_frame(outer_frame())
        backend = str(args[0] if args else given.get("backend", given.get("newbackend", "")))
        if frame is None or _is_drawable(backend):
            return function(*args, **given)
        USAGE.note(f"{path}({backend!r})", "3.0", _HOW, "", frame)
        return function("agg")

    return choose


def _is_drawable(backend: str) -> bool:
    """Tell whether a backend needs no screen, or there is one for it."""
    import matplotlib.pyplot as plt

    if backend.lower() in _FILES or backend.startswith("module://"):
        return True
    before = plt.get_backend()
    switch = inspect.unwrap(plt.switch_backend)  # ours would ask here again
    try:
        switch(backend)
    except (ImportError, ValueError, RuntimeError):
        return False
    finally:
        if plt.get_backend() != before and backend.lower() not in plt.get_backend().lower():
            switch(before)
    return True
