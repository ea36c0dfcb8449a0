"""The figures of a script: images that it saved, and figures still open when it returned."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

from blobprep.protocol import Figure

__all__ = ["FigureWatch"]

_DRAWING: Final = frozenset({"savefig", "draw"})
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FigureWatch:
    """A watch, by an audit hook, on the order in which images are first written.

    An audit hook cannot be removed, so there is one for the whole process, which uses only the current watch.
    """

    _current: FigureWatch | None = None
    _hooked = False

    def __init__(self, folder: str) -> None:
        self._folder = os.path.realpath(folder)
        # By name, in order of first writing: the figure that wrote the image last, or None if something else did.
        self._images: dict[str, weakref.ref[Any] | None] = {}
        self._listened: weakref.WeakSet[Any] = weakref.WeakSet()
        self._changed: weakref.WeakSet[Any] = weakref.WeakSet()
        self._before: weakref.WeakSet[Any] = weakref.WeakSet()

    def __enter__(self) -> FigureWatch:
        FigureWatch._current = self
        self._before.update(_open_figures().values())
        if not FigureWatch._hooked:
            FigureWatch._hooked = True
            sys.addaudithook(_on_event)
        return self

    def __exit__(self, *_: object) -> None:
        FigureWatch._current = None

    def note(self, path: str) -> None:
        """Note that an image is opened for writing."""
        try:
            full = os.path.realpath(path)
        except OSError:  # the script removed its current folder, so the image is lost anyway
            return
        if full.startswith(os.path.join(self._folder, "")):
            figure = _figure_being_saved()
            self._images[os.path.relpath(full, self._folder)] = None if figure is None else weakref.ref(figure)
            if figure is not None:
                self._listen(figure)

    def close_figures(self) -> Iterator[Figure | str]:
        """Save the figures that are still open and not yet saved in their present state.

        Yields:
            All images in order, and a sentence for each figure that cannot be drawn. That is not a failure, because
            the script did not ask for the figure to be drawn.
        """
        saved = [name for name in self._images if self._is_file(name)]
        yield from (Figure(name, "saved") for name in saved)
        shown = [reference() for name in saved if (reference := self._images[name]) is not None]
        shown = [figure for figure in shown if figure not in self._changed]
        for number, figure in _open_figures().items():
            if figure in self._before:  # the caller's own, at level `off`
                continue
            # A figure that was saved and has not changed since is already among the images.
            if not any(figure is saved_figure for saved_figure in shown):
                yield self._save_open(number, figure)
            sys.modules["matplotlib.pyplot"].close(figure)

    def _save_open(self, number: int, figure: Any) -> Figure | str:
        name = self._free_name(f"figure{number}")
        path = os.path.join(self._folder, name)
        try:
            figure.savefig(path)
        except Exception as error:
            if os.path.lexists(path):
                os.unlink(path)
            return f"figure {number} was still open and could not be drawn: {type(error).__name__}"
        return Figure(name, "open")

    def _listen(self, figure: Any) -> None:
        """Note changes to a figure from now on; its attribute `stale` does not help, because saving sets it too."""
        self._changed.discard(figure)
        if figure in self._listened:
            return
        self._listened.add(figure)
        before = figure.stale_callback

        def on_stale(changed: Any, value: bool) -> None:
            if changed not in self._changed and not _is_drawing():
                self._changed.add(changed)
            if before is not None:
                before(changed, value)

        figure.stale_callback = on_stale

    def _is_file(self, name: str) -> bool:
        return os.path.isfile(os.path.join(self._folder, name))

    def _free_name(self, stem: str) -> str:
        name, serial = f"{stem}.png", 0
        while os.path.lexists(os.path.join(self._folder, name)):
            serial += 1
            name = f"{stem} ({serial}).png"
        return name


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or FigureWatch._current is None:
        return
    path, mode, flags = arguments
    if not isinstance(path, str | bytes):
        return
    text = os.fsdecode(path)
    if text.lower().endswith(".png") and _writes(mode, flags):
        FigureWatch._current.note(text)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITING)


def _open_figures() -> dict[int, Any]:
    """Return the figures that pyplot holds, by number; none if its import did not finish or never began."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums"):
        return {}
    return {number: pyplot.figure(number) for number in pyplot.get_fignums()}


def _is_drawing() -> bool:
    """Tell whether matplotlib is drawing or saving a figure on this thread's stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in _DRAWING and frame.f_globals.get("__name__", "").startswith("matplotlib."):
            return True
        frame = frame.f_back
    return False


def _figure_being_saved() -> Any:
    """Return the figure whose `savefig` is on this thread's stack, or None."""
    kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", ())
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "savefig" and isinstance(candidate := frame.f_locals.get("self"), kind):
            return candidate
        frame = frame.f_back
    return None
