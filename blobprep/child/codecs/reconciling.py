"""Several blobs as one dataset: their tables one below the other."""

from __future__ import annotations

from blobprep.child.codecs.parts import DecodeAll, Decoded, DecodeOne, Part

__all__ = ["each"]


def each(decode: DecodeOne) -> DecodeAll:
    """Make a decoder of several blobs of one that knows but one."""

    def decode_all(parts: list[Part]) -> Decoded:
        (part,) = parts
        return decode(part.source, part.asked)

    return decode_all
