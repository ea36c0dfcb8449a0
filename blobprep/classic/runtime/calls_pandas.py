"""Rows: forms of calls that pandas no longer takes. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.rows import Call

__all__ = ["PANDAS_CALLS"]


def _both(*names: str) -> str:
    return " ".join(f"pandas.DataFrame.{name} pandas.Series.{name}" for name in names)


def _groups(*names: str) -> str:
    kinds = ("DataFrameGroupBy", "SeriesGroupBy")
    return " ".join(f"pandas.api.typing.{kind}.{name}" for kind in kinds for name in names)


def _resampled(*names: str) -> str:
    return " ".join(f"pandas.api.typing.Resampler.{name}" for name in names)


_REDUCTIONS: Final = ("mean", "median", "std", "var", "sem", "skew", "kurt", "kurtosis", "prod", "product", "sum",
                      "min", "max", "count", "any", "all", "quantile")  # fmt: skip
_READ: Final = "pandas.read_csv pandas.read_table"
_READ_GONE: Final = (
    "squeeze prefix date_parser keep_date_col error_bad_lines warn_bad_lines delim_whitespace skip_footer"
)
"""Arguments that are refused for certain; a file that is given open must not be read before that is known."""

# fmt: off
# One row per form, laid out as a table.
PANDAS_CALLS: Final = (
    Call(" ".join(f"pandas.DataFrame.{name}" for name in _REDUCTIONS), "2.0",
         "text columns are left out; level=… is groupby(level=…)", reading=".reductions.reduce_frame",
         raises="TypeError ValueError NotImplementedError"),
    Call(" ".join(f"pandas.Series.{name}" for name in _REDUCTIONS), "2.0", "level=… is groupby(level=…)",
         reading=".reductions.reduce_series", raises="TypeError ValueError"),
    Call(" ".join(f"pandas.DataFrame.{name}" for name in ("corr", "cov", "rank")), "2.0",
         "text columns are left out", reading=".reductions.over_numbers", raises="TypeError ValueError"),
    Call(_groups("mean", "median", "std", "var", "sem", "skew", "prod", "quantile", "sum", "cumsum", "cumprod", "diff",
                 "rank", "corr", "cov", "ohlc"), "2.0", "text columns are left out",
         reading=".reductions.reduce_groups", raises="TypeError ValueError"),
    Call(_groups("agg", "aggregate"), "2.0", "text columns are left out; nested names are labels of two levels",
         reading=".reductions.aggregate_groups",
         raises="TypeError ValueError KeyError AttributeError pandas.errors.SpecificationError"),
    Call("pandas.api.typing.DataFrameGroupBy.__getitem__", "2.0", "several columns without a list", raises="ValueError",
         reading=".groups.several_columns"),
    Call("pandas.api.typing.DataFrameGroupBy.apply", "3.0", "the columns that are grouped by are part of each group",
         raises="AttributeError KeyError", reading=".groups.apply_whole"),
    Call("pandas.DataFrame.__getitem__", "2.0", "a text selects rows of that time", raises="KeyError",
         reading=".cells.get_item"),
    Call("pandas.Series.__getitem__", "3.0",
         "a number is a position where no label is one; labels that are missing are "
         "NaN", raises="KeyError", reading=".cells.get_value_of"),
    Call("pandas.DataFrame.loc.__getitem__", "1.0", "labels that are missing are NaN, if one is there",
         raises="KeyError",
         reading=".cells.get_labels"),
    Call("pandas.DataFrame.loc.__setitem__ pandas.DataFrame.iloc.__setitem__ pandas.DataFrame.at.__setitem__ "
         "pandas.DataFrame.iat.__setitem__ pandas.Series.__setitem__", "3.0",
         "a column takes the type that holds a value", raises="TypeError ValueError", reading=".upcasting.set_item"),
    Call("pandas.DatetimeIndex.__new__ pandas.PeriodIndex.__new__", "1.0", "start, end and periods make a range",
         reading=".dates.index_of"),
    Call("pandas.DataFrame.plot.__call__", "3.1", "normed is density; what no longer exists is left out",
         renamed="normed=density", dropped="sort_columns", before="normed sort_columns",
         raises="AttributeError TypeError"),
    Call("pandas.set_option pandas.reset_option pandas.get_option", "1.0", "options by their full names",
         raises="KeyError AttributeError ValueError", reading=".conversions.option"),
    Call("pandas.unique", "3.0", "a list is made an array", reading=".arrays.unique"),
    Call(_resampled("mean", "median", "std", "var", "sem", "prod", "quantile"), "2.0", "text columns are left out",
         reading=".reductions.reduce_groups", raises="TypeError ValueError"),
    Call(_both("fillna"), "3.0", "method='ffill' is ffill(), 'bfill' is bfill(); the type of the column follows",
         dropped="downcast", reading=".filling.fillna"),
    Call(_both("replace"), "3.0", "method='ffill' fills from the row before", reading=".filling.replace"),
    Call(_both("interpolate"), "3.0", "text columns are left out", dropped="downcast", reading=".filling.interpolate"),
    Call(_both("drop_duplicates", "duplicated"), "1.0", "take_last=True is keep='last'", renamed="cols=subset",
         reading=".filling.without_duplicates"),
    Call(_both("groupby"), "3.0", "axis=1 groups the transposed frame", dropped="squeeze", reading=".groups.groupby"),
    Call(_both("resample"), "0.25", "how=… is called on the result; fill_method=… after that",
         reading=".groups.resample", raises="TypeError ValueError"),
    Call(_both("rolling", "expanding", "ewm"), "3.0", "freq=… resamples first", reading=".window_methods.method",
         raises="TypeError ValueError"),
    Call("pandas.api.typing.Rolling.apply pandas.api.typing.Expanding.apply", "1.0",
         "the function is given arrays, where it does not take a series", reading=".window_methods.apply_to_arrays",
         raises="TypeError ValueError KeyError AttributeError IndexError"),
    Call(_both("set_axis"), "1.0", "set_axis(axis, labels)", reading=".conversions.set_axis",
         raises="TypeError ValueError"),
    Call(_both("sort_index"), "1.0", "by=… is sort_values", reading=".ordering.sort_index"),
    Call(_both("between_time"), "2.0", "include_start and include_end are inclusive",
         reading=".dates.between_time"),
    Call("pandas.DataFrame.to_csv pandas.Series.to_csv", "2.0", "arguments have their present names",
         renamed="line_terminator=lineterminator cols=columns path=path_or_buf", dropped="tupleize_cols nanRep"),
    Call(_both("to_excel"), "2.0", "arguments have their present names", renamed="cols=columns",
         dropped="encoding verbose"),
    Call("pandas.DataFrame.to_sql pandas.Series.to_sql", "1.0", "flavor is left out", dropped="flavor"),
    Call("pandas.DataFrame.to_stata pandas.DataFrame.to_feather", "1.0", "fname is path", renamed="fname=path",
         dropped="encoding"),
    Call("pandas.DataFrame.to_latex", "2.0", "col_space is left out", dropped="col_space"),
    Call("pandas.DataFrame.to_records", "1.0", "convert_datetime64 is left out", dropped="convert_datetime64"),
    Call(_both("to_dict"), "2.0", "orient has its full name", renamed="outtype=orient"),
    Call(_both("to_dict"), "2.0", "orient may be named by its first letters", reading=".conversions.to_dict",
         raises="TypeError ValueError"),
    Call(_both("describe"), "1.0", "percentile_width is percentiles=[…]", dropped="datetime_is_numeric",
         reading=".statistics.describe"),
    Call(_both("astype"), "1.0", "raise_on_error=False is errors='ignore'", reading=".conversions.astype"),
    Call(_both("where", "mask"), "3.0", "try_cast and raise_on_error are left out",
         dropped="try_cast raise_on_error errors"),
    Call(_both("align"), "3.0", "missing values are filled afterwards", dropped="fill_axis broadcast_axis",
         reading=".filling.align"),
    Call("pandas.DataFrame.select", "1.0", "what has labels that a function accepts", reading=".cells.select",
         raises="TypeError KeyError"),
    Call(_both("take"), "1.0", "convert and is_copy are left out", dropped="convert is_copy"),
    Call(_both("xs"), "1.0", "copy is left out", dropped="copy"),
    Call(_both("pct_change"), "3.0", "missing values are filled from the row before", reading=".filling.pct_change"),
    Call(_both("cumsum", "cumprod", "cummax", "cummin"), "1.0", "dtype and out are left out", dropped="dtype out"),
    Call("pandas.DataFrame.apply", "1.0", "broadcast and reduce are result_type",
         dropped="reduce", reading=".conversions.apply_frame"),
    Call("pandas.Series.apply", "3.0", "convert_dtype is left out", dropped="convert_dtype"),
    Call("pandas.Series.map", "3.0", "arg is the mapping", renamed="arg=func"),
    Call("pandas.Series.factorize", "2.0", "na_sentinel is left out", dropped="na_sentinel"),
    Call("pandas.Series.repeat", "1.0", "reps is repeats", renamed="reps=repeats"),
    Call("pandas.Series.searchsorted", "1.0", "v is value", renamed="v=value"),
    Call("pandas.DataFrame.update", "1.0", "raise_conflict is errors", reading=".filling.update"),
    Call("pandas.DataFrame.pivot_table pandas.pivot_table pandas.crosstab", "0.20",
         "arguments have their present names",
         renamed="rows=index cols=columns", reading=".reductions.pivot", raises="TypeError ValueError"),
    Call("pandas.DataFrame.pivot", "2.0", "None for what is not given", reading=".reductions.pivot_wide"),
    Call(_both("dropna"), "2.0", "how is left out where thresh is given; several axes one after the other",
         reading=".filling.dropna"),
    Call(_both("rename_axis"), "1.0", "a dict renames the labels of an axis", reading=".conversions.rename_axis",
         raises="TypeError ValueError"),
    Call("numpy.mean numpy.median numpy.std numpy.var numpy.sum numpy.max numpy.min numpy.prod", "2.0",
         "text columns of a frame are left out", raises="TypeError ValueError NotImplementedError",
         reading=".reductions.reduced_by_numpy"),
    Call("pandas.DataFrame.plot pandas.Series.plot", "1.0", "arguments have their present names"),
    Call(_both("hist"), "3.1", "normed is density", renamed="normed=density", raises="AttributeError TypeError",
         before="normed"),
    Call(_READ, "1.0", "arguments have their present names, or are carried out on the result",
         renamed="skip_footer=skipfooter",
         dropped="mangle_dupe_cols infer_datetime_format tupleize_cols verbose compact_ints use_unsigned buffer_lines "
                 "as_recarray", reading=".files.read_csv", raises="TypeError ValueError", before=_READ_GONE),
    Call("pandas.read_excel", "1.0", "arguments have their present names",
         renamed="sheetname=sheet_name skip_footer=skipfooter parse_cols=usecols",
         dropped="convert_float has_index_names date_parser squeeze"),
    Call("pandas.read_json", "3.0", "a text is read as what it holds", dropped="numpy", reading=".files.read_json",
         raises="TypeError FileNotFoundError ValueError"),
    Call("pandas.read_stata", "1.0", "encoding is left out", renamed="index=index_col", dropped="encoding"),
    Call("pandas.read_html", "1.0", "arguments have their present names", dropped="tupleize_cols infer_types"),
    Call("pandas.read_pickle pandas.to_pickle", "1.0", "path is the file", renamed="path=filepath_or_buffer"),
    Call("pandas.to_datetime", "3.0", "coerce=True is errors='coerce'; errors='ignore' returns what was given",
         dropped="infer_datetime_format box", reading=".dates.to_datetime", raises="TypeError ValueError"),
    Call("pandas.to_numeric", "3.0", "errors='ignore' returns what was given", reading=".dates.to_numeric",
         raises="ValueError TypeError"),
    Call("pandas.to_timedelta", "1.0", "box is left out", dropped="box coerce"),
    Call("pandas.concat", "1.0", "join_axes is reindexed on the result", reading=".rows_appended.concat"),
    Call("pandas.factorize", "2.0", "order and na_sentinel are left out", dropped="order na_sentinel"),
    Call("pandas.date_range pandas.bdate_range", "2.0", "closed is inclusive; frequencies have their present names",
         reading=".dates.date_range", raises="TypeError ValueError"),
    Call("pandas.Grouper.freq.__init__", "2.2", "frequencies have their present names", reading=".dates.with_frequency",
         raises="ValueError TypeError"),
    Call(_both("asfreq", "shift") + " pandas.DatetimeIndex.shift pandas.DatetimeIndex.round pandas.DatetimeIndex.floor "
         "pandas.DatetimeIndex.ceil pandas.infer_freq", "2.2", "frequencies have their present names",
         reading=".dates.with_frequency", raises="ValueError TypeError"),
    Call("pandas.eval", "1.0", "truediv is left out", dropped="truediv"),
    Call("pandas.lreshape", "1.0", "label is left out", dropped="label"),
    Call("pandas.api.typing.Rolling.quantile pandas.api.typing.Expanding.quantile", "3.0", "quantile is q",
         renamed="quantile=q"),
    Call("pandas.Series.str.split pandas.Series.str.replace pandas.Series.str.cat pandas.Series.str.contains "
         "pandas.Series.str.match pandas.Series.str.extract pandas.Series.str.pad", "3.0",
         "arguments have their present names", dropped="as_indexer", reading=".texts.method"),
)
"""Forms of calls, by function."""
