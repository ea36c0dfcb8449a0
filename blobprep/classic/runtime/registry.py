"""The registry: every name, module and form of a call that is restored. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.calls_others import OTHER_CALLS
from blobprep.classic.runtime.calls_pandas import PANDAS_CALLS
from blobprep.classic.runtime.names_drawing import DRAWING_MODULES, DRAWING_NAMES
from blobprep.classic.runtime.names_learning import LEARNING_MODULES, LEARNING_NAMES
from blobprep.classic.runtime.names_pandas import PANDAS_MODULES, PANDAS_NAMES, PANDAS_OF_CLASSES
from blobprep.classic.runtime.names_science import SCIENCE_NAMES
from blobprep.classic.runtime.rows import Call, Module, Name

__all__ = ["CALLS", "MODULES", "NAMES", "OF_CLASSES"]

NAMES: Final[tuple[Name, ...]] = (*PANDAS_NAMES, *SCIENCE_NAMES, *LEARNING_NAMES, *DRAWING_NAMES)
"""Names of classes and modules."""

OF_CLASSES: Final = PANDAS_OF_CLASSES
"""Those that are reached on a class itself, or on instances that have no columns."""

MODULES: Final[tuple[Module, ...]] = (*PANDAS_MODULES, *LEARNING_MODULES, *DRAWING_MODULES)
"""Modules."""

CALLS: Final[tuple[Call, ...]] = (*PANDAS_CALLS, *OTHER_CALLS)
"""Forms of calls."""
