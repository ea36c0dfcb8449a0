"""How Python 2 ordered anything: None, then numbers, then the rest by the names of its types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Final

__all__ = [
    "KEY",
    "compare",
    "greater",
    "greater_equal",
    "is_plain",
    "largest",
    "less",
    "less_equal",
    "smallest",
    "sort",
    "sort_list",
]

_NUMBERS: Final = (int, float)
_PLAIN: Final = (type(None), int, float, str, bytes, list, tuple, dict, set, frozenset)
_NAMES: Final = {"str": "str", "ByteString": "str", "NativeText": "str", "range": "xrange"}
_missing: Any = object()


def is_plain(value: object) -> bool:
    """Return whether Python 2 ordered a value against those of other types by rule, not by its address."""
    return isinstance(value, _PLAIN)


def compare(left: Any, right: Any) -> int:
    """Return what `cmp(left, right)` was: -1, 0 or 1.

    Raises:
        TypeError: neither of both says how they are ordered, so that in Python 2 their addresses decided.
    """
    if isinstance(left, list | tuple) and type(left) is type(right):
        return _compare_items(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _compare_dicts(left, right)
    try:
        return -1 if left < right else 1 if left > right else 0
    except TypeError:
        if left is right or left == right:
            return 0
        if not (is_plain(left) and is_plain(right)) or isinstance(left, set | frozenset):
            raise
        first, second = _rank(left), _rank(right)
        if first == second:
            raise
        return -1 if first < second else 1


def _rank(value: object) -> tuple[int, str]:
    if value is None:
        return (0, "")
    if isinstance(value, _NUMBERS):
        return (1, "")
    kind = type(value).__name__
    return (2, _NAMES.get(kind, kind))


def _compare_items(left: Any, right: Any) -> int:
    for first, second in zip(left, right, strict=False):
        if first is not second and first != second:
            return compare(first, second)
    return (len(left) > len(right)) - (len(left) < len(right))


def _compare_dicts(left: dict[Any, Any], right: dict[Any, Any]) -> int:
    if len(left) != len(right):
        return 1 if len(left) > len(right) else -1
    first, second = _smallest_difference(left, right), _smallest_difference(right, left)
    if first is None or second is None:
        return 0
    return compare(first, second) or compare(left[first], right[second])


def _smallest_difference(left: dict[Any, Any], right: dict[Any, Any]) -> Any:
    found = [key for key, value in left.items() if key not in right or right[key] != value]
    return min(found, key=KEY, default=None)


KEY: Final = functools.cmp_to_key(compare)


def less(left: Any, right: Any) -> Any:
    """Return what `left < right` was."""
    try:
        return left < right
    except TypeError:
        return _by_rule(left, right) < 0


def less_equal(left: Any, right: Any) -> Any:
    """Return what `left <= right` was."""
    try:
        return left <= right
    except TypeError:
        return _by_rule(left, right) <= 0


def greater(left: Any, right: Any) -> Any:
    """Return what `left > right` was."""
    try:
        return left > right
    except TypeError:
        return _by_rule(left, right) > 0


def greater_equal(left: Any, right: Any) -> Any:
    """Return what `left >= right` was."""
    try:
        return left >= right
    except TypeError:
        return _by_rule(left, right) >= 0


def _by_rule(left: Any, right: Any) -> int:
    if not (is_plain(left) and is_plain(right)):
        raise  # noqa: PLE0704  called where a TypeError is handled
    return compare(left, right)


def sort(
    values: Iterable[Any],
    cmp: Callable[[Any, Any], int] | None = None,
    key: Callable[[Any], Any] | None = None,
    reverse: Any = False,
) -> list[Any]:
    """Return what `sorted` returned."""
    listed = list(values)
    keys = listed if key is None else [key(value) for value in listed]
    order: Any
    if cmp is not None:
        order = functools.cmp_to_key(cmp)
    else:
        try:
            return _sort_by(listed, keys, None, reverse)
        except TypeError:
            order = KEY
    return _sort_by(listed, keys, order, reverse)


def _sort_by(values: list[Any], keys: list[Any], order: Any, reverse: Any) -> list[Any]:
    if keys is values:
        return sorted(values, key=order, reverse=bool(reverse))
    indexes = sorted(
        range(len(values)),
        key=(lambda index: keys[index]) if order is None else (lambda index: order(keys[index])),
        reverse=bool(reverse),
    )
    return [values[index] for index in indexes]


def sort_list(
    values: list[Any],
    cmp: Callable[[Any, Any], int] | None = None,
    key: Callable[[Any], Any] | None = None,
    reverse: Any = False,
) -> None:
    """Sort a list in place, as its method did."""
    values[:] = sort(values, cmp, key, reverse)


def largest(*values: Any, key: Callable[[Any], Any] | None = None) -> Any:
    """Return what `max` returned."""
    return _extreme(max, 1, values, key)


def smallest(*values: Any, key: Callable[[Any], Any] | None = None) -> Any:
    """Return what `min` returned."""
    return _extreme(min, -1, values, key)


def _extreme(function: Any, sign: int, values: tuple[Any, ...], key: Callable[[Any], Any] | None) -> Any:
    if len(values) != 1:
        listed: Iterable[Any] = values
    else:
        (listed,) = values
        if not isinstance(listed, list | tuple | set | dict | str):
            listed = list(listed)
    try:
        return function(listed, key=key)
    except TypeError:
        best = best_key = _missing
        for value in listed:
            rank = value if key is None else key(value)
            if best_key is _missing or compare(rank, best_key) * sign > 0:
                best, best_key = value, rank
        if best is _missing:
            raise
        return best
