"""A script that stands ready for many requests: all that it reads besides them is resolved and fetched once."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInputs, resolve
from blobprep.inputs.spool import InputSpool
from blobprep.protocol import ChildRequest
from blobprep.runs.request import Request
from blobprep.runs.session_use import child_request

__all__ = ["StandingScript"]


class StandingScript:
    """A script, its bundle and its fixed datasets, each in a file that children read.

    Any number of threads may use it at once. Its files are closed once `retire` was called and it is no longer in use,
    so that a newer one can take its place while requests go on.

    Args:
        request: the request of a run, as `blobprep.runs.prepare.prepare` makes it.
        resolved: what it reads; fetched already, and closed here.

    Attributes:
        state: the same for another one if script, bundle and datasets are.
        asked: what a child is asked, without the tables of a request.
        descriptors: of what a child is given, by name.
        sizes: bytes of the inputs among them, by port.
        pinned: ETags of those that are blobs, by port.
    """

    def __init__(self, request: Request, resolved: ResolvedInputs) -> None:
        self.request, self.resolved = request, resolved
        self.state = _state(resolved)
        self._script = InputSpool.holding("script", resolved.script.data)
        self.asked: ChildRequest = child_request(request, resolved)
        inputs = resolved.inputs
        self.descriptors: Mapping[str, int] = {
            "script": self._script.readable,
            **{port: item.bytes.readable for port, item in inputs.items()},
        }
        self.sizes: Mapping[str, int] = {port: item.size for port, item in inputs.items()}
        self.pinned: Mapping[str, str] = {
            port: ", ".join(blob.properties.etag for blob in item.blobs) for port, item in inputs.items() if item.blobs
        }
        self._lock = threading.Lock()
        self._users, self._retired = 0, False

    @classmethod
    def fetch(cls, request: Request) -> StandingScript:
        """Resolve and fetch what a script reads besides its requests.

        Raises:
            InputError, StoreError, InvalidOption: an input cannot be used.
        """
        return cls(request, _fetched(_resolve(request)))

    def renewed(self) -> StandingScript | None:
        """Return one with what is there now; None if that is the same as here.

        Raises:
            InputError, StoreError: an input cannot be used any more.
        """
        resolved = _resolve(self.request)
        if _state(resolved) == self.state:
            resolved.close()
            return None
        return StandingScript(self.request, _fetched(resolved))

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep its files open in the block.

        Raises:
            LookupError: it was retired before.
        """
        with self._lock:
            if self._retired:
                raise LookupError("this script was retired")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                last = self._retired and not self._users
            if last:
                self._close()

    def retire(self) -> None:
        """Refuse all further use; harmless when that is so."""
        with self._lock:
            last = not self._retired and not self._users
            self._retired = True
        if last:
            self._close()

    def _close(self) -> None:
        self._script.close()
        self.resolved.close()


def _resolve(request: Request) -> ResolvedInputs:
    ports = {"dataset1": request.dataset1, "dataset2": request.dataset2}
    datasets = {port: dataset for port, dataset in ports.items() if dataset is not None}
    return resolve(request.script, datasets, request.bundle, lossless=request.options.lossless)


def _fetched(resolved: ResolvedInputs) -> ResolvedInputs:
    try:
        fetch = Fetch(replace(item, on_demand=False) for item in resolved.inputs.values())  # no child asks yet
        try:
            fetch.begin()
            fetch.finish()
        finally:
            fetch.close()
    except BaseException:
        resolved.close()
        raise
    return resolved


def _state(resolved: ResolvedInputs) -> str:
    """Return what tells the bytes of all inputs from others: ETags, and checksums of what has none."""
    found: list[object] = [hashlib.sha256(resolved.script.data).hexdigest()]
    for port, item in sorted(resolved.inputs.items()):
        pinned = [(blob.location.printed, blob.properties.etag) for blob in item.blobs]
        given = "" if pinned else hashlib.sha256(os.pread(item.bytes.readable, item.size, 0)).hexdigest()
        found.append((port, pinned, given))
    return json.dumps(found)
