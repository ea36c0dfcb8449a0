"""What numpy and scipy no longer have. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.lint.removals import Removal

__all__ = ["SCIENCE"]

# fmt: off
# One row per removal, laid out as a table.
SCIENCE: Final = (
    Removal("BP301", "numpy.float", "1.24", "float", "text:float"),
    Removal("BP301", "numpy.int", "1.24", "int", "text:int"),
    Removal("BP301", "numpy.object", "1.24", "object", "text:object"),
    Removal("BP301", "numpy.complex", "1.24", "complex", "text:complex"),
    Removal("BP301", "numpy.str numpy.unicode", "1.24", "str", "text:str"),
    Removal("BP302", "numpy.float_", "2.0", "np.float64", "name:float64", new="numpy.float64"),
    Removal("BP302", "numpy.complex_", "2.0", "np.complex128", "name:complex128", new="numpy.complex128"),
    Removal("BP302", "numpy.unicode_", "2.0", "np.str_", "name:str_", new="numpy.str_"),
    Removal("BP302", "numpy.string_", "2.0", "np.bytes_", "name:bytes_", new="numpy.bytes_"),
    Removal("BP302", "numpy.bool8", "2.0", "np.bool_", "name:bool_", new="numpy.bool_"),
    Removal("BP302", "numpy.NaN numpy.NAN", "2.0", "np.nan", "name:nan", new="numpy.nan"),
    Removal("BP302", "numpy.Inf numpy.Infinity numpy.infty numpy.PINF", "2.0", "np.inf", "name:inf", new="numpy.inf"),
    Removal("BP302", "numpy.NINF", "2.0", "-np.inf", new="numpy.inf"),
    Removal("BP302", "numpy.asscalar", "1.23", "array.item()", "item", new="numpy.ndarray.item"),
    Removal("BP302", "numpy.product", "2.0", "np.prod", "name:prod", new="numpy.prod"),
    Removal("BP302", "numpy.cumproduct", "2.0", "np.cumprod", "name:cumprod", new="numpy.cumprod"),
    Removal("BP302", "numpy.alltrue", "2.0", "np.all", "name:all", new="numpy.all"),
    Removal("BP302", "numpy.sometrue", "2.0", "np.any", "name:any", new="numpy.any"),
    Removal("BP302", "numpy.round_", "2.0", "np.round", "name:round", new="numpy.round"),
    Removal("BP302", "numpy.in1d", "2.4", "np.isin", "name:isin", new="numpy.isin"),
    Removal("BP302", "numpy.trapz", "2.4", "np.trapezoid", "name:trapezoid", new="numpy.trapezoid"),
    Removal("BP302", "numpy.find_common_type", "2.0", "np.result_type", new="numpy.result_type"),
    Removal("BP302", "numpy.mat", "2.0", "np.asmatrix", "name:asmatrix", new="numpy.asmatrix"),
    Removal("BP302", "numpy.rank", "1.18", "np.ndim", "name:ndim", new="numpy.ndim"),
    Removal("BP302", "numpy.loads", "1.17", "pickle.loads", new="pickle.loads"),
    Removal("BP302", "numpy.msort", "2.0", "np.sort(array, axis=0)", new="numpy.sort"),
    Removal("BP302", "numpy.asfarray", "2.0", "np.asarray(array, dtype=float)", new="numpy.asarray"),
    Removal("BP302", "numpy.fv numpy.pv numpy.npv numpy.irr numpy.pmt numpy.nper numpy.rate numpy.mirr", "1.20",
            "the package numpy-financial"),
    Removal("BP302", "numpy.cast numpy.source numpy.typeDict numpy.sctypes numpy.issubclass_ numpy.who numpy.disp "
            "numpy.safe_eval numpy.deprecate numpy.byte_bounds numpy.int0", "2.0", "what numpy's guide to 2.0 names"),
    Removal("BP303", "numpy.ndarray.itemset", "2.0", "array[index] = value"),
    Removal("BP303", "numpy.ndarray.tostring", "2.3", ".tobytes()", "name:tobytes", new="numpy.ndarray.tobytes"),
    Removal("BP303", "numpy.ndarray.ptp", "2.0", "np.ptp(array)", new="numpy.ptp"),
    Removal("BP303", "numpy.ndarray.newbyteorder", "2.0", "array.view(array.dtype.newbyteorder())",
            new="numpy.ndarray.view"),
    Removal("BP304", "numpy.histogram(normed) numpy.histogram2d(normed) numpy.histogramdd(normed)", "1.24", "density",
            "keyword:density"),
    Removal("BP304", "numpy.percentile(interpolation) numpy.nanpercentile(interpolation) numpy.quantile(interpolation)",
            "2.4", "method", "keyword:method"),
    Removal("BP305", "scipy.misc.imread scipy.misc.imsave scipy.misc.imresize scipy.misc.imrotate", "1.3",
            "matplotlib.pyplot.imread, or the package Pillow", new="matplotlib.pyplot.imread"),
    Removal("BP305", "scipy.misc.comb scipy.misc.factorial scipy.misc.logsumexp", "1.3", "scipy.special",
            "module:scipy.special", new="scipy.special.comb scipy.special.factorial scipy.special.logsumexp"),
    Removal("BP305", "scipy.misc.derivative", "1.12", "a difference quotient"),
    Removal("BP305", "scipy.stats.chisqprob", "0.17", "scipy.stats.chi2.sf", "name:chi2.sf", new="scipy.stats.chi2.sf"),
    Removal("BP305", "scipy.stats.betai", "1.0", "scipy.special.betainc", new="scipy.special.betainc"),
    Removal("BP305", "scipy.stats.nanmean scipy.stats.nanmedian scipy.stats.nanstd", "0.18", "np.nanmean",
            new="numpy.nanmean numpy.nanmedian numpy.nanstd"),
    Removal("BP305", "scipy.stats.binom_test", "1.12", "scipy.stats.binomtest(…).pvalue", new="scipy.stats.binomtest"),
    Removal("BP305", "scipy.stats.median_absolute_deviation", "1.9", "scipy.stats.median_abs_deviation",
            new="scipy.stats.median_abs_deviation"),
    Removal("BP305", "scipy.stats.itemfreq", "1.5", "np.unique(values, return_counts=True)", new="numpy.unique"),
    Removal("BP305", "scipy.stats.threshold", "1.0", "np.clip", new="numpy.clip"),
    Removal("BP305", "scipy.stats.signaltonoise scipy.stats.ss scipy.stats.histogram2 scipy.stats.histogram "
            "scipy.stats.f_value", "1.0", "numpy directly", new="numpy.histogram"),
    Removal("BP305", "scipy.linalg.pinv2", "1.9", "scipy.linalg.pinv", "name:pinv", new="scipy.linalg.pinv"),
    Removal("BP305", "scipy.integrate.trapz", "1.14", "scipy.integrate.trapezoid", "name:trapezoid",
            new="scipy.integrate.trapezoid"),
    Removal("BP305", "scipy.integrate.simps", "1.14", "scipy.integrate.simpson", new="scipy.integrate.simpson"),
    Removal("BP305", "scipy.integrate.cumtrapz", "1.14", "scipy.integrate.cumulative_trapezoid",
            "name:cumulative_trapezoid", new="scipy.integrate.cumulative_trapezoid"),
    Removal("BP305", "scipy.integrate.romberg", "1.15", "scipy.integrate.quad", new="scipy.integrate.quad"),
    Removal("BP305", "scipy.signal.hann", "1.13", "scipy.signal.windows.hann", "name:windows.hann",
            new="scipy.signal.windows.hann"),
    Removal("BP305", "scipy.signal.hamming", "1.13", "scipy.signal.windows.hamming", "name:windows.hamming",
            new="scipy.signal.windows.hamming"),
    Removal("BP305", "scipy.optimize.anneal", "0.17", "scipy.optimize.dual_annealing",
            new="scipy.optimize.dual_annealing"),
    Removal("BP305", "scipy.weave", "0.18", "numpy, or a package such as numba"),
    Removal("BP305", "scipy.mean scipy.array scipy.sqrt scipy.dot scipy.exp scipy.log scipy.zeros scipy.ones "
            "scipy.linspace scipy.arange scipy.std scipy.median scipy.randn scipy.rand scipy.random", "1.12",
            "the same name in numpy", new="numpy.mean numpy.array numpy.random.randn"),
)
