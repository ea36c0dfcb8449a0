"""What is raised for what cannot be carried over from Python 2 with certainty."""

from __future__ import annotations

import sys
from types import FrameType

__all__ = ["Python2Error", "users_line"]


class Python2Error(Exception):
    """A place in a script whose result in Python 2 cannot be known here."""


def users_line() -> str:
    """Return `line N of FILE` for the innermost frame of translated code; empty if there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if "__py2_div__" in frame.f_builtins:
            return f"line {frame.f_lineno} of {frame.f_code.co_filename}: "
        frame = frame.f_back
    return ""
