"""Figures as JSON: what was drawn from which data, not how it looks.

Colours, margins and ticks are those of the installed matplotlib, and change from version to version.
"""

from __future__ import absolute_import, division, print_function

import numpy as np


def drawn(thing, told):
    """Return what matplotlib made, its values told by a function."""
    if hasattr(thing, "get_axes") and hasattr(thing, "savefig"):
        return {"figure": [_axes(axes, told) for axes in thing.axes]}
    if hasattr(thing, "get_xlabel") and hasattr(thing, "lines"):
        return _axes(thing, told)
    if hasattr(thing, "get_xdata"):
        return _line(thing, told)
    if hasattr(thing, "get_width") and hasattr(thing, "get_height") and hasattr(thing, "get_x"):
        return _patch(thing, told)
    return {"object": type(thing).__name__}


def _axes(axes, told):
    legend = axes.get_legend()
    found = {
        "title": told(axes.get_title()),
        "xlabel": told(axes.get_xlabel()),
        "ylabel": told(axes.get_ylabel()),
        "lines": [_line(line, told) for line in axes.lines],
        "patches": [_patch(patch, told) for patch in axes.patches],
        "points": [_floats(collection.get_offsets(), told) for collection in axes.collections],
        "images": [told(image.get_array()) for image in axes.images],
        "texts": [told(text.get_text()) for text in axes.texts],
        "legend": [told(text.get_text()) for text in legend.get_texts()] if legend else [],
    }
    return {"axes": {key: value for key, value in found.items() if value not in ("", [])}}


def _line(line, told):
    # As the script gave them: dates are dates, whatever day matplotlib counts from.
    data = [told(list(line.get_xdata(orig=True))), told(list(line.get_ydata(orig=True)))]
    return {"line": data, "label": _label(line, told)}


def _patch(patch, told):
    if hasattr(patch, "get_width"):
        data = [patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()]
    elif hasattr(patch, "theta1"):
        data = [patch.theta1, patch.theta2]
    elif hasattr(patch, "get_xy"):
        data = [list(point) for point in patch.get_xy()]
    else:
        data = []
    return {type(patch).__name__: _floats(data, told), "label": _label(patch, told)}


def _floats(places, told):
    # Ints became floats in some versions and stayed ints in others; where they are drawn is the same.
    return [told(place) for place in np.asarray(places, dtype=float).ravel().tolist()]


def _label(artist, told):
    # A label that begins with an underscore is one that matplotlib chose.
    label = told(artist.get_label())
    return None if label is None or label.startswith("_") else label
