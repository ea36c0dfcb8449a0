"""Types that hold ordinary values in another way (views, run ends, extension types, intervals), replaced on reading.

They include categories without labels or of 16-bit numbers, and decimal numbers with a scale beyond their digits.

Views point into separate buffers. Validation does not check the views of missing values, so casts in pyarrow 26 read
beyond the buffers of a damaged file that passed it; therefore each view is checked here before it is used.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.cell_text import text_writer
from blobprep.tables.nesting import replace_children

__all__ = ["is_odd", "replace_odd_types", "to_plain"]

_TEXT: Final = pa.large_string()
_INLINE: Final = 12
"""How many bytes of a value the view itself can hold."""

_SCALES: Final = {32: 9, 64: 18, 128: 38, 256: 76}
"""The largest absolute scales that pyarrow 26 computes with; a cast with a larger one may end the process."""

_VIEW: Final = np.dtype([("length", "<i4"), ("prefix", "<i4"), ("buffer", "<i4"), ("offset", "<i4")])


def is_odd(kind: Any) -> bool:
    """Tell whether `replace_odd_types` replaces a type, regardless of the types within it."""
    is_ = pa.types
    return bool(
        isinstance(kind, pa.BaseExtensionType)
        or is_.is_string_view(kind)
        or is_.is_binary_view(kind)
        or is_.is_list_view(kind)
        or is_.is_large_list_view(kind)
        or is_.is_run_end_encoded(kind)
        or kind == pa.month_day_nano_interval()
        or (is_.is_decimal(kind) and abs(kind.scale) > _SCALES[kind.bit_width])
        or (is_.is_dictionary(kind) and (is_.is_null(kind.value_type) or is_.is_float16(kind.value_type)))
    )


def replace_odd_types(table: pa.Table, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Replace columns of odd types by columns of plain types with the same values.

    Args:
        table: validated in full, with types that `blobprep.tables.codecs.types.allowlist` accepts.
        asked: the dataset.

    Returns:
        The table, and an entry for each column whose values changed: UUIDs and intervals become text, and values of
        any other extension type become their stored values.

    Raises:
        pyarrow.ArrowInvalid: a view points outside its buffers.
    """
    ledger = []
    for at, field in enumerate(table.schema):
        column = table.column(at)
        plain = to_plain(column)
        if plain is column:
            continue
        table = table.set_column(at, pa.field(field.name, plain.type, metadata=field.metadata), plain)
        if changes := ", ".join(
            dict.fromkeys(words for kind in _types_within(field.type) if (words := _describe_change(kind)))
        ):
            count = len(column) - column.null_count
            ledger.append(Translation(asked.port, field.name, "type", f"{changes}.", count=count))
    return table, ledger


def to_plain(column: Any) -> Any:
    """Return a column as one of a plain type with the same values; the column itself if it is one.

    Raises:
        pyarrow.ArrowInvalid: a view points outside its buffers.
    """
    if not any(map(is_odd, _types_within(column.type))):
        return column
    plain = _to_plain_array(pa.nulls(0, column.type)).type
    return pa.chunked_array([_to_plain_array(chunk) for chunk in column.chunks], plain)


def _types_within(kind: Any) -> Iterator[Any]:
    """Yield a type and all types within it."""
    yield kind
    if isinstance(kind, pa.BaseExtensionType):
        yield from _types_within(kind.storage_type)
    elif pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        yield from _types_within(kind.value_type)
    else:
        for at in range(kind.num_fields):
            yield from _types_within(kind.field(at).type)


def _describe_change(kind: Any) -> str:
    """Return what values of an odd type become, if that is more than another way to hold them; otherwise empty."""
    if kind == pa.month_day_nano_interval():
        return "Intervals became ISO 8601 text"
    if pa.types.is_decimal(kind) and abs(kind.scale) > _SCALES[256]:
        return f"Decimal numbers of scale {kind.scale} became text"
    if pa.types.is_dictionary(kind) and pa.types.is_float16(kind.value_type):
        return "Categories of halffloat became categories of float"
    if not isinstance(kind, pa.BaseExtensionType) or kind.extension_name in ("arrow.json", "arrow.bool8"):
        return ""
    if kind.extension_name == "arrow.uuid":
        return "UUIDs became text"
    return f"Values of {str(kind.extension_name)[:60]} became {str(kind.storage_type)[:60]}"


def _to_plain_array(array: Any) -> Any:
    kind, is_ = array.type, pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _unwrap_extension(array, kind.extension_name)
    if is_.is_string_view(kind) or is_.is_binary_view(kind):
        return _check_views(array).cast(_TEXT if is_.is_string_view(kind) else pa.large_binary())
    if is_.is_list_view(kind) or is_.is_large_list_view(kind):
        return _expand_list_views(array)
    if is_.is_run_end_encoded(kind):
        return _expand_runs(array)
    if is_.is_decimal(kind) and is_odd(kind) and abs(kind.scale) <= _SCALES[256]:
        wider = pa.decimal128(_SCALES[128], kind.scale) if abs(kind.scale) <= _SCALES[128] else None
        return array.cast(wider or pa.decimal256(_SCALES[256], kind.scale))
    if is_.is_interval(kind) or (is_.is_decimal(kind) and is_odd(kind)):
        return text_writer(array)(array)
    if is_.is_dictionary(kind) and is_.is_null(kind.value_type):  # pyarrow 26 crashes on counting their missing values
        return pa.nulls(len(array))
    if is_.is_dictionary(kind):
        labels = _to_plain_array(array.dictionary)
        labels = labels.cast(pa.float32()) if is_.is_float16(kind.value_type) else labels
        return pa.DictionaryArray.from_arrays(array.indices, labels, ordered=kind.ordered)
    return replace_children(array, _to_plain_array) if is_.is_nested(kind) else array


def _unwrap_extension(array: Any, name: str) -> Any:
    if name == "arrow.uuid":
        texts = [None if value is None else str(uuid.UUID(bytes=value)) for value in array.storage.to_pylist()]
        return pa.array(texts, _TEXT)
    storage = _to_plain_array(array.storage)
    return pc.not_equal(storage, 0) if name == "arrow.bool8" else storage


def _check_views(array: Any) -> Any:
    """Check that the views of an array point into its buffers, and clear those of missing values."""
    if not len(array):
        return array
    _, views, *data = array.buffers()
    whole = np.frombuffer(views, _VIEW, count=len(array), offset=array.offset * _VIEW.itemsize).copy()
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    whole[~valid] = np.zeros((), _VIEW)
    lengths, buffers, offsets = (whole[name].astype(np.int64) for name in ("length", "buffer", "offset"))
    sizes = np.array([0 if buffer is None else buffer.size for buffer in data] or [0], np.int64)
    known = (buffers >= 0) & (buffers < len(data)) & (offsets >= 0)
    inside = known & (offsets + lengths <= sizes[np.where(known, buffers, 0)])
    if not np.all((lengths >= 0) & ((lengths <= _INLINE) | inside)):
        raise pa.ArrowInvalid("a view points beyond its buffers")
    bits = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Array.from_buffers(array.type, len(array), [bits, pa.py_buffer(whole.tobytes()), *data])


def _expand_list_views(array: Any) -> Any:
    """Return list views as ordinary lists, one after the other."""
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    starts, sizes = (
        np.where(valid, numbers.to_numpy(zero_copy_only=False).astype(np.int64), 0)
        for numbers in (array.offsets, array.sizes)
    )
    if np.any((starts < 0) | (sizes < 0) | (starts + sizes > len(array.values))):
        raise pa.ArrowInvalid("a view of a list points beyond its values")
    ends = np.cumsum(sizes, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    indices = np.arange(total) + np.repeat(starts - (ends - sizes), sizes)
    values = _to_plain_array(array.values).take(pa.array(indices, pa.int64()))
    offsets = pa.array(np.concatenate([[0], ends]), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, values, mask=array.is_null())


def _expand_runs(array: Any) -> Any:
    """Return run-end encoded values as ordinary ones, each repeated as often as its run is long."""
    ends = array.run_ends.to_numpy(zero_copy_only=False).astype(np.int64)
    bounds = np.clip(np.concatenate([[0], ends]) - array.offset, 0, len(array))
    indices = np.repeat(np.arange(len(ends)), np.diff(bounds))
    return _to_plain_array(array.values).take(pa.array(indices, pa.int64()))
