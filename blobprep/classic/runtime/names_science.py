"""Rows: names that numpy and scipy no longer have. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.rows import Name

__all__ = ["SCIENCE_NAMES"]

_SAME_IN_NUMPY: Final = (
    "absolute all any arange argmax argmin argsort around array array_equal asarray atleast_1d atleast_2d average "
    "bincount c_ ceil clip column_stack compress concatenate conj convolve copy corrcoef cos cosh cov cross cumprod "
    "cumsum deg2rad degrees delete diag diff digitize divide dot dstack e empty equal exp exp2 expm1 extract eye fabs "
    "float32 float64 floor fmax fmin fmod genfromtxt gradient greater histogram hstack hypot identity imag inf inner "
    "insert int32 int64 interp intersect1d invert isfinite isinf isnan isreal less linspace load loadtxt log log10 "
    "log1p log2 logical_and logical_not logical_or logspace matrix maximum mean median meshgrid mgrid minimum mod "
    "multiply nan nan_to_num nanmax nanmean nanmin nansum ndarray ndim newaxis nonzero ones ones_like outer percentile "
    "pi piecewise poly1d polyfit polyval power prod ptp r_ radians random rad2deg ravel real repeat reshape resize "
    "roll rot90 round_ savetxt searchsorted select setdiff1d shape sign sin sinh size sort split sqrt square squeeze "
    "stack std subtract sum swapaxes take tan tanh tensordot tile trace transpose trapz tril triu union1d unique "
    "vander var vdot vectorize vstack where zeros zeros_like"
)

_WINDOWS: Final = {"hanning": "hann"}

# fmt: off
# One row per name, laid out as a table.
SCIENCE_NAMES: Final = (
    Name("numpy.float", "1.24", "builtins.float", "float"),
    Name("numpy.int", "1.24", "builtins.int", "int"),
    Name("numpy.object", "1.24", "builtins.object", "object"),
    Name("numpy.complex", "1.24", "builtins.complex", "complex"),
    Name("numpy.str numpy.unicode", "1.24", "builtins.str", "str"),
    Name("numpy.float_ numpy.cfloat", "2.0", ".numbers", "the type of that name then"),
    Name("numpy.complex_", "2.0", "numpy.complex128", "complex128"),
    Name("numpy.unicode_ numpy.unicode0", "2.0", "numpy.str_", "str_"),
    Name("numpy.string_ numpy.string0", "2.0", "numpy.bytes_", "bytes_"),
    Name("numpy.bool8", "2.0", "numpy.bool_", "bool_"),
    Name("numpy.object0", "2.0", "numpy.object_", "object_"),
    Name("numpy.int0", "2.0", "numpy.intp", "intp"),
    Name("numpy.uint0", "2.0", "numpy.uintp", "uintp"),
    Name("numpy.longfloat", "2.0", "numpy.longdouble", "longdouble"),
    Name("numpy.singlecomplex", "2.0", "numpy.complex64", "complex64"),
    Name("numpy.NaN numpy.NAN", "2.0", "numpy.nan", "nan"),
    Name("numpy.Inf numpy.Infinity numpy.infty numpy.PINF", "2.0", "numpy.inf", "inf"),
    Name("numpy.NINF numpy.PZERO numpy.NZERO", "2.0", ".numbers", "the number of that name"),
    Name("numpy.asscalar", "1.23", ".numbers.asscalar", "array.item()"),
    Name("numpy.product", "2.0", "numpy.prod", "prod"),
    Name("numpy.cumproduct", "2.0", "numpy.cumprod", "cumprod"),
    Name("numpy.alltrue", "2.0", "numpy.all", "all"),
    Name("numpy.sometrue", "2.0", "numpy.any", "any"),
    Name("numpy.round_", "2.0", "numpy.round", "round"),
    Name("numpy.in1d", "2.4", ".numbers.in1d", "isin over one dimension"),
    Name("numpy.trapz", "2.4", "numpy.trapezoid", "trapezoid"),
    Name("numpy.find_common_type", "2.0", ".numbers.find_common_type", "result_type"),
    Name("numpy.mat", "2.0", "numpy.asmatrix", "asmatrix"),
    Name("numpy.rank", "1.18", "numpy.ndim", "ndim"),
    Name("numpy.alen", "1.23", ".numbers.alen", "the length of the first dimension"),
    Name("numpy.loads", "1.17", "pickle.loads", "pickle.loads"),
    Name("numpy.msort", "2.0", ".numbers.msort", "sort(array, axis=0)"),
    Name("numpy.asfarray", "2.0", ".numbers.asfarray", "an array of floats"),
    Name("numpy.fv numpy.pv numpy.npv numpy.irr numpy.pmt numpy.nper numpy.ipmt numpy.ppmt numpy.rate numpy.mirr",
         "1.20", ".finance", "the financial function"),
    Name("numpy.typeDict", "2.0", "numpy.sctypeDict", "sctypeDict"),
    Name("numpy.issubclass_", "2.0", "builtins.issubclass", "issubclass"),
    Name("numpy.issubsctype numpy.maximum_sctype numpy.obj2sctype numpy.sctype2char numpy.issctype", "2.0", ".numbers",
         "the function of that name"),
    Name("numpy.sctypes numpy.cast numpy.nbytes", "2.0", ".numbers", "the table of that name"),
    Name("numpy.math", "2.0", "math", "math"),
    Name("numpy.sys", "2.0", "sys", "sys"),
    Name("numpy.warnings", "1.25", "warnings", "warnings"),
    Name("numpy.VisibleDeprecationWarning", "2.0", "numpy.exceptions.VisibleDeprecationWarning", "numpy.exceptions"),
    Name("numpy.ComplexWarning", "2.0", "numpy.exceptions.ComplexWarning", "numpy.exceptions"),
    Name("numpy.RankWarning", "2.0", "numpy.exceptions.RankWarning", "numpy.exceptions"),
    Name("numpy.recfromcsv numpy.recfromtxt", "2.0", ".numbers", "genfromtxt as records"),
    *(Name(f"scipy.{name}", "1.12", f"numpy.{name}" if name not in ("round_", "trapz") else ".numbers." + name,
           f"numpy.{name}") for name in _SAME_IN_NUMPY.split()),
    Name("scipy.randn scipy.rand", "1.12", "numpy.random", "the function of numpy.random"),
    Name("scipy.misc.comb scipy.misc.factorial scipy.misc.logsumexp scipy.misc.factorial2 scipy.misc.factorialk", "1.3",
         "scipy.special", "the function of scipy.special"),
    Name("scipy.stats.chisqprob", "0.17", ".numbers.chisqprob", "chi2.sf"),
    Name("scipy.stats.betai", "1.0", "scipy.special.betainc", "scipy.special.betainc"),
    Name("scipy.stats.nanmean", "0.18", "numpy.nanmean", "numpy.nanmean"),
    Name("scipy.stats.nanmedian", "0.18", "numpy.nanmedian", "numpy.nanmedian"),
    Name("scipy.stats.nanstd", "0.18", ".numbers.nanstd", "numpy.nanstd with ddof=1"),
    Name("scipy.stats.binom_test", "1.12", ".numbers.binom_test", "binomtest(…).pvalue"),
    Name("scipy.stats.itemfreq", "1.5", ".numbers.itemfreq", "values and how often they are there"),
    Name("scipy.stats.threshold", "1.0", ".numbers.threshold", "values beyond limits replaced"),
    Name("scipy.stats.signaltonoise scipy.stats.ss scipy.stats.square_of_sums scipy.stats.histogram", "1.0", ".numbers",
         "the function of that name"),
    Name("scipy.stats.median_absolute_deviation", "1.9", "scipy.stats.median_abs_deviation", "median_abs_deviation"),
    Name("scipy.linalg.pinv2", "1.9", "scipy.linalg.pinv", "pinv"),
    Name("scipy.integrate.trapz", "1.14", "scipy.integrate.trapezoid", "trapezoid"),
    Name("scipy.integrate.simps", "1.14", "scipy.integrate.simpson", "simpson",
         choice="an even number of points is integrated as scipy does since 1.11"),
    Name("scipy.integrate.cumtrapz", "1.14", "scipy.integrate.cumulative_trapezoid", "cumulative_trapezoid"),
    *(Name(f"scipy.signal.{name}", "1.13", f"scipy.signal.windows.{_WINDOWS.get(name, name)}",
           f"scipy.signal.windows.{_WINDOWS.get(name, name)}")
      for name in "hann hamming hanning blackman bartlett boxcar gaussian kaiser triang tukey flattop nuttall parzen "
                  "cosine chebwin barthann bohman blackmanharris".split()),
)
"""Names, by module."""
