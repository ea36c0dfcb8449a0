"""The script and the bundle of a batch, read once per process and checked against their hashes.

Threads: any may ask. One of them reads, while the others wait for it.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import OrderedDict
from typing import Final

from blobprep.batches.function_file import decode_function
from blobprep.batches.work import Job
from blobprep.errors import BlobNotFound, BundleError, ConditionNotMet, ScriptError
from blobprep.inputs.resolve import read_script
from blobprep.inputs.sources import ReadBundle, Script, SourceScript
from blobprep.inputs.spool import InputSpool
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import PinnedBlob, blob_changed
from blobprep.unnamed_files import no_room

__all__ = ["KeptCode"]

_MOST: Final = 8  # scripts of other batches that a long-lived worker keeps, and bundles
_PIECE: Final = 1 << 20
_AGAIN: Final = "start the batch again, so that all its items are run alike"


class KeptCode:
    """Scripts and bundles that were read, by their hashes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: OrderedDict[tuple[str, str], Script] = OrderedDict()
        self._bundles: OrderedDict[tuple[str, str], ReadBundle] = OrderedDict()

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

    def close(self) -> None:
        """Forget all that was read."""
        with self._lock:
            self._bundles.clear()
            self._scripts.clear()


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
    properties = location.properties()
    try:
        spool = InputSpool("bundle", properties.size)
    except OSError as error:
        raise no_room(location.printed, properties.size, error) from error
    try:
        digest = hashlib.sha256()
        _fill(spool, PinnedBlob(location, properties))
        for start in range(0, properties.size, _PIECE):
            digest.update(spool.read(start, _PIECE))
        if (found := digest.hexdigest()) != job.bundle_sha256:
            raise BundleError(
                f"the bundle {location.printed} is not what the batch was started with: its SHA-256 is {found} and "
                f"was {job.bundle_sha256}",
                remedy=_AGAIN,
            )
    except BaseException:
        spool.close()
        raise
    bundle = ReadBundle(PinnedBlob(location, properties), spool, found)
    weakref.finalize(bundle, spool.close)
    return bundle


def _fill(spool: InputSpool, blob: PinnedBlob) -> None:
    location, etag = blob.location, blob.properties.etag

    def write(piece: bytes | memoryview, at: int) -> None:
        try:
            spool.write(at, piece)
        except OSError as error:
            raise no_room(location.printed, spool.size, error) from error

    try:
        location.read_into(write, if_match=etag)
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(location, etag) from error
