"""Columns of texts are objects, as then: of the frames that a script is given, and of those that it makes."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from blobprep.classic.runtime.attributes import Undo

__all__ = ["as_objects", "install"]

_OPTION = "future.infer_string"


def install(undo: Undo) -> None:
    """Make pandas keep texts as objects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas says that the option will go
        before = pd.get_option(_OPTION)
        pd.set_option(_OPTION, False)

    def take_back() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pd.set_option(_OPTION, before)

    undo.append(take_back)


def as_objects(frame: Any) -> Any:
    """Return a frame whose columns of texts are of objects, and whose memory is its own and may be written."""
    texts = [label for label, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    if texts and frame.columns.is_unique:
        frame = frame.astype(dict.fromkeys(texts, object))
    return frame.copy()
