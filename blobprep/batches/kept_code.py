"""What items of a batch share, read once per process: script and bundle, checked against their hashes; a dataset.

Threads: any may ask. One of them reads, while the others wait for it.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from blobprep.batches.function_file import decode_function
from blobprep.batches.items import InputBlob
from blobprep.batches.pins import pin_blobs
from blobprep.batches.work import Job
from blobprep.errors import BlobNotFound, BundleError, ConditionNotMet, ScriptError
from blobprep.inputs.resolve import place_end_to_end, read_script
from blobprep.inputs.sources import PinnedBlobs, ReadBundle, Script, SourceScript
from blobprep.inputs.spool import InputSpool
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import PinnedBlob, blob_changed
from blobprep.unnamed_files import no_room

__all__ = ["KeptCode"]

_MOST: Final = 8  # scripts of other batches that a long-lived worker keeps, and bundles
_PIECE: Final = 1 << 20
_LARGEST: Final = 1 << 30  # bytes of a dataset that is kept
_AGAIN: Final = "start the batch again, so that all its items are run alike"


class KeptCode:
    """Scripts and bundles that were read, by their hashes, and the last dataset that several items had."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: OrderedDict[tuple[str, str], Script] = OrderedDict()
        self._bundles: OrderedDict[tuple[str, str], ReadBundle] = OrderedDict()
        self._last: tuple[InputBlob, ...] = ()
        self._dataset: PinnedBlobs | None = None  # the last one, once it was asked for twice

    def script(self, workspace: Workspace, job: Job) -> Script:
        """Return the script of a batch.

        Raises:
            ScriptError: it is no longer what the batch was started with.
            StoreError, UsageError: it cannot be read.
        """
        key = (job.script, job.script_sha256)
        with self._lock:
            if key not in self._scripts:
                self._scripts[key] = _read_script(workspace, job)
                while len(self._scripts) > _MOST:
                    self._scripts.popitem(last=False)
            return self._scripts[key]

    def bundle(self, workspace: Workspace, job: Job) -> ReadBundle | None:
        """Return the bundle of a batch; None if it has none.

        Raises:
            BundleError: it is no longer what the batch was started with.
            StoreError, UsageError: it cannot be read.
        """
        if not job.bundle:
            return None
        key = (job.bundle, job.bundle_sha256)
        with self._lock:
            if key not in self._bundles:
                self._bundles[key] = _read_bundle(workspace, job)
                while len(self._bundles) > _MOST:
                    self._bundles.popitem(last=False)  # its file is closed once no run has it any more
            return self._bundles[key]

    def dataset(self, workspace: Workspace, blobs: tuple[InputBlob, ...]) -> PinnedBlobs:
        """Return a dataset that other items may have too; once one has, its bytes are kept for all that follow.

        Raises:
            BlobChanged, StoreError, UsageError, LimitError: it cannot be read.
        """
        pinned = pin_blobs(workspace, blobs)
        if sum(blob.size for blob in blobs) > _LARGEST:
            return pinned
        with self._lock:
            if blobs != self._last:
                self._last, self._dataset = blobs, None
                return pinned
            if self._dataset is None:
                self._dataset = _read_dataset(pinned)
            return self._dataset

    def close(self) -> None:
        """Forget all that was read."""
        with self._lock:
            self._bundles.clear()
            self._scripts.clear()
            self._last, self._dataset = (), None


def _read_script(workspace: Workspace, job: Job) -> Script:
    location = workspace.locate(job.script, names=())
    data = read_script(location)
    if (found := hashlib.sha256(data).hexdigest()) != job.script_sha256:
        raise ScriptError(
            f"the script {location.printed} is not what the batch was started with: its SHA-256 is {found} and was "
            f"{job.script_sha256}",
            remedy=_AGAIN,
        )
    if job.script_kind == "function":
        return decode_function(data, location.printed)
    return SourceScript(location, data)


def _read_bundle(workspace: Workspace, job: Job) -> ReadBundle:
    location = workspace.locate(job.bundle, names=())
    blob = PinnedBlob(location, location.properties())
    spool, (found,) = _read("bundle", [blob])
    if found != job.bundle_sha256:
        spool.close()
        raise BundleError(
            f"the bundle {location.printed} is not what the batch was started with: its SHA-256 is {found} and was "
            f"{job.bundle_sha256}",
            remedy=_AGAIN,
        )
    bundle = ReadBundle(blob, spool, found)
    weakref.finalize(bundle, spool.close)
    return bundle


def _read_dataset(pinned: PinnedBlobs) -> PinnedBlobs:
    spool, checksums = _read("dataset2", place_end_to_end(pinned.blobs))
    kept = replace(pinned, bytes=spool, checksums=checksums)
    weakref.finalize(kept, spool.close)
    return kept


def _read(port: str, blobs: Sequence[PinnedBlob]) -> tuple[InputSpool, tuple[str, ...]]:
    """Return the bytes of blobs, end to end, and the SHA-256 of each."""
    size = blobs[-1].end
    try:
        spool = InputSpool(port, size)
    except OSError as error:
        raise no_room(blobs[0].location.printed, size, error) from error
    try:
        return spool, tuple(_fill(spool, blob) for blob in blobs)
    except BaseException:
        spool.close()
        raise


def _fill(spool: InputSpool, blob: PinnedBlob) -> str:
    location, etag = blob.location, blob.properties.etag

    def write(piece: bytes | memoryview, at: int) -> None:
        try:
            spool.write(blob.offset + at, piece)
        except OSError as error:
            raise no_room(location.printed, spool.size, error) from error

    try:
        location.read_into(write, if_match=etag)
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(location, etag) from error
    digest = hashlib.sha256()
    for start in range(blob.offset, blob.end, _PIECE):
        digest.update(spool.read(start, min(_PIECE, blob.end - start)))
    return digest.hexdigest()
