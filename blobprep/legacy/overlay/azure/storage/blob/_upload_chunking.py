"""The part of a stream that is uploaded as one block, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.transfers.windows import Window


class _SubStream(Window):
    def __init__(self, wrapped_stream, stream_begin_index, length, lockObj):  # noqa: N803
        super().__init__(wrapped_stream, stream_begin_index, length, lockObj)
