"""A part of a stream, under the old SDK's name and with its arguments' names."""

from __future__ import annotations

from threading import Lock
from typing import Any

from blobprep.legacy.transfers.windows import Window


class _SubStream(Window):
    def __init__(self, wrapped_stream: Any, stream_begin_index: int, length: int, lockObj: Lock | None) -> None:  # noqa: N803
        super().__init__(wrapped_stream, stream_begin_index, length, lockObj)
