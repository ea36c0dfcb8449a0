"""Names that the service, or the way to it, does not take. Pure.

Source:
    Microsoft, "Naming and referencing containers, blobs, and metadata", section "Blob names"; of the backslash Azurite,
    `blobStorageContext`, and Azure/azure-sdk-for-js#5405.
"""

from __future__ import annotations

from typing import Final

__all__ = ["unfit"]

_LONGEST: Final = 1024
_SEGMENTS: Final = 254


def unfit(blob: str) -> str:
    """Return why a blob cannot have a name, a clause behind "because"; empty where it can.

    >>> unfit("a/../b")
    "it has '.' or '..' between '/', which are resolved on the way"
    """
    segments = blob.split("/")
    if not {".", ".."}.isdisjoint(segments):  # by HTTP libraries, and another blob would be meant
        return "it has '.' or '..' between '/', which are resolved on the way"
    if "\\" in blob:  # another blob again, and without a word
        return "it has a backslash, for which the service puts /; write / for it"
    if len(blob) > _LONGEST:
        return f"it is longer than the {_LONGEST} characters that a blob's name may have"
    if len(segments) > _SEGMENTS:
        return f"it has more than the {_SEGMENTS} parts between '/' that a blob's name may have"
    if any("\ud800" <= character <= "\udfff" for character in blob):
        return "it is not text"
    return ""
