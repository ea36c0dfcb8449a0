"""Kinds of indexes that are one class now."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["float_index", "integer_index", "unsigned_index"]


class _Kind(type):
    """The type of a class whose instances are indexes of one kind of number."""

    kinds: str

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, pd.Index) and instance.dtype.kind == cls.kinds


class integer_index(metaclass=_Kind):  # noqa: N801  it stands for the function of that name
    """An index of integers."""

    kinds = "i"

    def __new__(cls, data: Any = None, dtype: Any = None, copy: bool = False, name: Any = None, **_: Any) -> Any:
        """Make the index."""
        return pd.Index([] if data is None else data, dtype=dtype or "int64", copy=copy, name=name)


class unsigned_index(metaclass=_Kind):  # noqa: N801
    """An index of integers without a sign."""

    kinds = "u"

    def __new__(cls, data: Any = None, dtype: Any = None, copy: bool = False, name: Any = None, **_: Any) -> Any:
        """Make the index."""
        return pd.Index([] if data is None else data, dtype=dtype or "uint64", copy=copy, name=name)


class float_index(metaclass=_Kind):  # noqa: N801
    """An index of floats."""

    kinds = "f"

    def __new__(cls, data: Any = None, dtype: Any = None, copy: bool = False, name: Any = None, **_: Any) -> Any:
        """Make the index."""
        return pd.Index([] if data is None else data, dtype=dtype or "float64", copy=copy, name=name)
