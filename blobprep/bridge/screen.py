"""matplotlib without a screen: what a script asks of one does not end it, and figures are drawn by Agg."""

from __future__ import absolute_import

import functools
import warnings

__all__ = ["keep_agg"]

_WITHOUT_SCREEN = frozenset(["agg", "cairo", "pdf", "pgf", "ps", "svg", "template"])
_kept = []  # type: ignore[var-annotated]  # the original, once it is replaced


def keep_agg(say):
    """Have `matplotlib.use` ignore backends that need a screen; does nothing where there is no matplotlib.

    Args:
        say: adds a sentence to the log.
    """
    # Each run makes its own list of fonts, since one that a script has made could not be trusted by the next.
    warnings.filterwarnings("ignore", message=".*building the font cache")
    try:
        import matplotlib
    except Exception:  # the script will find out
        return
    if _kept:
        return
    _kept.append(matplotlib.use)
    original = matplotlib.use

    @functools.wraps(original)
    def use(*given, **named):
        name = str(given[0] if given else named.get("backend", named.get("arg", "")))
        if name and name.lower() not in _WITHOUT_SCREEN and not name.startswith("module://"):
            say("matplotlib.use(%r) needs a screen, and there is none: figures are drawn by Agg" % name)
            return None
        return original(*given, **named)

    matplotlib.use = use
