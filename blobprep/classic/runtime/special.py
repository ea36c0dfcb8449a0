"""What changed without an error where it is written, and shows later or never."""

from __future__ import annotations

import types
from typing import Final

from blobprep.classic.runtime.attributes import Undo

__all__ = ["MODULES", "SILENT", "install", "install_silent"]

_LEARNING: Final = (
    "sklearn.ensemble",
    "sklearn.svm",
    "sklearn.cluster",
    "sklearn.model_selection",
    "sklearn.linear_model",
)
MODULES: Final = ("pandas", "matplotlib", "matplotlib.pyplot", "scipy.stats", *_LEARNING)
"""Where functions are replaced whose effect today is an error later on."""

SILENT: Final = ("pandas", "scipy.stats", *_LEARNING)
"""Where functions are replaced that do something else today, and no error."""


def install(module: types.ModuleType, undo: Undo) -> None:
    """Replace functions whose effect today is an error later on: arrays that may not be written, a missing screen."""
    if module.__name__ == "pandas":
        from blobprep.classic.runtime import writable

        writable.install(undo)
    elif module.__name__.startswith("matplotlib"):
        from blobprep.classic.runtime import screens

        screens.install(module, undo)


def install_silent(module: types.ModuleType, undo: Undo) -> None:
    """Replace functions that do something else today, and no error; for scripts of then alone."""
    if module.__name__ == "scipy.stats":
        from blobprep.classic.runtime import silent_defaults

        silent_defaults.install_modes(module, undo)
        return
    if module.__name__ in _LEARNING:
        from blobprep.classic.runtime import defaults_of_then

        defaults_of_then.install(module, undo)
        return
    from blobprep.classic.runtime import columns_written, silent_defaults, texts_as_objects

    texts_as_objects.install(undo)
    silent_defaults.install(undo)
    columns_written.install(undo)
