"""Files as pandas read them then, and small functions of modules that are gone."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.calls import Unreadable

__all__ = ["cartesian_product", "from_csv", "from_items", "infer_dtype", "isnull", "notnull", "read_csv"]

isnull = pd.isna
notnull = pd.notna


def infer_dtype(values: Any) -> str:
    """Return the kind of values, missing ones included."""
    return str(pd.api.types.infer_dtype(values, skipna=False))


def cartesian_product(parts: Iterable[Iterable[Any]]) -> list[Any]:
    """Return the columns of all combinations."""
    return [np.array(column) for column in zip(*itertools.product(*parts), strict=True)]


def from_csv(path: Any, header: Any = 0, sep: str = ",", index_col: Any = 0, parse_dates: bool = True,
             encoding: Any = None, tupleize_cols: bool = False,
             infer_datetime_format: bool = False) -> Any:  # fmt: skip
    """Read a frame whose first column is the index."""
    return pd.read_csv(path, header=header, sep=sep, index_col=index_col, parse_dates=parse_dates, encoding=encoding)


def from_items(items: Any, columns: Any = None, orient: str = "columns") -> Any:
    """Make a frame of pairs of a label and values."""
    items = list(items)
    pairs = [(label, list(values)) for label, values in items]
    if not pairs:
        raise ValueError("Must pass at least one pair of a label and values")
    if orient == "columns":
        frame = pd.DataFrame(dict(items))
        return frame[list(columns)] if columns is not None else frame
    if columns is None:
        raise TypeError("Must pass columns with orient='index'")
    return pd.DataFrame([values for _, values in pairs], index=[label for label, _ in pairs], columns=columns)


def read_csv(
    call: Callable[[Mapping[str, Any]], Any], *, squeeze: bool = False, prefix: str | None = None,
    date_parser: Any = None,
    keep_date_col: bool = False, error_bad_lines: bool = True, warn_bad_lines: bool = True,
    delim_whitespace: bool = False,
    **given: Any,
) -> Any:  # fmt: skip
    """Read a file; what is no longer an argument is carried out on the frame."""
    if not error_bad_lines:
        given["on_bad_lines"] = "warn" if warn_bad_lines else "skip"
    if delim_whitespace:
        given["sep"] = r"\s+"
    given = {name: value for name, value in given.items() if not (name == "delimiter" and value is None)}
    dates = given.pop("parse_dates", False)
    together = isinstance(dates, dict) or (isinstance(dates, list) and any(isinstance(part, list) for part in dates))
    by_hand = together or date_parser is not None
    source: Any = given.get("filepath_or_buffer")
    if together and hasattr(source, "seek"):  # the call that was refused may have begun to read
        source.seek(0)
    index_col = given.pop("index_col", None) if together else given.get("index_col")
    frame = call(given if by_hand else {**given, "parse_dates": dates})
    if by_hand and isinstance(frame, pd.DataFrame):
        frame = _with_dates(frame, dates, date_parser, keep_date_col)
    if together and index_col is not None:
        frame = frame.set_index(index_col)
    if prefix is not None and given.get("header", 0) is None and isinstance(frame, pd.DataFrame):
        frame.columns = [f"{prefix}{number}" for number in range(frame.shape[1])]
    return frame.iloc[:, 0] if squeeze and isinstance(frame, pd.DataFrame) and frame.shape[1] == 1 else frame


def _with_dates(frame: pd.DataFrame, dates: Any, parser: Any, keep: bool) -> pd.DataFrame:
    if dates is True:
        return frame.set_axis(pd.Index(_parsed([frame.index], parser), name=frame.index.name))
    wanted = dates.items() if isinstance(dates, dict) else ((None, part) for part in dates or ())
    for name, part in wanted:
        labels = [frame.columns[at] if isinstance(at, int) and at not in frame.columns else at
                  for at in (part if isinstance(part, list) else [part])]  # fmt: skip
        if len(labels) == 1 and name is None:
            if labels[0] in frame.columns:
                frame[labels[0]] = _parsed([frame[labels[0]]], parser)
            continue
        joined = _parsed([frame[label] for label in labels], parser)
        if not keep:
            frame = frame.drop(columns=labels)
        frame.insert(0, name or "_".join(map(str, labels)), joined)
    return frame


def _parsed(columns: list[Any], parser: Any) -> Any:
    """Return the dates of one or several columns of texts."""
    if parser is None:
        texts = pd.Series(columns[0]).astype(str)
        for column in columns[1:]:
            texts = texts + " " + pd.Series(column).astype(str)
        return pd.to_datetime(texts, format="mixed").array
    try:
        return pd.to_datetime(parser(*[np.asarray(column, dtype=object) for column in columns]))
    except (TypeError, ValueError, AttributeError):
        rows = zip(*columns, strict=True)
        return pd.to_datetime([parser(*row) for row in rows])


def read_json(call: Callable[[Mapping[str, Any]], Any], *, path_or_buf: Any = None, **given: Any) -> Any:
    """Read a text of JSON."""
    if not isinstance(path_or_buf, str) or path_or_buf.lstrip()[:1] not in ("[", "{"):
        raise Unreadable
    return call({**given, "path_or_buf": io.StringIO(path_or_buf)})


def series_from_csv(path: Any, header: Any = None, sep: str = ",", index_col: Any = 0, parse_dates: bool = True,
                    encoding: Any = None, infer_datetime_format: bool = False) -> Any:  # fmt: skip
    """Read a series whose index is the first column."""
    frame = from_csv(path, header=header, sep=sep, index_col=index_col, parse_dates=parse_dates, encoding=encoding)
    series = frame.iloc[:, 0]
    if header is None:
        series.name = None
        series.index.name = None
    return series


class PandasError(Exception):
    """What pandas raised then, and never raises now."""


class SettingWithCopyWarning(Warning):
    """What pandas warned of then, and never warns of now."""


CParserError = pd.errors.ParserError
