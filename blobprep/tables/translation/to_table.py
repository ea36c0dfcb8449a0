"""Translation from the frame that the entry point returned to a table."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import Translation
from blobprep.tables.bare import bare_table
from blobprep.tables.codecs.labels import rename_entries, unique_labels
from blobprep.tables.codecs.text.characters import replace_lone_surrogates
from blobprep.tables.redaction import format_example, tally
from blobprep.tables.translation.changes import Change, TranslatedColumn, zone_change
from blobprep.tables.translation.objects import as_text, from_objects, is_supported

__all__ = ["to_table"]

_UTC: Final = "UTC"


def to_table(frame: pd.DataFrame, port: str, *, duplicate_suffix: int = 1) -> tuple[pa.Table, list[Translation]]:
    """Translate what the entry point returned into a dataset.

    Args:
        frame: n rows by m columns; it does not change.
        port: for the ledger.
        duplicate_suffix: the number appended to the first duplicate of a label.

    Returns:
        n by m without the index. Labels are unique text, missing values are null, every column has one type.

    Source:
        Microsoft, "Execute Python machine learning scripts in Studio (classic)", section "Translation of input and
        output data types".
    """
    ledger = _report_index(frame, port)
    labels, renamed = _convert_labels(frame, port, duplicate_suffix)
    ledger += renamed
    columns = []
    # By `DataFrame` itself: a script may return a subclass. Labels may be equal, so columns are taken by their places.
    for label, (_, series) in zip(labels, pd.DataFrame.items(frame), strict=True):
        translated = _translate(series)
        columns.append(_narrow(translated.values))
        ledger += [change.entry(port, label) for change in translated.changes]
    if not columns:
        return bare_table(len(frame)), ledger
    return pa.Table.from_arrays(columns, names=labels), ledger


def _report_index(frame: pd.DataFrame, port: str) -> list[Translation]:
    dropped = []
    index = frame.index
    named = any(name is not None for name in index.names)
    plain = not isinstance(index, pd.MultiIndex) and pd.api.types.is_integer_dtype(index.dtype)
    if named or not plain or not index.equals(pd.RangeIndex(len(frame))):
        names = ", ".join(repr(name) for name in index.names if name is not None)
        detail = f"The index {names} was dropped." if names else "The index, which was not just 0 to n-1, was dropped."
        # An empty frame's index holds no values, whatever its type.
        lossy = named or (not plain and len(frame) > 0)
        if lossy or len(frame):
            remedy = "return frame.reset_index()" if lossy else ""
            dropped.append(Translation(port, "", "index", detail, lossy, remedy, *_describe_index(index)))
    if any(name is not None for name in frame.columns.names):
        names = ", ".join(repr(name) for name in frame.columns.names if name is not None)
        detail, remedy = f"The name {names} of the column index was dropped.", "set frame.columns.names to None"
        dropped.append(Translation(port, "", "dropped", detail, True, remedy))
    return dropped


def _describe_index(index: pd.Index[Any]) -> tuple[int, str]:
    """Count an index's entries, and return the first of 1000 that is not just its position as an example."""
    first = next((value for at, value in enumerate(index[:1000]) if type(value) is not int or value != at), None)
    return len(index), "" if first is None else format_example(first)


def _convert_labels(frame: pd.DataFrame, port: str, first: int) -> tuple[list[str], list[Translation]]:
    """Convert labels to text, then make them unique; in this order, so that 1 and "1" get different names."""
    texts, ledger = [], []
    for label in frame.columns:
        text = replace_lone_surrogates(str(label))
        texts.append(text)
        if not isinstance(label, str):
            detail = f"The label {label!r} became the text {text!r}."
            ledger.append(Translation(port, text, "rename", detail))
        elif text != label:
            detail = f"The label {text!r} had characters (lone surrogates) that were replaced."
            ledger.append(Translation(port, text, "rename", detail, True, "rename the column in the script"))
    labels = unique_labels(texts, first)
    return labels, ledger + rename_entries(port, texts, labels)


def _translate(series: pd.Series[Any]) -> TranslatedColumn:
    """Translate a column by its dtype."""
    dtype: Any = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _translate_categories(series)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _translate_zoned(pa.array(series.dt.tz_convert(_UTC)), str(dtype.tz), pa.array(series))
    if isinstance(dtype, pd.SparseDtype):
        sparse: Any = series.array
        dense = _translate(pd.Series(sparse.to_dense()))
        return dense.after(Change("cast", "A sparse column became dense.", count=len(series)))
    if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        texts = as_text(series.astype(object))
        return TranslatedColumn(
            texts, (Change("cast", f"Values of type {dtype} became text.", False, "", *tally(texts)),)
        )
    if isinstance(dtype, pd.StringDtype):
        return _translate_texts(series)
    if isinstance(dtype, pd.ArrowDtype):
        return _translate_arrow(series)
    if isinstance(dtype, np.dtype):
        return _translate_numpy(series, dtype)
    if pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        return TranslatedColumn(_drop_nan(pa.array(series)))
    return from_objects(series.astype(object))


def _translate_numpy(series: pd.Series[Any], dtype: np.dtype[Any]) -> TranslatedColumn:
    if dtype.kind == "O":
        return from_objects(series)
    if dtype.kind == "c":
        texts = as_text(series)
        return TranslatedColumn(texts, (Change("cast", "Complex numbers became text.", False, "", *tally(texts)),))
    if dtype.kind == "f" and dtype.itemsize > 8:
        doubles = series.astype("float64")
        lost = series[~(doubles.astype(dtype).eq(series) | series.isna())]
        remedy = "round them with frame.astype('float64')" if len(lost) else ""
        shown = lost if len(lost) else series.dropna()
        example = format_example(shown.iloc[0]) if len(shown) else ""
        change = Change(
            "cast", f"Numbers of type {dtype} became doubles.", bool(len(lost)), remedy, len(shown), example
        )
        return TranslatedColumn(pa.array(doubles, from_pandas=True), (change,))
    # From the array that a series holds: pyarrow asks for six attributes first, which takes a series long.
    return TranslatedColumn(pa.array(series.to_numpy(), from_pandas=True))


def _translate_texts(series: pd.Series[Any]) -> TranslatedColumn:
    try:
        return TranslatedColumn(pa.array(series.array))
    except UnicodeEncodeError:
        return from_objects(series.astype(object))


def _translate_zoned(values: Any, zone: str, before: Any) -> TranslatedColumn:
    return TranslatedColumn(values, () if zone == _UTC else (zone_change(zone, *tally(before)),))


def _translate_arrow(series: pd.Series[Any]) -> TranslatedColumn:
    """Translate a column that is already Arrow's; types that datasets do not have become text."""
    values = pa.array(series)
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _translate_dictionary(values)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return _translate_zoned(values.cast(pa.timestamp(kind.unit, tz=_UTC)), kind.tz, values)
    if pa.types.is_string_view(kind):
        return TranslatedColumn(values.cast(pa.large_string()))
    if pa.types.is_binary_view(kind):
        return TranslatedColumn(values.cast(pa.large_binary()))
    if is_supported(kind):
        return TranslatedColumn(_drop_nan(values))
    # pandas would return the storage of an extension type, such as the bytes of a UUID.
    return from_objects(pd.Series(values.to_pylist(), dtype=object))


def _translate_categories(series: pd.Series[Any]) -> TranslatedColumn:
    """Translate categories by translating their labels, which may become text like any column."""
    categorical: Any = series.array
    codes = np.asarray(categorical.codes)
    indices = pa.array(codes, mask=codes < 0)
    return _build_categories(pd.Series(categorical.categories), indices, bool(categorical.ordered))


def _translate_dictionary(values: Any) -> TranslatedColumn:
    """Translate categories that are already Arrow's; pandas cannot convert them if labels are missing."""
    chunks = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    whole = chunks.unify_dictionaries().combine_chunks()
    labels = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([whole.dictionary])))
    return _build_categories(labels, whole.indices, bool(whole.type.ordered))


def _build_categories(categories: pd.Series[Any], indices: Any, ordered: bool) -> TranslatedColumn:
    """Combine codes and translated labels; labels that have become equal cannot be categories."""
    labels = _translate(categories)
    levels = _narrow(labels.values)
    levels = levels.combine_chunks() if isinstance(levels, pa.ChunkedArray) else levels
    if pc.count_distinct(levels).as_py() < len(levels) or levels.null_count:
        values = levels.take(indices)
        detail, remedy = (
            "Categories became plain values, because some labels are equal as text.",
            "rename the categories",
        )
        return TranslatedColumn(values, (*labels.changes, Change("cast", detail, True, remedy, *tally(values))))
    return TranslatedColumn(pa.DictionaryArray.from_arrays(indices, levels, ordered=ordered), labels.changes)


def _drop_nan(values: Any) -> Any:
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), None, values)


def _narrow(values: Any) -> Any:
    """Use the type with 32-bit offsets, which every reader of our formats knows, if a column fits."""
    narrow = {pa.large_string(): pa.string(), pa.large_binary(): pa.binary()}.get(values.type)
    if narrow is None:
        return values
    try:
        return values.cast(narrow)
    except pa.ArrowInvalid:
        return values
