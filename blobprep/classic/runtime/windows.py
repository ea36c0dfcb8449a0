"""Functions over windows: `rolling_mean(values, 3)` for `values.rolling(3).mean()`, and their kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.frequencies import present

__all__ = [
    "ewma", "ewmcorr", "ewmcov", "ewmstd", "ewmvar", "ewmvol", "expanding_apply", "expanding_corr", "expanding_count",
    "expanding_cov", "expanding_kurt", "expanding_max", "expanding_mean", "expanding_median", "expanding_min",
    "expanding_quantile", "expanding_skew", "expanding_std", "expanding_sum", "expanding_var", "rolling_apply",
    "rolling_corr", "rolling_count", "rolling_cov", "rolling_kurt", "rolling_max", "rolling_mean", "rolling_median",
    "rolling_min", "rolling_quantile", "rolling_skew", "rolling_std", "rolling_sum", "rolling_var", "rolling_window",
]  # fmt: skip


def _on_values(arg: Any, run: Callable[[Any], Any]) -> Any:
    """Run a function on a series or frame; an array is made one, and its result an array again."""
    if isinstance(arg, pd.DataFrame):
        numbers = arg.select_dtypes(["number", "bool"])
        if numbers.shape[1] == arg.shape[1]:
            return run(arg)
        found = run(numbers)
        others = [label for label in arg.columns if label not in numbers.columns]
        return found.join(arg[others])[list(arg.columns)] if found.index.equals(arg.index) else found
    if isinstance(arg, pd.Series):
        return run(arg) if pd.api.types.is_numeric_dtype(arg.dtype) else arg.copy()
    values = np.asarray(arg)
    if values.ndim == 0 or values.ndim > 2:
        raise AttributeError("window functions take arrays of one or two dimensions")
    return run(pd.DataFrame(values) if values.ndim == 2 else pd.Series(values)).to_numpy(copy=True)


def resampled(arg: Any, freq: Any, how: Any) -> Any:
    """Return the values resampled, if a frequency is given."""
    if freq is None:
        return arg
    groups = arg.resample(present(freq))
    return getattr(groups, how or "mean")() if isinstance(how, str | None) else groups.apply(how)


def _rolling(name: str, how: str | None = None) -> Callable[..., Any]:
    """Return the function of a name over a window that moves."""

    def function(
        arg: Any,
        window: Any,
        min_periods: Any = None,
        freq: Any = None,
        center: bool = False,
        how: Any = how,
        **given: Any,
    ) -> Any:
        def run(values: Any) -> Any:
            return getattr(_window(resampled(values, freq, how), window, min_periods, center), name)(**given)

        return _on_values(arg, run)

    function.__name__ = function.__qualname__ = f"rolling_{name}"
    return function


def _window(values: Any, window: Any, min_periods: Any, center: bool) -> Any:
    return _numbers(values).rolling(window, min_periods=min_periods, center=center)


def _numbers(values: Any) -> Any:
    return values if values.ndim == 1 else values.select_dtypes(["number", "bool"])


rolling_mean = _rolling("mean")
rolling_sum = _rolling("sum")
rolling_median = _rolling("median", "median")
rolling_std = _rolling("std")
rolling_var = _rolling("var")
rolling_min = _rolling("min", "min")
rolling_max = _rolling("max", "max")
rolling_skew = _rolling("skew")
rolling_kurt = _rolling("kurt")


def rolling_count(arg: Any, window: Any, freq: Any = None, center: bool = False, how: Any = None, **_: Any) -> Any:
    """Count the values of a window that are not missing."""

    def run(values: Any) -> Any:
        return resampled(values, freq, how).rolling(window, min_periods=0, center=center).count()

    return _on_values(arg, run)


def rolling_quantile(
    arg: Any, window: Any, quantile: float, min_periods: Any = None, freq: Any = None, center: bool = False
) -> Any:
    """Return a quantile of a window."""
    return _on_values(
        arg,
        lambda values: _window(resampled(values, freq, None), window, min_periods, center).quantile(
            quantile, interpolation="lower"
        ),
    )


def rolling_apply(
    arg: Any, window: Any, func: Any, min_periods: Any = None, freq: Any = None, center: bool = False, args: Any = (),
    kwargs: Any = None,
) -> Any:  # fmt: skip
    """Return what a function says about the array of a window."""
    return _on_values(
        arg,
        lambda values: _window(resampled(values, freq, None), window, min_periods, center).apply(
            func, raw=True, args=args, kwargs=kwargs or {}
        ),
    )


def rolling_window(
    arg: Any, window: Any = None, win_type: Any = None, min_periods: Any = None, freq: Any = None, center: bool = False,
    mean: bool = True, axis: Any = 0, how: Any = "mean", **given: Any,
) -> Any:  # fmt: skip
    """Return the weighted mean, or sum, of a window."""

    def run(values: Any) -> Any:
        values = resampled(values, freq, how)
        if isinstance(window, list | tuple | np.ndarray):
            weights = np.asarray(window, dtype=float)
            moved = values.rolling(len(weights), min_periods=min_periods, center=center)
            total = moved.apply(lambda part: float(np.dot(part, weights)), raw=True)
            return total / weights.sum() if mean else total
        moved = values.rolling(window, min_periods=min_periods, center=center, win_type=win_type)
        return moved.mean(**given) if mean else moved.sum(**given)

    return _on_values(arg, run)


def _of_two(make: Callable[[Any], Any], name: str, arg1: Any, arg2: Any, pairwise: Any, **given: Any) -> Any:
    arrays = not isinstance(arg1, pd.Series | pd.DataFrame)
    first = pd.Series(np.asarray(arg1)) if arrays else arg1
    other = arg2 if arg2 is None or isinstance(arg2, pd.Series | pd.DataFrame) else pd.Series(np.asarray(arg2))
    if isinstance(first, pd.Series) and isinstance(other, pd.DataFrame):
        first, other = other, first
    if first.ndim > 1 and (other is None or other.ndim > 1) and pairwise is not False and (other is None or pairwise):
        raise NotImplementedError(
            f"{name} of every two columns returned a Panel, which pandas no longer has; give two series"
        )
    result = getattr(make(first), name)(other if other is not None else first, **given)
    return result.to_numpy(copy=True) if arrays else result


def rolling_corr(
    arg1: Any, arg2: Any = None, window: Any = None, min_periods: Any = None, freq: Any = None, center: bool = False,
    pairwise: Any = None, how: Any = None,
) -> Any:  # fmt: skip
    """Return the correlation of two series over a window."""
    if window is None and isinstance(arg2, int | np.integer | float):
        arg2, window = None, arg2
    arg1, arg2 = resampled(arg1, freq, how), arg2 if arg2 is None else resampled(arg2, freq, how)
    return _of_two(
        lambda values: values.rolling(window, min_periods=min_periods, center=center), "corr", arg1, arg2, pairwise
    )


def rolling_cov(
    arg1: Any, arg2: Any = None, window: Any = None, min_periods: Any = None, freq: Any = None, center: bool = False,
    pairwise: Any = None, how: Any = None, ddof: int = 1,
) -> Any:  # fmt: skip
    """Return the covariance of two series over a window."""
    if window is None and isinstance(arg2, int | np.integer | float):
        arg2, window = None, arg2
    arg1, arg2 = resampled(arg1, freq, how), arg2 if arg2 is None else resampled(arg2, freq, how)
    return _of_two(
        lambda values: values.rolling(window, min_periods=min_periods, center=center),
        "cov",
        arg1,
        arg2,
        pairwise,
        ddof=ddof,
    )


def _expanding(name: str) -> Callable[..., Any]:
    """Return the function of a name over a window that grows."""

    def function(arg: Any, min_periods: int = 1, freq: Any = None, **given: Any) -> Any:
        return _on_values(
            arg, lambda values: getattr(_numbers(resampled(values, freq, None)).expanding(min_periods), name)(**given)
        )

    function.__name__ = function.__qualname__ = f"expanding_{name}"
    return function


expanding_mean = _expanding("mean")
expanding_sum = _expanding("sum")
expanding_median = _expanding("median")
expanding_std = _expanding("std")
expanding_var = _expanding("var")
expanding_min = _expanding("min")
expanding_max = _expanding("max")
expanding_skew = _expanding("skew")
expanding_kurt = _expanding("kurt")


def expanding_count(arg: Any, freq: Any = None) -> Any:
    """Count the values so far that are not missing."""
    return _on_values(arg, lambda values: resampled(values, freq, None).expanding(0).count())


def expanding_quantile(arg: Any, quantile: float, min_periods: int = 1, freq: Any = None) -> Any:
    """Return a quantile of the values so far."""
    return _on_values(
        arg,
        lambda values: resampled(values, freq, None).expanding(min_periods).quantile(quantile, interpolation="lower"),
    )


def expanding_apply(
    arg: Any, func: Any, min_periods: int = 1, freq: Any = None, args: Any = (), kwargs: Any = None
) -> Any:
    """Return what a function says about the array of the values so far."""
    return _on_values(
        arg,
        lambda values: (
            resampled(values, freq, None).expanding(min_periods).apply(func, raw=True, args=args, kwargs=kwargs or {})
        ),
    )


def expanding_corr(arg1: Any, arg2: Any = None, min_periods: int = 1, freq: Any = None, pairwise: Any = None) -> Any:
    """Return the correlation of two series so far."""
    return _of_two(lambda values: values.expanding(min_periods), "corr", arg1, arg2, pairwise)


def expanding_cov(
    arg1: Any, arg2: Any = None, min_periods: int = 1, freq: Any = None, pairwise: Any = None, ddof: int = 1
) -> Any:
    """Return the covariance of two series so far."""
    return _of_two(lambda values: values.expanding(min_periods), "cov", arg1, arg2, pairwise, ddof=ddof)


def _weighted(
    values: Any,
    com: Any,
    span: Any,
    halflife: Any,
    alpha: Any,
    min_periods: Any,
    freq: Any,
    adjust: bool,
    how: Any,
    ignore_na: bool,
) -> Any:
    return resampled(values, freq, how).ewm(
        com=com,
        span=span,
        halflife=halflife,
        alpha=alpha,
        min_periods=min_periods or 0,
        adjust=adjust,
        ignore_na=ignore_na,
    )


def ewma(
    arg: Any, com: Any = None, span: Any = None, halflife: Any = None, alpha: Any = None, min_periods: Any = 0,
    freq: Any = None, adjust: bool = True, how: Any = None, ignore_na: bool = False,
) -> Any:  # fmt: skip
    """Return the mean with exponential weights."""
    return _on_values(
        arg,
        lambda values: _weighted(
            _numbers(values), com, span, halflife, alpha, min_periods, freq, adjust, how, ignore_na
        ).mean(),
    )


def _spread(name: str) -> Callable[..., Any]:
    def function(
        arg: Any, com: Any = None, span: Any = None, halflife: Any = None, alpha: Any = None, min_periods: Any = 0,
        bias: bool = False, freq: Any = None, how: Any = None, ignore_na: bool = False, adjust: bool = True,
    ) -> Any:  # fmt: skip
        return _on_values(
            arg,
            lambda values: getattr(
                _weighted(_numbers(values), com, span, halflife, alpha, min_periods, freq, adjust, how, ignore_na), name
            )(bias=bias),
        )

    return function


ewmvar = _spread("var")
ewmstd = ewmvol = _spread("std")


def _related(name: str) -> Callable[..., Any]:
    def function(
        arg1: Any, arg2: Any = None, com: Any = None, span: Any = None, halflife: Any = None, alpha: Any = None,
        min_periods: Any = 0, freq: Any = None, pairwise: Any = None, how: Any = None, ignore_na: bool = False,
        adjust: bool = True, **given: Any,
    ) -> Any:  # fmt: skip
        if com is None and isinstance(arg2, int | float):
            arg2, com = None, arg2

        def make(values: Any) -> Any:
            return _weighted(values, com, span, halflife, alpha, min_periods, freq, adjust, how, ignore_na)

        return _of_two(make, name, arg1, arg2, pairwise, **given)

    return function


ewmcorr = _related("corr")
ewmcov = _related("cov")
