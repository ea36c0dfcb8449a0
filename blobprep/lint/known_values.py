"""What calls, attributes and subscripts of known classes return. Pure data, and one function to ask for each."""

from __future__ import annotations

import ast
from typing import Final

from blobprep.lint.removals import EITHER

__all__ = ["FRAME", "OWN", "SERIES", "attribute_of", "item_of", "result_of"]

FRAME: Final = "@pandas.DataFrame"
SERIES: Final = "@pandas.Series"
OWN: Final = "<own>"
"""Stands for the module of classes that the script defines."""
_EITHER: Final = f"@{EITHER}"
_PANDAS: Final = frozenset({FRAME, SERIES, _EITHER})
_ARRAY: Final = "@numpy.ndarray"
_AXES: Final = "@matplotlib.axes.Axes"
_FIGURE: Final = "@matplotlib.figure.Figure"
_GROUPS: Final = "@pandas.GroupBy"

_RETURNED: Final = {
    **dict.fromkeys(
        (f"pandas.{name}" for name in ("DataFrame", "read_csv", "read_table", "read_excel", "read_json", "read_sql",
         "read_pickle", "read_parquet", "merge", "get_dummies", "pivot_table", "crosstab", "melt",
         "DataFrame.from_dict", "DataFrame.from_records", "io.parsers.read_csv")),
        FRAME,
    ),
    "pandas.Series": SERIES,
    "pandas.concat": _EITHER,
    **dict.fromkeys(
        (f"numpy.{name}" for name in ("array", "asarray", "zeros", "ones", "empty", "arange", "linspace", "loadtxt",
         "genfromtxt", "concatenate", "vstack", "hstack", "zeros_like", "ones_like", "unique", "sort", "dot", "full")),
        _ARRAY,
    ),
    **dict.fromkeys((f"matplotlib.pyplot.{name}" for name in ("subplot", "gca", "axes", "subplot2grid")), _AXES),
    **dict.fromkeys((f"matplotlib.figure.Figure.{name}" for name in ("add_subplot", "gca", "add_axes")), _AXES),
    "matplotlib.pyplot.figure": _FIGURE,
    "matplotlib.pyplot.gcf": _FIGURE,
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAME: Final = _words(
    "abs add add_prefix add_suffix align append assign astype bfill clip convert_objects copy cummax cumprod cumsum "
    "diff div drop drop_duplicates dropna ffill fillna filter head iloc infer_objects interpolate isin isna isnull ix "
    "loc map mask mul nlargest notna notnull nsmallest pct_change query rank reindex rename replace reset_index round "
    "sample shift sort sort_index sort_values sub tail transform truncate tz_convert tz_localize where"
)
"""Methods of a frame or series that return an object of the same class."""
_TO_FRAME: Final = _words(
    "applymap corr cov describe from_csv join melt merge pivot pivot_table reset_index select_dtypes set_index "
    "to_frame transpose unstack"
)
_TO_SERIES: Final = _words("dtypes duplicated order value_counts")
_REDUCED: Final = _words(
    "all any count idxmax idxmin kurt max mean median min nunique prod quantile size skew std sum var"
)
_TO_ARRAY: Final = _words("as_matrix to_numpy values")
_CLASSES: Final = ("sklearn.", "datetime.", "collections.", "azure.")


def result_of(path: str) -> str | None:
    """Return what a call returns: `@` and the full name of its class, None if it is not known."""
    owner, _, method = path.rpartition(".")
    if owner == OWN:
        return f"@{path}"
    known = _RETURNED.get(path)
    if known is not None:
        return known
    if f"@{owner}" in _PANDAS:
        return _of_pandas(f"@{owner}", method)
    if f"@{owner}" == _GROUPS:
        return _EITHER if method in _REDUCED or method in ("agg", "aggregate", "apply", "first", "last") else None
    if path.startswith(_CLASSES) and method[:1].isupper():
        return f"@{path}"
    return None


def _of_pandas(kind: str, method: str) -> str | None:
    if method == "groupby":
        return _GROUPS
    if method in _TO_ARRAY:
        return _ARRAY
    if method == "reset_index" and kind == SERIES:
        return _EITHER
    if method in _SAME:
        return kind
    if method in _TO_SERIES:
        return SERIES
    if method in _REDUCED:
        return SERIES if kind == FRAME else None
    return FRAME if method in _TO_FRAME else None


def attribute_of(kind: str, name: str) -> str | None:
    """Return what an attribute of an instance is, None for a method or if it is not known."""
    if kind in _PANDAS:
        if name == "values":
            return _ARRAY
        if name == "T" and kind == FRAME:
            return FRAME
    return None


def item_of(kind: str, index: ast.expr) -> str | None:
    """Return what a subscript of an instance returns, None if it is not known."""
    if kind == FRAME:
        if isinstance(index, ast.Constant):
            return SERIES
        if isinstance(index, ast.List | ast.Slice | ast.ListComp | ast.Compare | ast.BinOp | ast.UnaryOp):
            return FRAME
        return _EITHER
    if kind == SERIES:
        masked = isinstance(index, ast.Slice | ast.Compare | ast.List | ast.BinOp)
        return SERIES if masked else None
    if kind == _GROUPS:
        return _GROUPS
    if kind == _EITHER:
        return _EITHER if isinstance(index, ast.Slice | ast.Compare | ast.List) else None
    return None
