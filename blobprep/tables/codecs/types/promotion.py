"""The common type of columns of several types: one that holds the values of all columns, if it exists.

| types | common type |
| --- | --- |
| integers | the narrowest that holds all; `decimal128(20, 0)` if some are negative and others beyond `int64` |
| integers, decimals | a decimal with the digits of both |
| numbers, one of them a double | double |
| times, or durations, in several units | the finest unit that loses nothing; else the finest that holds all |
| lists, structs, maps | the same rules, applied to the types within them |
| any other | Arrow's own rules |
| if there is none | that of the columns which have a value |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pyarrow as pa

from blobprep.tables.codecs.types.casts import NANOSECONDS, find_changes, to_integers
from blobprep.tables.nesting import flatten

__all__ = ["NoCommonType", "common_type"]

_INTEGERS: Final = (8, 16, 32, 64)
_WIDTHS: Final = ((32, 9), (64, 18), (128, 38), (256, 76))
_DIGITS: Final = {8: 3, 16: 5, 32: 10, 64: 20}


class NoCommonType(Exception):
    """No type holds the values of these columns.

    Attributes:
        position: the position of the first column that has no common type with those before it.
    """

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def common_type(columns: Sequence[Any], filled: Sequence[bool] | None = None) -> Any:
    """Return the type that holds the values of all columns, or the one that loses the fewest digits.

    Args:
        columns: chunked arrays.
        filled: whether each has a value; None to look.

    Raises:
        NoCommonType: no type holds them.
    """
    try:
        return _find_common([column.type for column in columns], [column.chunks for column in columns])
    except NoCommonType:
        filled = [column.null_count < len(column) for column in columns] if filled is None else filled
        left = [position for position, has_value in enumerate(filled) if has_value]
        if len(left) == len(columns):
            raise
        try:
            return (
                common_type([columns[position] for position in left], [True] * len(left)) if left else columns[0].type
            )
        except NoCommonType as error:
            raise NoCommonType(left[error.position]) from None


def _find_common(kinds: list[Any], columns: list[list[Any]]) -> Any:
    known = [position for position, kind in enumerate(kinds) if not pa.types.is_null(kind)]
    if len({kinds[position] for position in known}) <= 1:
        return kinds[known[0]] if known else pa.null()
    kinds, columns = [kinds[position] for position in known], [columns[position] for position in known]
    try:
        return _find_in_family(kinds, columns)
    except NoCommonType as error:
        raise NoCommonType(known[error.position]) from None


def _find_in_family(kinds: list[Any], columns: list[list[Any]]) -> Any:
    is_ = pa.types
    if all(map(is_.is_integer, kinds)):
        return _widen_integers(kinds, columns)
    if all(is_.is_integer(kind) or is_.is_decimal(kind) for kind in kinds):
        return _widen_decimals(kinds)
    if all(is_.is_integer(kind) or is_.is_decimal(kind) or is_.is_floating(kind) for kind in kinds):
        narrow = all(is_.is_float16(kind) or is_.is_float32(kind) for kind in kinds)
        return pa.float32() if narrow else pa.float64()
    if all(map(is_.is_timestamp, kinds)) and len({kind.tz for kind in kinds}) == 1:
        return pa.timestamp(_choose_unit(kinds, columns, pa.timestamp), kinds[0].tz)
    if all(map(is_.is_duration, kinds)):
        return pa.duration(_choose_unit(kinds, columns, pa.duration))
    if all(map(is_.is_map, kinds)):
        keys, items = (_find_inner(kinds, columns, position) for position in (0, 1))
        return pa.map_(keys, items)
    if all(map(is_.is_struct, kinds)):
        return _merge_structs(kinds, columns)
    if all(map(_is_list, kinds)):
        return _choose_list(kinds, _find_inner(kinds, columns, 0))
    return _unify_by_arrow(kinds)


def _unify_by_arrow(kinds: list[Any]) -> Any:
    common = kinds[0]
    for position, kind in enumerate(kinds):
        try:
            schemas = [pa.schema([("", other)]) for other in (common, kind)]
            common = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        except pa.ArrowException:
            raise NoCommonType(position) from None
    return common


def _widen_integers(kinds: list[Any], columns: list[list[Any]]) -> Any:
    signed = [kind.bit_width for kind in kinds if pa.types.is_signed_integer(kind)]
    unsigned = [kind.bit_width for kind in kinds if pa.types.is_unsigned_integer(kind)]
    if not signed:
        return getattr(pa, f"uint{max(unsigned)}")()
    needed = max(*signed, 2 * max(unsigned, default=0))
    if needed <= _INTEGERS[-1]:
        return getattr(pa, f"int{needed}")()
    for kind in (pa.int64(), pa.uint64()):
        if not any(_loses(column, kind) for column in columns):
            return kind
    return pa.decimal128(20, 0)


def _widen_decimals(kinds: list[Any]) -> Any:
    """Return the decimal with enough digits before and after the point for all types."""
    before, after, width = 0, 0, 0
    for position, kind in enumerate(kinds):
        if pa.types.is_decimal(kind):
            whole, scale, bits = kind.precision - kind.scale, kind.scale, kind.bit_width
        else:
            whole, scale, bits = _DIGITS[kind.bit_width] - (kind == pa.int64()), 0, 128
        before, after, width = max(before, whole), max(after, scale), max(width, bits)
        if before + after > _WIDTHS[-1][1]:
            raise NoCommonType(position)
    width = next(bits for bits, digits in _WIDTHS if bits >= width and digits >= before + after)
    return getattr(pa, f"decimal{width}")(before + after, after)


def _choose_unit(kinds: list[Any], columns: list[list[Any]], make: Callable[[str], Any]) -> str:
    """Return the finest unit in which no value changes; otherwise the finest that can hold all values."""
    units: list[str] = sorted(NANOSECONDS, key=lambda unit: NANOSECONDS[unit])
    units = units[min(units.index(kind.unit) for kind in kinds) :]
    possible = [unit for unit in units if all(_can_hold(column, make(unit)) for column in columns)]
    exact = (unit for unit in possible if not any(_loses(column, make(unit)) for column in columns))
    return next(exact, possible[0])


def _can_hold(chunks: list[Any], kind: Any) -> bool:
    """Tell whether a unit can hold the first and the last of all times."""
    for chunk in chunks:
        factor = NANOSECONDS[chunk.type.unit] // NANOSECONDS[kind.unit]
        if factor > 1 and len(chunk):
            numbers = to_integers(chunk)
            if int(numbers.min()) * factor < -(2**63) or int(numbers.max()) * factor >= 2**63:
                return False
    return True


def _loses(chunks: list[Any], kind: Any) -> bool:
    return any(bool(find_changes(chunk, pa.nulls(len(chunk), kind)).any()) for chunk in chunks)


def _find_inner(kinds: list[Any], columns: list[list[Any]], position: int) -> Any:
    types = [kind.field(position).type if not _is_map(kind) else _map_field_type(kind, position) for kind in kinds]
    return _find_common(types, [[flatten(chunk)[position] for chunk in chunks] for chunks in columns])


def _is_map(kind: Any) -> bool:
    return bool(pa.types.is_map(kind))


def _map_field_type(kind: Any, position: int) -> Any:
    return kind.item_type if position else kind.key_type


def _merge_structs(kinds: list[Any], columns: list[list[Any]]) -> Any:
    """Return a struct of all fields, in order of first occurrence; a field that a struct lacks becomes missing."""
    fields = []
    for name in dict.fromkeys(field.name for kind in kinds for field in kind):
        having = [position for position, kind in enumerate(kinds) if kind.get_field_index(name) >= 0]
        places = [kinds[position].get_field_index(name) for position in having]
        types = [kinds[position].field(place).type for position, place in zip(having, places, strict=True)]
        arrays = [
            [flatten(chunk)[place] for chunk in columns[position]]
            for position, place in zip(having, places, strict=True)
        ]
        try:
            fields.append(pa.field(name, _find_common(types, arrays)))
        except NoCommonType as error:
            raise NoCommonType(having[error.position]) from None
    return pa.struct(fields)


def _is_list(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind))


def _choose_list(kinds: list[Any], inner: Any) -> Any:
    is_ = pa.types
    if all(map(is_.is_fixed_size_list, kinds)) and len({kind.list_size for kind in kinds}) == 1:
        return pa.list_(inner, kinds[0].list_size)
    return pa.large_list(inner) if any(map(is_.is_large_list, kinds)) else pa.list_(inner)
