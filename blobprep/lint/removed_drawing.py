"""What matplotlib and seaborn no longer have. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.lint.removals import Removal

__all__ = ["DRAWING"]

# fmt: off
# One row per removal, laid out as a table.
DRAWING: Final = (
    Removal("BP501", "matplotlib.pyplot.hold matplotlib.axes.Axes.hold", "3.0", "nothing: plots are always added",
            "statement"),
    Removal("BP501", "matplotlib.pyplot.ishold matplotlib.axes.Axes.ishold", "3.0", "True", "call:True"),
    Removal("BP501", "matplotlib.pyplot.*(hold)", "3.0", "nothing: plots are always added", "drop"),
    Removal("BP502", "matplotlib.mlab.normpdf", "3.1", "scipy.stats.norm.pdf", new="scipy.stats.norm.pdf"),
    Removal("BP502", "matplotlib.mlab.PCA", "3.1", "sklearn.decomposition.PCA", new="sklearn.decomposition.PCA"),
    Removal("BP502", "matplotlib.mlab.griddata", "3.1", "scipy.interpolate.griddata", new="scipy.interpolate.griddata"),
    Removal("BP502", "matplotlib.mlab.csv2rec", "3.1", "pd.read_csv", new="pandas.read_csv"),
    Removal("BP502", "matplotlib.mlab.bivariate_normal", "3.1", "scipy.stats.multivariate_normal.pdf",
            new="scipy.stats.multivariate_normal"),
    Removal("BP502", "matplotlib.mlab.find matplotlib.mlab.movavg matplotlib.mlab.entropy matplotlib.mlab.prctile "
            "matplotlib.mlab.dist matplotlib.mlab.frange matplotlib.mlab.rec_append_fields", "3.1", "numpy directly",
            new="numpy.flatnonzero numpy.convolve numpy.percentile"),
    Removal("BP503", "matplotlib.pyplot.hist(normed) matplotlib.axes.Axes.hist(normed) pandas.*.hist(normed)", "3.1",
            "density", "keyword:density"),
    Removal("BP504", "matplotlib.pyplot.subplot(axisbg) matplotlib.pyplot.axes(axisbg) "
            "matplotlib.figure.Figure.add_subplot(axisbg) matplotlib.figure.Figure.add_axes(axisbg)", "2.2",
            "facecolor",
            "keyword:facecolor"),
    Removal("BP504", "matplotlib.axes.Axes.set_axis_bgcolor", "2.2", "set_facecolor", "name:set_facecolor", loose=True,
            new="matplotlib.axes.Axes.set_facecolor"),
    Removal("BP504", "matplotlib.axes.Axes.get_axis_bgcolor", "2.2", "get_facecolor", "name:get_facecolor", loose=True,
            new="matplotlib.axes.Axes.get_facecolor"),
    Removal("BP505", "matplotlib.axes.Axes.set_color_cycle", "3.0", "set_prop_cycle(color=colors)", loose=True,
            new="matplotlib.axes.Axes.set_prop_cycle"),
    Removal("BP505", "matplotlib.pyplot.plot_date matplotlib.axes.Axes.plot_date", "3.11", "plot(dates, values, 'o')",
            new="matplotlib.pyplot.plot"),
    Removal("BP505", "matplotlib.cm.get_cmap", "3.11", "matplotlib.colormaps[name]", new="matplotlib.colormaps"),
    Removal("BP505", "matplotlib.pyplot.spectral matplotlib.cm.spectral", "3.0", "nipy_spectral",
            "name:nipy_spectral", new="matplotlib.pyplot.nipy_spectral"),
    Removal("BP505", "matplotlib.finance matplotlib.nxutils matplotlib.delaunay matplotlib.backends.backend_qt4agg",
            "2.2",
            "the package mplfinance, matplotlib.path.Path, scipy.spatial", new="matplotlib.path.Path"),
    Removal("BP505", "matplotlib.cbook.iterable matplotlib.cbook.is_numlike matplotlib.cbook.is_string_like "
            "matplotlib.dates.epoch2num matplotlib.dates.num2epoch matplotlib.dates.strpdate2num "
            "matplotlib.docstring", "3.1",
            "np.iterable, isinstance, pd.to_datetime", new="numpy.iterable pandas.to_datetime"),
    Removal("BP506", "matplotlib.use(warn)", "3.3", "nothing", "drop"),
    Removal("BP506", "matplotlib.pyplot.gca(projection) matplotlib.figure.Figure.gca(projection)", "3.6",
            "plt.subplot(projection=…), fig.add_subplot(projection=…)", "axes-3d", new="matplotlib.pyplot.subplot"),
    Removal("BP506", "matplotlib.pyplot.boxplot(labels) matplotlib.axes.Axes.boxplot(labels)", "3.11", "tick_labels",
            "keyword:tick_labels"),
    Removal("BP506", "matplotlib.pyplot.savefig(frameon) matplotlib.figure.Figure.savefig(frameon)", "3.3",
            "transparent=True for frameon=False"),
    Removal("BP506", "matplotlib.pyplot.bar(left)", "3.0", "x", "keyword:x"),
    Removal("BP506", "matplotlib.pyplot.grid(b) matplotlib.axes.Axes.grid(b)", "3.6", "visible", "keyword:visible"),
    Removal("BP506", "matplotlib.pyplot.scatter(verts) matplotlib.axes.Axes.scatter(verts)", "3.3", "marker=verts",
            "keyword:marker"),
    Removal("BP506", "matplotlib.pyplot.stem(use_line_collection)", "3.8", "nothing", "drop"),
    Removal("BP507", "matplotlib.pyplot.set_cmap(cmap='spectral') matplotlib.pyplot.get_cmap(name='spectral')", "3.0",
            "nipy_spectral", "value:nipy_spectral"),
    Removal("BP508", "seaborn.factorplot", "0.12", "catplot(kind='point')", new="seaborn.catplot"),
    Removal("BP508", "seaborn.tsplot", "0.10", "lineplot", new="seaborn.lineplot"),
    Removal("BP508", "seaborn.lvplot", "0.10", "boxenplot", "name:boxenplot", new="seaborn.boxenplot"),
    Removal("BP508", "seaborn.corrplot seaborn.coefplot seaborn.interactplot seaborn.timeseries seaborn.linearmodels "
            "seaborn.apionly", "0.9", "heatmap, lmplot, import seaborn", new="seaborn.heatmap seaborn.lmplot"),
    Removal("BP508", "seaborn.FacetGrid(size) seaborn.lmplot(size)", "0.11", "height", "keyword:height",
            new="seaborn.FacetGrid"),
)
