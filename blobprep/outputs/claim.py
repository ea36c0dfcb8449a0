"""The claim of a prefix: its record is written first, so that of two runs for one prefix only one goes on.

What is said of runs and manifests holds for every `ClaimKind`.

Threads: the main thread makes the claim and writes the manifest (`plan`, `write`, `finish`); a heartbeat thread, which
begins when the first beat is due, writes the same manifest again every `HEARTBEAT` seconds, so that other runs see a
recent change. Both demand the ETag
of the write before. One lock covers the manifest, that ETag and the request that changes them, so the main thread may
wait here for a heartbeat's request. `finish` and `__exit__` set `_stopped` first, which ends the heartbeat's wait and
its pauses between attempts. If the heartbeat finds the claim lost, it calls what `subscribe` was given, from its own
thread; the main thread learns of it in `require_held`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Generic
from weakref import WeakSet

from blobprep.errors import (
    BlobNotFound,
    BlobprepError,
    ClaimLost,
    ConditionNotMet,
    ContainerNotFound,
    OutputContainerMissing,
    OutputExists,
)
from blobprep.manifest import ClaimRecord
from blobprep.outputs.blob_write import make_container, output_errors, write
from blobprep.outputs.claim_kind import Claiming, ClaimKind
from blobprep.outputs.processes import is_alive as _is_alive
from blobprep.outputs.processes import this_process
from blobprep.spare_threads import Later, SpareThread, call_later
from blobprep.stores import BlobProperties, Condition, IfAbsent, IfMatch
from blobprep.stores.cancellation import cancel_on
from blobprep.stores.location import BlobLocation

__all__ = ["HEARTBEAT", "STALE", "Claim", "claim"]

HEARTBEAT: Final = 15.0
"""Seconds between two heartbeats: the manifest is written again, unchanged."""

STALE: Final = 90.0
"""Seconds by the store's clock without a heartbeat after which a claim may be taken over."""

_JSON: Final = "application/json"
_LIVE: Final[WeakSet[Claim[Any]]] = WeakSet()  # the claims of this process that have not ended; it may make many runs


class Claim(Generic[Claiming]):
    """The claim of a prefix by a run that goes on; a context manager that keeps the claim alive.

    Attributes:
        kind: of the record.
        manifest: as it was last written.
        previous: the manifest that stood there before, None if there was none.
        took_over: what is known of a run that was cut off and that this one replaces, one sentence; else empty.
    """

    def __init__(
        self,
        kind: ClaimKind[Claiming],
        prefix: BlobLocation,
        manifest: Claiming,
        etag: str,
        previous: Claiming | None = None,
        *,
        took_over: str = "",
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self.kind, self.prefix, self.manifest, self.previous = kind, prefix, manifest, previous
        self.took_over = took_over
        self._etag = etag
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._lost: ClaimLost | None = None
        self._on_lost: Callable[[], None] = lambda: None
        self._heartbeat = heartbeat
        self._heart = SpareThread(self._beat, name="blobprep-heartbeat")
        self._first: Later | None = None
        _LIVE.add(self)

    def __enter__(self) -> Claim[Claiming]:
        self._first = call_later(self._heartbeat, self._heart.start)  # most claims end before
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._first is not None:
            self._first.cancel()
        self._heart.join()
        _LIVE.discard(self)

    def subscribe(self, on_lost: Callable[[], None]) -> None:
        """Have `on_lost` called once another run was seen to have taken the prefix over; at once if it was already.

        Args:
            on_lost: from the heartbeat's thread, or here; twice if both happen at the same moment.
        """
        # Without the lock, which the heartbeat may hold for as long as a request takes. It notes the loss before it
        # reads the callback, and here the callback is set before the loss is read: one of the two calls it.
        self._on_lost = on_lost
        if self._lost is not None:
            on_lost()

    def plan(self, names: Iterable[str]) -> None:
        """Record further blobs this run is going to write, before it does.

        Args:
            names: relative to the prefix; references of blobs that may be elsewhere.

        Raises:
            ClaimLost: another run has taken the prefix over.
        """
        self.write(_planning(self.kind, self.manifest, names))

    def leave_out(self, names: Collection[str]) -> None:
        """Plan some blobs no more, from the next manifest on: what is in their places is another's.

        Args:
            names: as they were planned.
        """
        with self._lock:
            record = self.manifest.claim
            assert record is not None
            planned = tuple(name for name in record.planned if name not in names)
            self.manifest = self.kind.with_claim(self.manifest, replace(record, planned=planned))

    def write(self, manifest: Claiming) -> None:
        """Replace the manifest, if it is still this run's.

        Raises:
            ClaimLost: another run has taken the prefix over.
            OutputContainerMissing: the container is gone.
            OutputError, AccessError, StoreUnavailable: it could not be written.
        """
        with self._lock:
            self.require_held()
            self._replace(manifest)
            self.manifest = manifest

    def finish(self, manifest: Claiming, unsure: Collection[str] = ()) -> None:
        """Write the last manifest and stop the heartbeat; raises as `write`.

        A run that did not succeed keeps its claim in the manifest: the blobs it planned may exist, and the next run may
        replace them. One that succeeded keeps the names of those that may exist and are not among its outputs.

        Args:
            manifest: the last one.
            unsure: those names.
        """
        self._stopped.set()
        _LIVE.discard(self)
        if manifest.status == "succeeded":
            kept = replace(manifest.claim, planned=tuple(unsure)) if unsure and manifest.claim else None
            manifest = self.kind.with_claim(manifest, kept)
        self.write(manifest)

    def require_held(self) -> None:
        """Check that the claim has not been seen to be lost.

        Raises:
            ClaimLost: another run has taken the prefix over.
        """
        if self._lost is not None:
            raise self._lost

    def _replace(self, manifest: Claiming) -> None:
        """Write the manifest; the lock is held."""
        try:
            try:
                self._etag = _write(self.kind, self.prefix, manifest, IfMatch(self._etag))
            except ConditionNotMet:
                # The last write may have taken effect and its answer been lost: check whose manifest it is.
                found = _find(self.kind, self.prefix)
                if found is None or self.kind.id_of(found[0]) != self.kind.id_of(manifest):
                    raise
                self._etag = _write(self.kind, self.prefix, manifest, IfMatch(found[1].etag))
        except (ConditionNotMet, OutputExists) as error:
            self._lost = self.kind.lost(self.prefix)
            raise self._lost from error

    def _beat(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._lock, cancel_on(self._stopped):
                    if not self._stopped.is_set():
                        self._replace(self.manifest)
            except ClaimLost:
                self._on_lost()
                return
            except BlobprepError:  # a store that cannot be reached now may be reachable the next time
                pass
            self._stopped.wait(self._heartbeat)


def claim(
    kind: ClaimKind[Claiming],
    prefix: BlobLocation,
    manifest: Claiming,
    *,
    overwrite: bool,
    create_container: bool,
    admit: Callable[[Claiming | None], None] = lambda previous: None,
    withdraw: Callable[[Claim[Claiming], BaseException], None] = lambda claimed, error: None,
    is_alive: Callable[[ClaimRecord], bool | None] = _is_alive,
) -> Claim[Claiming]:
    """Claim a prefix.

    Args:
        kind: of the record.
        prefix: the output prefix.
        manifest: with status `running` and the planned names.
        overwrite: replace a finished run.
        create_container: create the container if it is missing.
        admit: called with the manifest that stands there, None if there is none, before anything is written; raises
            `OutputExists` if this run may not go on. It may be called with None first, and again with what was found.
        withdraw: called if a signal stops this after the claim was written.
        is_alive: tells whether a claim's process is alive, None if that cannot be seen from here.

    Raises:
        OutputExists: a finished run is there, or a live one, or another run was faster.
        OutputContainerMissing: there is no such container.
        OutputError, AccessError, StoreUnavailable: the claim could not be written.
    """
    try:
        if not overwrite and (etag := _claim_free(kind, prefix, manifest, admit, create_container)):
            return Claim(kind, prefix, manifest, etag)
        found = _find(kind, prefix)
        if found is None:
            admit(None)
            return Claim(kind, prefix, manifest, _write_first(kind, prefix, manifest, create_container))
        previous, properties = found
        if previous.status == "succeeded" and not (overwrite or kind.supersedes(manifest, previous)):
            raise kind.finished(prefix, previous)
        took_over = _require_over(kind, prefix, previous, properties, is_alive)
        admit(previous)
        manifest = _planning(kind, manifest, kind.named(previous))  # for the run after this one, if this one crashes
        etag = _write(kind, prefix, manifest, IfMatch(properties.etag))
        return Claim(kind, prefix, manifest, etag, previous, took_over=took_over)
    except ConditionNotMet as error:
        raise kind.at_once(prefix) from error
    except (KeyboardInterrupt, SystemExit) as stop:
        # The claim may have been written, and its answer under way, when the signal came.
        with suppress(BlobprepError):
            written = _find(kind, prefix)
            if written is not None and kind.id_of(written[0]) == kind.id_of(manifest):
                withdraw(Claim(kind, prefix, written[0], written[1].etag), stop)
        raise


def _claim_free(
    kind: ClaimKind[Claiming],
    prefix: BlobLocation,
    manifest: Claiming,
    admit: Callable[[Claiming | None], None],
    create_container: bool,
) -> str:
    """Claim a prefix as if nothing stood there, and return the manifest's ETag; empty if something does.

    The write itself demands that there is no manifest, so that most claims need not look for one first.
    """
    try:
        admit(None)
        return _write_first(kind, prefix, manifest, create_container)
    except (ConditionNotMet, OutputExists):
        return ""


def _planning(kind: ClaimKind[Claiming], manifest: Claiming, names: Iterable[str]) -> Claiming:
    record = manifest.claim
    assert record is not None
    return kind.with_claim(manifest, replace(record, planned=tuple(dict.fromkeys((*record.planned, *names)))))


def _find(kind: ClaimKind[Claiming], prefix: BlobLocation) -> tuple[Claiming, BlobProperties] | None:
    """Read the manifest that stands there; None if there is none.

    Raises:
        OutputExists: it is not a manifest.
        ConditionNotMet: it is being replaced right now.
    """
    target = prefix.child(kind.blob)
    try:
        properties = target.properties()
        return kind.decode(target.read(if_match=properties.etag)), properties
    except (BlobNotFound, ContainerNotFound):
        return None
    except ValueError as error:
        raise kind.unknown(target, error) from error


def _require_over(
    kind: ClaimKind[Claiming],
    prefix: BlobLocation,
    previous: Claiming,
    properties: BlobProperties,
    is_alive: Callable[[ClaimRecord], bool | None],
) -> str:
    """Return a sentence about the run that is taken over; empty if it had finished its manifest.

    Raises:
        OutputExists: it goes on.
    """
    if previous.status != "running" or previous.claim is None:
        return ""
    silent = (properties.as_of - properties.last_modified).total_seconds()
    alive = is_alive(previous.claim) if not _is_over(kind, previous) else False
    if silent < STALE and alive is not False:
        raise kind.live(prefix, previous, silent, STALE)
    gone = "its process is gone; " if alive is False else ""
    return (
        f"took over {prefix.printed} from {kind.title(previous)}, which ended without finishing its {kind.document} "
        f"({gone}last heartbeat {silent:.0f} s ago){kind.sequel}"
    )


def _is_over(kind: ClaimKind[Claiming], previous: Claiming) -> bool:
    """Tell whether a run of this process has ended and could not record it, because its store was unreachable."""
    assert previous.claim is not None
    mine = this_process(())
    is_mine = (previous.claim.host, previous.claim.process) == (mine.host, mine.process)
    live = {held.kind.id_of(held.manifest) for held in list(_LIVE) if held.kind is kind}
    return is_mine and kind.id_of(previous) not in live


def _write_first(kind: ClaimKind[Claiming], prefix: BlobLocation, manifest: Claiming, create_container: bool) -> str:
    try:
        return _write(kind, prefix, manifest, IfAbsent())
    except OutputContainerMissing:
        make_container(prefix, create=create_container)
        return _write(kind, prefix, manifest, IfAbsent())


def _write(kind: ClaimKind[Claiming], prefix: BlobLocation, manifest: Claiming, condition: Condition) -> str:
    """Write the manifest, and return its ETag.

    Raises:
        ConditionNotMet: the manifest there is not in the state the condition demands.
        OutputError, AccessError, StoreUnavailable: it could not be written.
    """
    target = prefix.child(kind.blob)
    with output_errors(target):
        return write(target, manifest.encode(), _JSON, condition)
