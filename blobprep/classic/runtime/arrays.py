"""The values of series and frames as arrays, which may be written as then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["as_matrix"]


def as_matrix(self: Any, columns: Any = None) -> Any:
    """Return the values of all columns, or of some, as an array that may be written."""
    chosen = self if columns is None or self.ndim == 1 else self[list(columns)]
    return chosen.to_numpy(copy=True)


def index_values(self: Any) -> Any:
    """Return the labels as an array."""
    return np.array(self)


def reshape(self: pd.Series, *shape: Any, **options: Any) -> Any:
    """Return the values in another shape."""
    wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
    return self if wanted in ((len(self),), (-1,)) else self.to_numpy(copy=True).reshape(wanted, **options)


def ravel(self: pd.Series, order: Any = "C") -> Any:
    """Return the values."""
    return self.to_numpy(copy=True).ravel(order or "C")


def nonzero(self: pd.Series) -> Any:
    """Return the positions of values that are not zero."""
    return self.to_numpy().nonzero()


def ptp(self: pd.Series, axis: Any = None, out: Any = None) -> Any:
    """Return the largest value less the smallest."""
    return self.max() - self.min()


def as_objects(self: Any) -> Any:
    """Return the values as objects."""
    return self.astype(object)


def view(self: pd.Series, dtype: Any = None) -> Any:
    """Return the same bytes as another type."""
    return pd.Series(self.to_numpy().view(dtype), index=self.index, name=self.name)


def compress(self: pd.Series, condition: Any, *_: Any, **__: Any) -> Any:
    """Return the values where a condition holds."""
    return self[np.asarray(condition, dtype=bool)]


def put(self: pd.Series, places: Any, values: Any, *_: Any) -> None:
    """Set values by position."""
    self.iloc[places] = values


def real(self: pd.Series) -> Any:
    """Return the real parts."""
    return self.to_numpy().real


def imaginary(self: pd.Series) -> Any:
    """Return the imaginary parts."""
    return self.to_numpy().imag


def item_size(self: Any) -> int:
    """Return the bytes of one value."""
    return int(self.to_numpy().itemsize)


def unique(call: Callable[[Mapping[str, Any]], Any], *, values: Any, **_: Any) -> Any:
    """Return the values of a list, each once."""
    return call({"values": np.asarray(values)})
