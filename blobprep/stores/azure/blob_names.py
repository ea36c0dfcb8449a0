"""Blob names that the service, or an HTTP library on the way to it, does not accept. Pure.

Source:
    Microsoft, "Naming and referencing containers, blobs, and metadata", section "Blob names"; about the backslash:
    Azurite, `blobStorageContext`, and Azure/azure-sdk-for-js#5405.
"""

from __future__ import annotations

from typing import Final

__all__ = ["check_name"]

_LONGEST: Final = 1024
_SEGMENTS: Final = 254


def check_name(blob: str) -> str:
    """Return why a blob cannot have this name, as a clause that could follow "because"; empty if it can.

    >>> check_name("a/../b")
    "it has '.' or '..' between slashes, which HTTP libraries resolve"
    """
    segments = blob.split("/")
    if not {".", ".."}.isdisjoint(segments):  # the request would reach another blob
        return "it has '.' or '..' between slashes, which HTTP libraries resolve"
    if "\\" in blob:  # the request would silently reach another blob
        return "it has a backslash, which the service turns into a slash; write / instead"
    if len(blob) > _LONGEST:
        return f"it is longer than {_LONGEST} characters, the most a blob's name may have"
    if len(segments) > _SEGMENTS:
        return f"it has more than {_SEGMENTS} parts between slashes, the most a blob's name may have"
    if not blob.isascii() and any("\ud800" <= character <= "\udfff" for character in blob):
        return "it is not valid text"
    return ""
