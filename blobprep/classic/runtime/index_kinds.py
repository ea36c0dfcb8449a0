"""What an index holds, in the words of pandas 0.20."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["holds_floats", "holds_integers", "inferred"]


def inferred(labels: pd.Index) -> str:
    """Return the kind of labels: `integer`, `floating`, `string`, `mixed`, `mixed-integer`."""
    return str(labels.inferred_type)


def holds_integers(labels: Any) -> bool:
    """Tell whether an index is of integers."""
    return not isinstance(labels, pd.MultiIndex) and inferred(labels) == "integer"


def holds_floats(labels: Any) -> bool:
    """Tell whether an index is of floats, or of integers and floats."""
    return not isinstance(labels, pd.MultiIndex) and inferred(labels) in ("floating", "mixed-integer-float")
