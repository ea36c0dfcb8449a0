"""The outputs of one run, from the claim of their prefix to the last manifest."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, Final, TypeVar

from blobprep.errors import BlobprepError, ConditionNotMet
from blobprep.manifest import ClaimRecord, Manifest, OutputRecord
from blobprep.outputs.claim import Claim, claim
from blobprep.outputs.claim_kind import RUN
from blobprep.outputs.collector import LeftFile
from blobprep.outputs.existing import ExistingBlobs
from blobprep.outputs.plan import OutputPlan
from blobprep.outputs.ports import PORTS, Port
from blobprep.outputs.processes import is_alive as _is_alive
from blobprep.outputs.staging import OutputBlob, Room, StreamUpload, commit_all, unreadable
from blobprep.protocol import TableFacts
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.location import BlobLocation
from blobprep.unnamed_files import disk_file, no_room

__all__ = ["Outputs", "Stopped"]

Stopped = Callable[[Manifest, BaseException], Manifest]
"""Returns the last manifest of a run that an error or a signal stopped."""

_Given = TypeVar("_Given")
_PIPE_SIZE: Final = 1 << 20  # the most that Linux gives an ordinary user


class Outputs:
    """The outputs of one run, from the claim of their prefix to the last manifest; a context manager.

    Its life, in order::

        with Outputs.open(plan, manifest, stopped) as outputs:    # the prefix is claimed, and the claim kept alive
            with outputs.streams(child.kill) as descriptors:      # the child writes tables; they are staged meanwhile
                ...
            outputs.finish_streams()                              # the tables have arrived
            records = outputs.publish(...)                        # the blobs appear
            record = outputs.publish_page(...)                    # and what is made of them
            outputs.finish(manifest)                              # the last manifest makes them count

    At the end, what was staged and not published is forgotten. If an error or a signal ends it early, the manifest
    says so.

    Attributes:
        plan: what the run may write, and where.
        claim: the claim of the prefix, with the manifest as it was last written.
        cells: descriptor of a file on disk for cells that become artifacts; None before `streams`, and if no artifact
            was asked for.
    """

    def __init__(self, plan: OutputPlan, claimed: Claim[Manifest], existing: ExistingBlobs, stopped: Stopped) -> None:
        self.plan, self.claim = plan, claimed
        self.cells: int | None = None
        self._existing = existing
        self._stopped = stopped
        self._uploads: dict[str, StreamUpload] = {}  # tables by row, large files by the blob's name
        self._unsure: set[str] = set()  # names of pages that could not be written, or were for all that is known
        self._life = ExitStack()

    @classmethod
    def open(
        cls,
        plan: OutputPlan,
        manifest: Manifest,
        stopped: Stopped,
        *,
        is_alive: Callable[[ClaimRecord], bool | None] = _is_alive,
    ) -> Outputs:
        """Claim the output prefix.

        Args:
            plan: what the run may write, and where.
            manifest: with status `running`, and the plan's names in its claim.
            stopped: makes the last manifest of a run that was stopped.
            is_alive: see `claim`.

        Raises:
            OutputExists: a run that may not be replaced, or a blob that no run recorded, is there.
            OutputContainerMissing: a container does not exist.
        """
        existing = ExistingBlobs(plan)
        claimed = claim(
            RUN,
            plan.prefix,
            manifest,
            overwrite=plan.overwrite,
            create_container=plan.create_container,
            admit=existing.admit,
            withdraw=partial(_stop, stopped),
            is_alive=is_alive,
        )
        return cls(plan, claimed, existing, stopped)

    def __enter__(self) -> Outputs:
        with ExitStack() as life:  # what comes first ends last
            life.enter_context(self._recording_stop())
            life.callback(self._forget)  # before the last manifest is written, which may need the room
            life.enter_context(self.claim)
            self._life = life.pop_all()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._life.__exit__(*raised)

    @contextmanager
    def streams(self, on_failure: Callable[[], None], room: Room | None = None) -> Iterator[dict[str, int]]:
        """Stage the tables while a child writes them.

        Yields the descriptors it writes to by the names it knows them by: one of each table, which are closed at the
        end here, and `artifacts` for cells if any artifact was asked for.

        Args:
            on_failure: called when what the child makes can no longer be published: a table cannot be staged, or
                another run has taken the prefix over. From any thread, at any time until the run has ended.
            room: what the tables may carry together.
        """
        descriptors: dict[str, int] = {}
        try:
            for row in self._rows("stream"):
                reading, descriptors[row.name] = _open_pipe()
                self._uploads[row.name] = StreamUpload(reading, self.plan.target(row), on_failure, room=room)
            self.cells = self._open_cells() if self.cells is None else self.cells
            self.claim.subscribe(on_failure)
            yield descriptors if self.cells is None else {**descriptors, "artifacts": self.cells}
        finally:
            for descriptor in descriptors.values():
                os.close(descriptor)

    def streams_end_within(self, seconds: float) -> bool:
        """Wait until all tables have been read to their ends; False if one has not within so many seconds."""
        deadline = time.monotonic() + seconds
        return all(upload.ended.wait(max(deadline - time.monotonic(), 0)) for upload in self._uploads.values())

    def finish_streams(self) -> None:
        """Wait for the ends of all tables, once the child has ended; raises as `StreamUpload.finish`.

        Raises:
            ClaimLost: another run has taken the prefix over.
        """
        self.claim.require_held()
        for upload in self._uploads.values():
            upload.finish()

    def publish(
        self,
        tables: Mapping[str, TableFacts],
        files: Mapping[str, Sequence[LeftFile]],
        texts: Mapping[str, bytes],
        *,
        succeeded: bool,
    ) -> tuple[OutputRecord, ...]:
        """Publish the outputs; of a run that failed only those written always.

        Args:
            tables: by row, the counts of the tables that the child wrote.
            files: by row, what the script left, in order.
            texts: by row, in order.
            succeeded: whether the run did.

        Returns:
            Records of tables, texts and files, in the order given.

        Raises:
            ClaimLost: another run has taken the prefix over.
            OutputError, AccessError, StoreUnavailable: a blob could not be written.
        """
        streams = [self._table(row, tables[row.name]) for row in self._rows("stream", succeeded) if row.name in tables]
        known = [self._text(row, text) for row, text in self._given("text", texts, succeeded)]
        found = [self._file(row, file) for row, left in self._given("file", files, succeeded) for file in left]
        if found:
            # Their names were not known when the prefix was claimed. They are planned before they are written, so that
            # the next run can clean up should this one be killed.
            targets = {blob.target.printed: blob.target for blob in found}
            self._existing.add(targets)
            self.claim.plan(targets)
        self.claim.require_held()
        return self._commit([*streams, *known, *found])

    def publish_page(self, name: str, page: bytes) -> OutputRecord:
        """Publish a page that was made once the other outputs were in place, and return its record.

        Args:
            name: of its row.
            page: its bytes.

        Raises:
            ClaimLost, OutputError, AccessError, StoreUnavailable: as `publish`.
        """
        self.claim.require_held()
        blob = self._text(PORTS[name], page)
        try:
            (record,) = self._commit([blob])
        except BaseException as error:
            if not isinstance(error.__cause__, ConditionNotMet):  # then another's blob is there
                self._unsure.add(blob.name)
            raise
        return record

    def _commit(self, blobs: list[OutputBlob]) -> tuple[OutputRecord, ...]:
        others: set[str] = set()
        try:
            return commit_all(blobs, self._existing.conditions, others.add)
        finally:
            if others:  # the next run must not take them for this one's
                self.claim.leave_out(others)

    def count_staged(self) -> int:
        """Return the bytes of tables and large files that the store has taken so far; from any thread."""
        return sum(upload.staged for upload in tuple(self._uploads.values()))

    def finish(self, manifest: Manifest) -> None:
        """Write the last manifest; raises as `Claim.write`.

        After a success, what the previous run left and this one did not write again is deleted before.
        """
        if manifest.status == "succeeded":
            self.claim.require_held()
            self._existing.clear(self.claim.previous, {record.reference for record in manifest.outputs})
        self.claim.finish(manifest, self._unsure)

    def _rows(self, source: str, succeeded: bool = True) -> list[Port]:
        return [row for row in self.plan.ports if row.source == source and (succeeded or row.when == "always")]

    def _given(self, source: str, given: Mapping[str, _Given], succeeded: bool) -> list[tuple[Port, _Given]]:
        rows = self._rows(source, succeeded)
        return [(PORTS[name], value) for name, value in given.items() if PORTS[name] in rows]

    def _open_cells(self) -> int | None:
        if PORTS["artifact"] not in self.plan.ports:
            return None
        try:
            return disk_file()
        except OSError as error:
            raise no_room("artifacts", 0, error) from error

    def _table(self, row: Port, counts: TableFacts) -> OutputBlob:
        content_type = row.content_type or self.plan.content_type
        name = row.blob_name(extension=self.plan.extension)
        target, content = self.plan.target(row), self._uploads[row.name]
        return OutputBlob(row.port, name, target, content, content_type, counts.rows, counts.columns)

    def _text(self, row: Port, content: bytes) -> OutputBlob:
        return OutputBlob(row.port, row.blob_name(), self.plan.target(row), content, row.content_type)

    def _file(self, row: Port, file: LeftFile) -> OutputBlob:
        name, target = row.blob_name(file.name), self.plan.target(row, file.name)
        content = file if file.size <= BLOCK_SIZE else self._staged(name, file, target)
        return OutputBlob(row.port, name, target, content, row.content_type, origin=file.origin)

    def _staged(self, name: str, file: LeftFile, target: BlobLocation) -> StreamUpload:
        """Stage a file larger than a block; one at a time, so that memory holds the blocks of a single one."""
        descriptor = file.open()
        if descriptor is None:
            raise unreadable(name)
        upload = self._uploads[name] = StreamUpload(descriptor, target, lambda: None, length=file.size)
        upload.finish()
        return upload

    @contextmanager
    def _recording_stop(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            _stop(self._stopped, self.claim, error)
            raise

    def _forget(self) -> None:
        for upload in self._uploads.values():
            with suppress(BlobprepError):
                upload.abandon()
        if self.cells is not None:
            os.close(self.cells)


def _open_pipe() -> tuple[int, int]:
    """Return the ends of a pipe that holds as much as the system lets it: fewer changes between writer and reader."""
    reading, writing = os.pipe()
    if sys.platform == "linux":
        with suppress(OSError):  # the user's pipes hold as much together as they may
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    return reading, writing


def _stop(stopped: Stopped, claimed: Claim[Manifest], error: BaseException) -> None:
    """Have the manifest say that the run was stopped, if the prefix is still its own."""
    with suppress(BlobprepError):
        claimed.finish(stopped(claimed.manifest, error))
