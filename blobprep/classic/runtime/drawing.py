"""Drawing by the names and arguments of then."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from blobprep.classic.runtime.calls import Unreadable

__all__ = ["axes_of", "bar", "get_cmap", "hold", "plot_date", "savefig", "set_color_cycle"]

_Call = Callable[[Mapping[str, Any]], Any]


def hold(b: Any = None) -> None:
    """Say whether what is drawn next on the current axes is added to what is there; without a word, the opposite."""
    import matplotlib.pyplot as plt

    hold_axes(plt.gca(), b)


def hold_axes(self: Any, b: Any = None) -> None:
    """Say whether what is drawn next is added to what is there, as `hold`."""
    from blobprep.classic.runtime import cleared_axes

    kept = not cleared_axes.is_held(self) if b is None else b not in (False, 0, "off")
    for axes in [self] if hasattr(self, "cla") else self.axes:
        cleared_axes.keep(axes, kept)


def is_hold() -> bool:
    """Tell whether what is drawn next on the current axes is added to what is there."""
    import matplotlib.pyplot as plt

    return is_hold_axes(plt.gca())


def is_hold_axes(self: Any) -> bool:
    """Tell whether what is drawn next is added to what is there."""
    from blobprep.classic.runtime import cleared_axes

    return cleared_axes.is_held(self)


def set_color_cycle(self: Any, clist: Any) -> None:
    """Set the colors of what is drawn next; None for those of the style."""
    if clist is None:
        self.set_prop_cycle(None)
    else:
        self.set_prop_cycle(color=list(clist))


def plot_date_axes(
    self: Any, x: Any, y: Any, fmt: str = "o", tz: Any = None, xdate: bool = True, ydate: bool = False, **given: Any
) -> Any:
    """Draw points over dates."""
    given.pop("hold", None)
    if xdate:
        self.xaxis_date(tz)
    if ydate:
        self.yaxis_date(tz)
    lines = self.plot(x, y, fmt, **given)
    self.autoscale_view()
    return lines


def plot_date(
    x: Any, y: Any, fmt: str = "o", tz: Any = None, xdate: bool = True, ydate: bool = False, **given: Any
) -> Any:
    """Draw points over dates, on the current axes."""
    import matplotlib.pyplot as plt

    return plot_date_axes(plt.gca(), x, y, fmt, tz, xdate, ydate, **given)


def get_cmap(name: Any = None, lut: Any = None) -> Any:
    """Return the color map of a name."""
    import matplotlib

    name = {"spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20"}.get(name, name)
    if name is not None and not isinstance(name, str):
        return name
    found = matplotlib.colormaps[name or matplotlib.rcParams["image.cmap"]]
    return found if lut is None else found.resampled(lut)


def get_cmap_named(call: _Call, *_: Any, **given: Any) -> Any:
    """Call with the color map of a name of then."""
    renamed = {"spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20"}
    return call({name: renamed.get(value, value) if isinstance(value, str) else value for name, value in given.items()})


def axes_of(call: _Call, *bound: Any, **given: Any) -> Any:
    """Return axes with a projection: new ones, where there are none of that kind."""
    import matplotlib.pyplot as plt

    figure = bound[0] if bound else plt.gcf()
    if given.get("projection") == "3d":
        importlib.import_module("mpl_toolkits.mplot3d")  # which registers the projection
    wanted = given.get("projection", "rectilinear")
    if figure.axes and figure.gca().name == wanted:
        return figure.gca()
    return figure.add_subplot(**given)


def bar(call: _Call, *_: Any, x: Any = None, align: str = "edge", **given: Any) -> Any:
    """Draw bars whose left edges are given."""
    given.pop("hold", None)
    return call({"x": x, "align": align, **given})


def savefig(call: _Call, *bound: Any, frameon: Any = None, fname: Any = None, **given: Any) -> Any:
    """Save a figure; without a frame it is transparent."""
    if frameon is False:
        given.setdefault("transparent", True)
    return call({"fname": fname, **given})


def text_of(call: _Call, *, s: Any, **given: Any) -> Any:
    """Set a text that is given by the name `s`."""
    function = str(call.args[0].__name__)  # type: ignore[attr-defined]
    return call({"label" if function == "title" else function: s, **given})


_STYLES: Final = "seaborn"


def style(call: _Call, *, style: Any) -> Any:
    """Use styles by their present names."""

    def renamed(name: Any) -> Any:
        return name.replace(_STYLES, "seaborn-v0_8", 1) if isinstance(name, str) and "v0_8" not in name else name

    return call({"style": [renamed(name) for name in style] if isinstance(style, list) else renamed(style)})


def plot_listed(call: _Call, *args: Any, **given: Any) -> Any:
    """Draw what is iterated."""
    listed = [list(part) if hasattr(part, "__next__") else part for part in args]
    if all(one is other for one, other in zip(listed, args, strict=True)):
        raise Unreadable
    return call.args[0](*listed, **given)  # type: ignore[attr-defined]


def set_parameter(call: _Call, self: Any, *, key: str, val: Any) -> None:
    """Set a parameter by its present name; some say nothing any more."""
    if key == "axes.color_cycle":
        from cycler import cycler

        self["axes.prop_cycle"] = cycler(color=list(val))
    elif key not in (
        "savefig.frameon",
        "text.latex.unicode",
        "axes.hold",
        "savefig.jpeg_quality",
        "examples.directory",
    ):
        raise Unreadable
