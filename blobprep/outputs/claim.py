"""Claim an output prefix: the manifest is written first, so that of two runs for one prefix one goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final
from weakref import WeakSet

from blobprep.errors import (
    AccessError,
    BlobNotFound,
    BlobprepError,
    ClaimLost,
    ConditionNotMet,
    ContainerNotFound,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreError,
    StoreUnavailable,
)
from blobprep.manifest import MANIFEST_NAME, ClaimRecord, Manifest
from blobprep.outputs.blob_write import make_container, write
from blobprep.outputs.processes import is_alive as _is_alive
from blobprep.outputs.processes import this_process
from blobprep.stores import BlobProperties, Condition, IfAbsent, IfMatch
from blobprep.stores.cancellation import cancel_on
from blobprep.stores.location import BlobLocation

__all__ = ["HEARTBEAT", "STALE", "Claim", "claim", "named_in"]

HEARTBEAT: Final = 15.0
"""Seconds between two signs of life: the manifest is written again, unchanged."""

STALE: Final = 90.0
"""Seconds by the store's clock without a sign of life after which a claim may be taken over."""


_LIVE: Final[WeakSet[Claim]] = WeakSet()  # those of this process, which outlives the runs it makes


class Claim:
    """Hold a prefix while a run goes on; a context manager that keeps the claim alive.

    Attributes:
        previous: the manifest that stood there before, None where none did.
        took_over: what is known of the run this one takes the place of, one sentence; empty where none was cut off.
        on_lost: called when another run was seen to have taken the prefix over.
    """

    def __init__(
        self,
        prefix: BlobLocation,
        manifest: Manifest,
        etag: str,
        previous: Manifest | None = None,
        *,
        took_over: str = "",
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self.prefix, self.manifest, self.previous = prefix, manifest, previous
        self.took_over = took_over
        self._etag = etag
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._lost: ClaimLost | None = None
        self.on_lost: Callable[[], None] = lambda: None
        self._heartbeat = heartbeat
        self._heart = threading.Thread(target=self._beat, name="blobprep-heartbeat", daemon=True)
        _LIVE.add(self)

    def __enter__(self) -> Claim:
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._heart.join()
        _LIVE.discard(self)

    def plan(self, names: Iterable[str]) -> None:
        """Record further blobs this run means to write, before it does.

        Args:
            names: relative to the prefix; references of what may be elsewhere.

        Raises:
            ClaimLost: another run has taken the prefix over.
        """
        self.write(_planning(self.manifest, names))

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest, demanding that it is still ours.

        Raises:
            ClaimLost: another run has taken the prefix over.
            OutputContainerMissing: its container is gone.
        """
        with self._lock:
            self.require_held()
            self._replace(manifest)
            self.manifest = manifest

    def finish(self, manifest: Manifest) -> None:
        """Write the last manifest and stop the heartbeat; raises as `write`.

        A run that did not succeed keeps its claim in the record: what it planned may stand there, and the next run may
        replace it.
        """
        self._stopped.set()
        _LIVE.discard(self)
        self.write(replace(manifest, claim=None) if manifest.status == "succeeded" else manifest)

    def require_held(self) -> None:
        """Check that the claim was not seen lost.

        Raises:
            ClaimLost: another run has taken the prefix over.
        """
        if self._lost is not None:
            raise self._lost

    def _replace(self, manifest: Manifest) -> None:
        try:
            try:
                self._etag = _write(self.prefix, manifest, IfMatch(self._etag))
            except ConditionNotMet:
                # The answer to our last write may have been lost, and it has come to pass: look whose manifest it is.
                found = _find(self.prefix)
                if found is None or found[0].run_id != manifest.run_id:
                    raise
                self._etag = _write(self.prefix, manifest, IfMatch(found[1].etag))
        except (ConditionNotMet, OutputExists) as error:
            self._lost = _lost(self.prefix)
            raise self._lost from error
        except ContainerNotFound as error:
            raise OutputContainerMissing(f"the container of {self.prefix.printed} is gone") from error

    def _beat(self) -> None:
        while not self._stopped.wait(self._heartbeat):
            try:
                with self._lock, cancel_on(self._stopped):
                    if not self._stopped.is_set():
                        self._replace(self.manifest)
            except ClaimLost:
                self.on_lost()
                return
            except BlobprepError:  # a store that cannot be reached now may be the next time
                continue


def claim(
    prefix: BlobLocation,
    manifest: Manifest,
    *,
    overwrite: bool,
    create_container: bool,
    admit: Callable[[Manifest | None], None] = lambda previous: None,
    withdraw: Callable[[Claim, BaseException], None] = lambda claimed, error: None,
    is_alive: Callable[[ClaimRecord], bool | None] = _is_alive,
) -> Claim:
    """Claim a prefix.

    Args:
        prefix: where results go.
        manifest: with status `running` and the planned names.
        overwrite: replace a finished run.
        create_container: create the container where it is missing.
        admit: called with the manifest that stands there, None where none does, before anything is written; raises
            where this run may not.
        withdraw: called where a signal stops this when the claim has been written already.
        is_alive: tells whether a claim's process lives, None where that cannot be seen from here.

    Raises:
        OutputExists: a finished run is there, or a live one, or another one was faster.
        OutputContainerMissing: there is no such container.
    """
    try:
        found = _find(prefix)
        if found is None:
            admit(None)
            return Claim(prefix, manifest, _write_first(prefix, manifest, create_container))
        previous, properties = found
        took_over = _require_replaceable(prefix, previous, properties, overwrite, is_alive)
        admit(previous)
        manifest = _planning(manifest, named_in(previous))  # were we to crash, the next run must know of these too
        etag = _write(prefix, manifest, IfMatch(properties.etag))
        return Claim(prefix, manifest, etag, previous, took_over=took_over)
    except ConditionNotMet as error:
        raise OutputExists(
            f"another run claimed {prefix.printed} at the same moment", remedy="choose another --output"
        ) from error
    except (KeyboardInterrupt, SystemExit) as stop:
        # The answer may have been on its way when the signal came.
        with suppress(BlobprepError):
            written = _find(prefix)
            if written is not None and written[0].run_id == manifest.run_id:
                withdraw(Claim(prefix, written[0], written[1].etag), stop)
        raise


def named_in(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of what a run wrote, or planned to; of figures, which may be elsewhere, the references."""
    planned = manifest.claim.planned if manifest.claim else ()
    return (*planned, *(each.reference if "/" in each.name else each.name for each in manifest.outputs))


def _planning(manifest: Manifest, names: Iterable[str]) -> Manifest:
    record = manifest.claim
    assert record is not None
    return replace(manifest, claim=replace(record, planned=tuple(dict.fromkeys((*record.planned, *names)))))


def _find(prefix: BlobLocation) -> tuple[Manifest, BlobProperties] | None:
    """Read the manifest that stands there.

    Raises:
        OutputExists: it is none.
        ConditionNotMet: it is being replaced right now.
    """
    located = prefix.child(MANIFEST_NAME)
    try:
        properties = located.properties()
        return Manifest.decode(located.read(if_match=properties.etag)), properties
    except (BlobNotFound, ContainerNotFound):
        return None
    except ValueError as error:
        raise OutputExists(
            f"{located.printed} exists and is no manifest of this version: {error}",
            remedy="choose another --output; blobprep does not replace what it does not know",
        ) from error


def _require_replaceable(
    prefix: BlobLocation,
    previous: Manifest,
    properties: BlobProperties,
    overwrite: bool,
    is_alive: Callable[[ClaimRecord], bool | None],
) -> str:
    """Return what is to be told of the run that is taken over; empty where it had ended in order.

    Raises:
        OutputExists: it may not be replaced.
    """
    if previous.status == "succeeded" and not overwrite:
        raise OutputExists(
            f"{prefix.printed} holds the results of run {previous.run_id}",
            remedy="choose another --output, or replace them with --overwrite",
        )
    if previous.status != "running" or previous.claim is None:
        return ""
    silent = (properties.as_of - properties.last_modified).total_seconds()
    alive = is_alive(previous.claim) if not _is_over(previous) else False
    if silent < STALE and alive is not False:
        raise OutputExists(
            f"run {previous.run_id} is writing to {prefix.printed} now (last sign of life {silent:.0f} s ago)",
            remedy=f"wait for it, or choose another --output; {STALE:.0f} s after its last sign of life "
            "it may be taken over",
        )
    how = "its process is gone" if alive is False else "nobody knows how"
    return (
        f"took over {prefix.printed} of run {previous.run_id} that ended without a word ({how}; last sign of life "
        f"{silent:.0f} s ago); what it left there is replaced"
    )


def _is_over(previous: Manifest) -> bool:
    """Tell whether a run of this very process has ended, and could not say so: its store was out of reach."""
    assert previous.claim is not None
    mine = this_process(())
    is_mine = (previous.claim.host, previous.claim.process) == (mine.host, mine.process)
    return is_mine and previous.run_id not in {each.manifest.run_id for each in list(_LIVE)}


def _lost(prefix: BlobLocation) -> ClaimLost:
    return ClaimLost(
        f"another run has taken over {prefix.printed}; what this one made was not published",
        remedy="give each run an --output of its own, for example with {run_id}",
    )


def _write_first(prefix: BlobLocation, manifest: Manifest, create_container: bool) -> str:
    try:
        return _write(prefix, manifest, IfAbsent())
    except ContainerNotFound:
        make_container(prefix, create=create_container)
        return _write(prefix, manifest, IfAbsent())


def _write(prefix: BlobLocation, manifest: Manifest, condition: Condition) -> str:
    located = prefix.child(MANIFEST_NAME)
    try:
        return write(located, manifest.encode(), "application/json", condition)
    except (AccessError, BlobNotFound, ConditionNotMet, ContainerNotFound, StoreUnavailable):
        raise
    except StoreError as error:  # such as a lease that somebody holds
        raise OutputError(f"{located.printed} could not be written: {error.message}", remedy=error.remedy) from error
