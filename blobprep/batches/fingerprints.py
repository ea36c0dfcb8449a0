"""What the results of an item depend on, as one mark. Pure.

It is the only place that knows. An item whose mark is that of its last results is not run again: neither by a batch
that is resumed, nor by a worker that finds the results in place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from blobprep.batches.items import InputBlob, Item
from blobprep.batches.work import Job
from blobprep.runs.options import OPTIONS

__all__ = ["Fingerprints"]

_VERSION: Final = 1
"""Counts the ways in which marks were made; another way means that all items of older batches run again."""

_WITHOUT_EFFECT: Final = frozenset(
    {
        # In the mark by what they contain, or by what they are for the item.
        *("script", "dataset1", "dataset2", "bundle", "parameters", "output"),
        # How results are published and shown.
        *("overwrite", "create_container", "report"),
        # What makes an item fail or stops it; it does not change what comes out of one that ends well.
        *(name for name, option in OPTIONS.items() if option.group in ("Isolation", "Access")),
        *("debug", "debugger"),
    }
)
"""Options of a run that its results do not depend on, or that the mark holds otherwise."""


class Fingerprints:
    """The marks of the items of one batch.

    Args:
        job: what all its items share.
    """

    def __init__(self, job: Job) -> None:
        shared = {
            "version": _VERSION,
            "script": [job.script_kind, job.script_sha256],
            "bundle": job.bundle_sha256,
            "edition": job.edition,
            "options": {name: value for name, value in job.options.items() if name not in _WITHOUT_EFFECT},
        }
        self._shared = hashlib.sha256(_canonical(shared))

    def of(self, item: Item) -> str:
        """Return the mark of an item: the SHA-256 of all that its results depend on, in hexadecimal digits."""
        own: Mapping[str, Any] = {
            "inputs": _blobs(item.inputs),
            "dataset2": _blobs(item.dataset2),
            "parameters": dict(item.parameters),
            "read1": dict(item.read1),
            "read2": dict(item.read2),
            "partition_columns": {name: [kind, *cells] for name, (kind, cells) in item.partition_columns.items()},
        }
        digest = self._shared.copy()
        digest.update(_canonical(own))
        return digest.hexdigest()


def _blobs(blobs: Iterable[InputBlob]) -> list[list[str]]:
    return [[blob.reference, blob.etag] for blob in blobs]


def _canonical(values: Mapping[str, Any]) -> bytes:
    """Return JSON in which equal values have equal bytes, and that ends where the next begins."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
