"""What a compiled script reaches for, told by the names in its code, without importing a library.

Most scripts reach for nothing that is gone. For those nothing more is done than this look, and two or three functions
that wait where a name would be missing (`waiting`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final

__all__ = [
    "Needs",
    "find_needs",
    "lines_that_write_columns",
    "words_of",
    "words_of_files",
    "writes_values",
]

_SCREENS: Final = frozenset(
    """
    tkagg tkcairo qtagg qtcairo qt4agg qt5agg qt5cairo wx wxagg wxcairo gtk gtkagg gtkcairo gtk3agg gtk3cairo
    gtk4agg gtk4cairo macosx cocoaagg fltkagg webagg nbagg notebook ipympl
    """.split()
)

_GONE: Final = frozenset(
    """
    Float64Index GMM GraphLasso GraphLassoCV Imputer Infinity Int64Index NAN NINF NZERO PINF PZERO NaN Inf
    ProbabilisticPCA RandomizedPCA TimeGrouper TimeSeries UInt64Index VisibleDeprecationWarning ComplexWarning
    RankWarning alen alltrue applymap as_blocks as_matrix asfarray asobject asscalar backfill binom_test
    bivariate_normal bool8 calinski_harabaz_score chisqprob clip_lower clip_upper combineAdd combineMult complex_
    convert_objects cumproduct cumtrapz dtype_str epoch2num ewma ewmcorr ewmcov ewmstd ewmvar ewmvol expanding_apply
    expanding_corr expanding_count expanding_cov expanding_kurt expanding_max expanding_mean expanding_median
    expanding_min expanding_quantile expanding_skew expanding_std expanding_sum expanding_var fetch_mldata
    find_common_type float_ frange from_array from_csv from_items ftype ftypes get_axis_bgcolor get_dtype_counts
    get_duplicates get_feature_names get_ftype_counts get_store get_value get_values grid_scores_ griddata hold icol
    iget iget_value in1d infty int0 irow is_all_dates is_copy is_monotonic is_numlike is_string_like is_time_series
    ishold issubclass_ itemfreq iteritems iterkv ix jaccard_similarity_score load_boston longfloat lookup mad
    maximum_sctype median_absolute_deviation msort nanstd normpdf num2epoch obj2sctype object0 ordered_merge pinv2
    plot_date plot_params pnow prctile random_integers recfromcsv recfromtxt reindex_axis rms_flat rolling_apply
    rolling_corr rolling_count rolling_cov rolling_kurt rolling_max rolling_mean rolling_median rolling_min
    rolling_quantile rolling_skew rolling_std rolling_sum rolling_var rolling_window round_ safe_indexing
    scatter_matrix sctype2char set_axis_bgcolor set_color_cycle set_value signaltonoise simps singlecomplex
    slice_shift sometrue sortlevel spectral square_of_sums string_ string0 strpdate2num sym_diff trapz tshift
    typeDict uint0 unicode_ weekday_name weekofyear as_indexer as_recarray axisbg base_estimator broadcast_axis
    charset charset_error compute_importances convert_datetime64 convert_dtype date_parser error_bad_lines
    fit_params infer_datetime_format join_axes line_terminator mangle_dupe_cols manage_xticks min_impurity_split
    multi_class n_folds n_topics na_sentinel normed parse_cols percentile_width precompute_distances presort
    raise_on_error sheetname skip_footer take_last tupleize_cols try_cast use_line_collection warn_bad_lines
    delim_whitespace
    """.split()
)
"""Names, and names of arguments, that no library of today has, and that have no other frequent meaning."""

_GONE_MODULES: Final = re.compile(
    r"(pandas\.(tools|util\.testing|core\.(datetools|index|categorical|common)|stats|lib|tslib|types|formats"
    r"|tseries\.(index|period|resample|tools))"
    r"|sklearn\.(cross_validation|grid_search|learning_curve|externals|lda|qda|hmm)"
    r"|sklearn\.(preprocessing|datasets|metrics|ensemble|tree|linear_model|svm|cluster|decomposition|neighbors"
    r"|neural_network|feature_selection)\.[a-z]\w*"
    r"|matplotlib\.(mlab|nxutils|finance)|scipy|scipy\.misc)(\.|$)"
)


_OF_MODULES: Final = {
    "pandas": frozenset({"value_counts", "match", "groupby", "np", "datetime"}),
    "numpy": frozenset("float int object str complex unicode product rank mat loads cast".split()),
}
"""Names that only these modules no longer have; others have them, or they are Python's own."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a script needs.

    Attributes:
        words: the names in its code.
        gone: those of them that no library of today has.
        of_modules: those of them that a library it imports may not have, though others do.
    """

    words: frozenset[str]
    gone: frozenset[str]
    of_modules: frozenset[str]


def words_of(code: CodeType) -> set[str]:
    """Return the names of attributes, globals, modules and keyword arguments in a compiled script, and of backends."""
    words = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            words |= words_of(constant)
        elif isinstance(constant, tuple):
            words.update(item for item in constant if isinstance(item, str))
        elif isinstance(constant, str) and len(constant) < 12 and constant.lower() in _SCREENS:
            words.add(constant.lower())
    return words


def words_of_files(files: Iterable[Path], most: int = 1 << 20) -> set[str]:
    """Return the words in files of Python, as many as `most` bytes hold."""
    words: set[str] = set()
    for file in files:
        try:
            with file.open("rb") as source:
                text = source.read(most)
        except OSError:
            continue
        most -= len(text)
        words.update(word.decode("ascii") for word in re.findall(rb"[A-Za-z_][\w.]*", text))
        words.update(*(word.split(".") for word in list(words) if "." in word))
        if most <= 0:
            break
    return words


def find_needs(words: Iterable[str]) -> Needs:
    """Tell what of a script's words no library of today has."""
    words = frozenset(words)
    modules = {word for word in words if _GONE_MODULES.match(word)}
    of_dates = {"week"} if {"dt", "week"} <= words else set()
    of_modules = frozenset[str]().union(*(words & names for module, names in _OF_MODULES.items() if module in words))
    return Needs(words, (words & _GONE) | (words & _SCREENS) | modules | of_dates, of_modules)


_OF_FRAMES: Final = frozenset({"values", "asarray", "to_numpy", "ravel"})
_WRITING: Final = frozenset(
    {"sort", "fill", "put", "partition", "itemset", "resize", "shuffle", "copyto", "place", "fill_diagonal"}
)


def writes_values(text: str) -> bool:
    """Tell whether a text writes into an array that may be the values of a frame: today such an array is read-only."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = list(ast.walk(tree))
    arrays = {
        name.id
        for node in nodes
        if isinstance(node, ast.Assign) and _has_values(node.value)
        for target in node.targets
        for name in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(name, ast.Name)
    }
    return any(_is_written(node, arrays) for node in nodes)


def _has_values(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in _OF_FRAMES for part in ast.walk(node))


def _is_written(node: ast.AST, arrays: set[str]) -> bool:
    """Tell whether a node writes into one of the arrays, or into values without a name."""
    match node:
        case ast.Subscript(value=base, ctx=ast.Store()):
            return _leads_to(base, arrays) or (isinstance(base, ast.Attribute) and base.attr == "values")
        case ast.AugAssign(target=ast.Name(id=name)):
            return name in arrays
        case ast.Call(func=ast.Attribute(value=base, attr=name), args=given) if name in _WRITING:
            return _leads_to(base, arrays) or any(_leads_to(part, arrays) or _has_values(part) for part in given)
    return False


def _leads_to(node: ast.expr, arrays: set[str]) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in arrays


_NOT_COLUMNS: Final = frozenset(
    {"loc", "iloc", "ix", "at", "iat", "values", "T", "columns", "index", "environ", "rcParams"}
)


def lines_that_write_columns(text: str) -> set[int]:
    """Return the lines of statements that reach for a column and write to it at once: `frame["a"][0] = 1`.

    Of a frame, today that sets a copy, which is gone at once; of anything else, such as a dict in a dict, it is usual.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and _writes_column(node)]
    return {line for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _writes_column(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=base, ctx=ast.Store()):
            if isinstance(base, ast.Attribute) and base.attr in ("loc", "iloc", "ix", "at", "iat"):
                base = base.value
            return _is_column(base)
        case ast.Call(func=ast.Attribute(value=base), keywords=keywords):
            return _is_column(base) and any(
                word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True
                for word in keywords
            )
    return False


def _is_column(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str())):
            return True
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return name != "self" and attribute not in _NOT_COLUMNS
    return False
