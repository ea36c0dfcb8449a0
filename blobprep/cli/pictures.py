"""The figures of a run on a terminal that shows pictures; never on anything else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from blobprep.cli.output import print_line, write
from blobprep.cli.picture_protocols import Protocol, as_iterm, as_kitty, known_protocol, shows_sixels
from blobprep.cli.terminal_query import ask_attributes, pixels_of_character

if TYPE_CHECKING:
    from blobprep.report.views import FigureView
    from blobprep.settings import Workspace

__all__ = ["print_figures"]

_MOST: Final = 6
"""Figures that are shown; all are listed."""
_BYTES: Final = 4 * 1024 * 1024
"""Of a figure that is shown."""
_COLUMNS: Final = 100
"""Characters that a picture is wide, at most."""


def print_figures(figures: Sequence[FigureView], workspace: Workspace, width: int) -> None:
    """Print figures, each below its name, where stdout is a terminal that shows pictures.

    Args:
        figures: of a run.
        workspace: the settings in force, whose variables tell what the terminal is.
        width: characters of a line.
    """
    shown = [figure for figure in figures if figure.data is not None and figure.size <= _BYTES][:_MOST]
    if not shown or not sys.stdout.isatty():
        return
    protocol = known_protocol(workspace.terminal()) or ("sixel" if shows_sixels(ask_attributes()) else None)
    if protocol is None:
        return
    columns = max(1, min(_COLUMNS, width - 2))
    drawn = _DRAWERS[protocol]([figure.data for figure in shown if figure.data is not None], workspace, columns)
    for figure, picture in zip(shown, drawn, strict=True):
        if picture:
            write("\n")
            print_line(figure.name)
            write(f"{picture}\n")


def _kitty(pictures: list[bytes], workspace: Workspace, columns: int) -> list[str]:
    return [as_kitty(data, columns) for data in pictures]


def _iterm(pictures: list[bytes], workspace: Workspace, columns: int) -> list[str]:
    return [as_iterm(data, columns) for data in pictures]


def _sixel(pictures: list[bytes], workspace: Workspace, columns: int) -> list[str]:
    from blobprep.runs.picture import encode_sixels

    return encode_sixels(pictures, columns * pixels_of_character(), workspace)


_DRAWERS: Final[dict[Protocol, Callable[[list[bytes], Workspace, int], list[str]]]] = {
    "kitty": _kitty,
    "iterm": _iterm,
    "sixel": _sixel,
}
