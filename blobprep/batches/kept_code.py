"""The script and the bundle of a batch, read once per process and checked against their hashes.

Threads: any may ask. One of them reads, while the others that need the same wait for it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Final

from blobprep.batches.function_file import decode_function
from blobprep.batches.work import Job
from blobprep.errors import BundleError, ScriptError
from blobprep.inputs.resolve import read_script
from blobprep.inputs.sources import Script, SourceScript
from blobprep.settings.workspace import Workspace

__all__ = ["KeptCode"]

_MOST: Final = 8  # scripts of other batches that a long-lived worker keeps


class KeptCode:
    """Scripts that were read, by their hashes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripts: OrderedDict[tuple[str, str], Script] = OrderedDict()
        self._bundles: set[tuple[str, str]] = set()

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

    def check_bundle(self, workspace: Workspace, job: Job) -> None:
        """Check the bytes of a bundle, once.

        Raises:
            BundleError: it is no longer what the batch was started with.
            StoreError, UsageError: it cannot be read.
        """
        key = (job.bundle, job.bundle_sha256)
        with self._lock:
            if job.bundle and key not in self._bundles:
                _check_bundle(workspace, job)
                self._bundles.add(key)


def _read_script(workspace: Workspace, job: Job) -> Script:
    location = workspace.locate(job.script, names=())
    data = read_script(location)
    if (found := hashlib.sha256(data).hexdigest()) != job.script_sha256:
        raise ScriptError(
            f"the script {location.printed} changed after the batch began: its SHA-256 was {job.script_sha256} and is "
            f"{found} now",
            remedy="start the batch again, so that all its items are run by one script",
        )
    if job.script_kind == "function":
        return decode_function(data, location.printed)
    return SourceScript(location, data)


def _check_bundle(workspace: Workspace, job: Job) -> None:
    location = workspace.locate(job.bundle, names=())
    digest = hashlib.sha256(location.read())
    if (found := digest.hexdigest()) != job.bundle_sha256:
        raise BundleError(
            f"the bundle {location.printed} changed after the batch began: its SHA-256 was {job.bundle_sha256} and is "
            f"{found} now",
            remedy="start the batch again, so that all its items are run with one bundle",
        )
