"""Rows: names that matplotlib and seaborn no longer have. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.rows import Module, Name

__all__ = ["DRAWING_MODULES", "DRAWING_NAMES"]

# fmt: off
# One row per name, laid out as a table.
DRAWING_NAMES: Final = (
    Name("matplotlib.pyplot.hold", "3.0", ".drawing.hold", "whether what is drawn is added to what is there"),
    Name("pylab.hold", "3.0", ".drawing.hold", "whether what is drawn is added to what is there"),
    Name("matplotlib.pyplot.ishold", "3.0", ".drawing.is_hold", "True"),
    Name("matplotlib.axes.Axes.hold matplotlib.figure.Figure.hold", "3.0", ".drawing.hold_axes",
         "whether what is drawn is added to what is there", "method"),
    Name("matplotlib.axes.Axes.ishold", "3.0", ".drawing.is_hold_axes", "True", "method"),
    Name("matplotlib.axes.Axes.set_axis_bgcolor", "2.2", "set_facecolor", "set_facecolor()", "own"),
    Name("matplotlib.axes.Axes.get_axis_bgcolor", "2.2", "get_facecolor", "get_facecolor()", "own"),
    Name("matplotlib.axes.Axes.set_color_cycle", "3.0", ".drawing.set_color_cycle", "set_prop_cycle(color=…)",
         "method"),
    Name("matplotlib.axes.Axes.plot_date", "3.11", ".drawing.plot_date_axes", "plot(…) with dates on an axis",
         "method"),
    Name("matplotlib.pyplot.plot_date", "3.11", ".drawing.plot_date", "plot(…) with dates on an axis"),
    Name("matplotlib.cm.get_cmap", "3.11", ".drawing.get_cmap", "the color map of a name"),
    Name("matplotlib.pyplot.spectral", "3.0", "matplotlib.pyplot.nipy_spectral", "nipy_spectral"),
    Name("matplotlib.cm.spectral", "3.0", "matplotlib.cm.nipy_spectral", "nipy_spectral"),
    Name("matplotlib.mlab.normpdf matplotlib.mlab.find matplotlib.mlab.frange matplotlib.mlab.movavg "
         "matplotlib.mlab.entropy matplotlib.mlab.prctile matplotlib.mlab.dist matplotlib.mlab.bivariate_normal "
         "matplotlib.mlab.rms_flat matplotlib.mlab.PCA", "3.1", ".drawing_numbers", "the function of that name"),
    Name("matplotlib.mlab.griddata", "3.1", "scipy.interpolate.griddata", "scipy.interpolate.griddata"),
    Name("matplotlib.cbook.is_string_like matplotlib.cbook.is_numlike matplotlib.cbook.iterable "
         "matplotlib.dates.epoch2num matplotlib.dates.num2epoch matplotlib.dates.strpdate2num", "3.1",
         ".drawing_numbers", "the function of that name"),
)
"""Names, by module and class."""

DRAWING_MODULES: Final = (
    Module("matplotlib.nxutils", "1.3", ".drawing_numbers", "points inside polygons"),
)
"""Modules."""
