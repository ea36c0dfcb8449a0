"""The figures of a script: images that it saved, in the order of first writing, and figures still open at its end.

See `blobprep.child.script.figures`, which this follows in every version of matplotlib.
"""

from __future__ import absolute_import

import os
import sys
import weakref

__all__ = ["FigureWatch"]

_DRAWING = frozenset(["savefig", "draw"])


class FigureWatch(object):
    """A watch on the images that are written to a folder; `paths` tells it of the files that are opened."""

    def __init__(self, folder):
        self._folder = os.path.realpath(folder)
        self._order = []
        self._savers = {}  # by name, the figure that wrote the image last, None where something else did
        self._listened = weakref.WeakSet()
        self._changed = weakref.WeakSet()

    def note(self, path):
        """Note that a file is opened for writing."""
        if isinstance(path, bytes) and not isinstance(path, str):
            path = path.decode("utf-8", "surrogateescape")
        if not path.lower().endswith(".png"):
            return
        try:
            full = os.path.realpath(path)
        except EnvironmentError:  # the script removed its current folder
            return
        if not full.startswith(os.path.join(self._folder, "")):
            return
        name = os.path.relpath(full, self._folder)
        if name not in self._savers:
            self._order.append(name)
        figure = _figure_being_saved()
        self._savers[name] = None if figure is None else weakref.ref(figure)
        if figure is not None:
            self._listen(figure)

    def close_figures(self):
        """Save the figures that are still open and not yet saved in their present state.

        Returns:
            All images as names and origins, and a sentence for each figure that cannot be drawn.
        """
        saved = [name for name in self._order if os.path.isfile(os.path.join(self._folder, name))]
        images, notes = [[name, "saved"] for name in saved], []
        savers = [self._savers[name]() for name in saved if self._savers[name] is not None]
        shown = [figure for figure in savers if figure is not None and figure not in self._changed]
        for number, figure in _open_figures():
            if not any(figure is other for other in shown):
                name, problem = self._save_open(number, figure)
                if problem:
                    notes.append(problem)
                else:
                    images.append([name, "open"])
            sys.modules["matplotlib.pyplot"].close(figure)
        return images, notes

    def _save_open(self, number, figure):
        name = self._free_name("figure%d" % number)
        path = os.path.join(self._folder, name)
        try:
            figure.savefig(path)
        except Exception as error:
            if os.path.lexists(path):
                os.unlink(path)
            return "", "figure %d was still open and could not be drawn: %s" % (number, type(error).__name__)
        return name, ""

    def _listen(self, figure):
        """Note changes to a figure from now on, where this matplotlib tells of them (1.5 and later)."""
        self._changed.discard(figure)
        if figure in self._listened or not hasattr(figure, "stale_callback"):
            return
        self._listened.add(figure)
        before = figure.stale_callback

        def on_stale(changed, value):
            if changed not in self._changed and not _is_drawing():
                self._changed.add(changed)
            if before is not None:
                before(changed, value)

        figure.stale_callback = on_stale

    def _free_name(self, stem):
        name, serial = "%s.png" % stem, 0
        while os.path.lexists(os.path.join(self._folder, name)):
            serial += 1
            name = "%s (%d).png" % (stem, serial)
        return name


def _open_figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums"):
        return []
    return [(number, pyplot.figure(number)) for number in pyplot.get_fignums()]


def _stack():
    frame = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_drawing():
    """Tell whether matplotlib is drawing or saving a figure on this thread's stack."""
    return any(
        frame.f_code.co_name in _DRAWING and str(frame.f_globals.get("__name__", "")).startswith("matplotlib.")
        for frame in _stack()
    )


def _figure_being_saved():
    """Return the figure whose `savefig` is on this thread's stack, None if there is none."""
    kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", ())
    for frame in _stack():
        if frame.f_code.co_name == "savefig":
            candidate = frame.f_locals.get("self")
            if isinstance(candidate, kind):
                return candidate
    return None
