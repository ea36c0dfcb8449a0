"""Pictures of a script, decoded by a child and drawn as text for a terminal: an image is not trusted either."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.protocol import ChildRequest
from blobprep.runs.inquiry import Inquiry
from blobprep.unnamed_files import bounded_file, read_bounded

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["checked_sixels", "encode_sixels"]

_MOST: Final = 8 * 1024 * 1024
"""Bytes of a picture as text."""
_SECONDS: Final = 20.0
_MEMORY: Final = 2 * 1024**3
_SIXELS: Final = re.compile(rb"\x1bP[0-9;]*q[0-9;\"#!$?-~\-]*\x1b\\")
"""One picture and nothing else: between its two marks there is no character that a terminal acts on otherwise."""


def encode_sixels(pictures: Sequence[bytes], width: int, workspace: Workspace) -> list[str]:
    """Return PNG images as sixels; empty for one that cannot be drawn.

    Args:
        pictures: bytes of each.
        width: pixels of a picture, at most.
        workspace: its level of isolation is the child's.

    Raises:
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    limits = Limits(timeout=_SECONDS, memory=_MEMORY)
    with Inquiry("picture", workspace, limits) as inquiry:
        inquiry.begin()
        count = len(pictures)
        return [_drawn(inquiry, data, width, last=number == count) for number, data in enumerate(pictures, 1)]


def _drawn(inquiry: Inquiry, data: bytes, width: int, *, last: bool) -> str:
    with ExitStack() as stack:
        image = stack.enter_context(InputSpool.holding("image", data))
        drawn = bounded_file("picture", _MOST)
        stack.callback(os.close, drawn)
        descriptors = {"image": image.readable, "results": drawn}
        answer = inquiry.ask(ChildRequest("picture", pixels=width), (), descriptors=descriptors, last=last)
        return "" if answer.verdict.error is not None else checked_sixels(read_bounded(drawn))


def checked_sixels(data: bytes) -> str:
    """Return what a child drew as text; empty if it is anything but one picture in sixels."""
    return data.decode("ascii") if _SIXELS.fullmatch(data) else ""
