"""The parts of a blob that read options name: only their bytes are fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blobprep.errors import InvalidOption
from blobprep.formats import byte_ranges_named, row_groups_named
from blobprep.stores.location import PinnedBlob

__all__ = ["ranges_asked"]


def ranges_asked(found: Sequence[PinnedBlob], options: Mapping[str, str]) -> tuple[PinnedBlob, ...]:
    """Return the ranges of a blob that its option `bytes` names, each as a blob of its own; none without the option.

    Raises:
        InvalidOption: a part of several blobs is asked for, or a range is beyond the end.
    """
    ranges = byte_ranges_named(options.get("bytes", ""))
    if not ranges and not row_groups_named(options.get("row_groups", "")):
        return ()
    name = "bytes" if ranges else "row_groups"
    first, *others = found
    if others:
        raise InvalidOption(
            f"the option {name} is about one blob, but the dataset has {len(found)}", remedy="read one blob at a time"
        )
    size = first.properties.size
    if ranges and ranges[-1].stop > size:
        raise InvalidOption(
            f"{first.location.printed} has {size} bytes, but the option bytes names byte {ranges[-1].stop - 1}",
            remedy="count bytes from 0",
        )
    return tuple(replace(first, part=part) for part in ranges)
