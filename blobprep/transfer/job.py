"""A plan carried out: many copies in flight, each accounted for.

Threads: the mover's and, for deletions, a pool's; all that is noted is noted by the thread that called `CopyJob.run`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from blobprep.errors import (
    BlobChanged,
    BlobNotFound,
    BlobprepError,
    ChecksumMismatch,
    ConditionNotMet,
    OutputContainerMissing,
    OutputExists,
    StoreUnavailable,
)
from blobprep.stores import IfAbsent, IfMatch
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.folder_markers import require_data
from blobprep.transfer.copies import Copies, CopyError, CopyResult
from blobprep.transfer.copy_plan import CopyPlan, CopyPolicy, PlanRow
from blobprep.transfer.equality import BlobState, compare
from blobprep.transfer.mover import SAME, UNMOVED, Mover, Outcome
from blobprep.transfer.pairs import Copy, Written
from blobprep.transfer.server_route import ServerRoute

__all__ = ["ATTEMPTS", "CopyJob", "JobOptions"]

ATTEMPTS: Final = 3
_DELETIONS: Final = 16


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a plan is carried out.

    Attributes:
        strict: whether the first failure ends it, as an error. MD5s of large blobs are not computed then.
        attempts: at a copy whose failure can pass, or whose source changed meanwhile.
        dry_run: change nothing.
        allowed: called with the number of all copies; returns how many may fail before no more are begun, None for all.
    """

    strict: bool = False
    attempts: int = ATTEMPTS
    dry_run: bool = False
    allowed: Callable[[int], int | None] = lambda total: None


class CopyJob:
    """A plan that is carried out once.

    Args:
        plan: what is copied; compared with what is at the targets.
        policy: what becomes of targets that exist.
        options: how it is done.
        progress: called with the bytes done so far and the bytes in all.
        settled: called with each result and its place, as it is known.
        route: makes what the service copies by itself; None if bytes pass this machine.

    Attributes:
        copies: what became of each copy, as far as it is known.
    """

    def __init__(
        self,
        plan: CopyPlan,
        policy: CopyPolicy,
        options: JobOptions,
        progress: Callable[[int, int], None] = lambda done, total: None,
        settled: Callable[[int, CopyResult], None] = lambda index, result: None,
        route: ServerRoute | None = None,
    ) -> None:
        self.copies = Copies(len(plan) + len(plan.surplus), dry_run=options.dry_run, is_job=not options.strict)
        self._plan, self._policy, self._options = plan, policy, options
        self._progress, self._settled = progress, settled
        self._done = 0
        self._is_stopped = False
        self._allowed = options.allowed(len(self.copies))
        how = {"checked": not options.strict, "dry": options.dry_run}
        self._mover = Mover(**how, again=self._again, moved=self._advance, route=route)

    def run(self) -> Copies:
        """Carry the plan out.

        Raises:
            OutputContainerMissing: the target's container does not exist.
            BlobprepError: a copy failed, and the job is strict; the message says how many were copied before.
        """
        self._advance(0)
        try:
            with closing(self._mover.run(self._coming())) as outcomes:
                for outcome in outcomes:
                    self._note(*outcome)
            if self._plan.surplus:
                self._delete()
        except BaseException as error:
            for copy, written in self._mover.late:
                self._put(copy.index, self._result(copy, "copied", written, 1))
            if isinstance(error, BlobprepError) and self._options.strict:
                self._add_progress(error)
            raise
        finally:
            if not self._options.strict:
                self._leave_rest()
        return self.copies

    def _coming(self) -> Iterator[Copy]:
        for index, row in enumerate(self._plan.read()):
            if self._is_stopped:
                return
            copy = self._plan.copy(index, row, self._policy)
            if row.verdict == "skip":
                self._put(index, self._result(copy, "skipped", None, 0))
                self._advance(row.state.size)
            elif self._options.dry_run and not copy.must_read:
                self._put(index, self._result(copy, "pending", None, 0))
            else:
                yield copy

    def _note(self, copy: Copy, outcome: Outcome, attempts: int, seconds: float) -> None:
        if isinstance(outcome, Written):
            result = self._result(copy, "copied", outcome, attempts)
            self._put(copy.index, replace(result, seconds=round(seconds, 6)))
        elif outcome is SAME:
            self._put(copy.index, self._result(copy, "skipped", None, 0))
            self._advance(copy.state.size)
        elif outcome is UNMOVED:
            self._put(copy.index, self._result(copy, "pending", None, 0))
        elif isinstance(outcome, BlobprepError):
            if self._options.strict or isinstance(outcome, OutputContainerMissing):
                raise outcome
            error, result = _error(_explained(copy, outcome)), self._result(copy, "failed", None, attempts)
            self._put(copy.index, replace(result, error=error, seconds=round(seconds, 6)))
            self._count_failure()

    def _again(self, copy: Copy, error: BlobprepError, attempts: int) -> Copy | None:
        """Return what to try after a failure; a source that changed is copied as it is now."""
        most = min(2, self._options.attempts) if isinstance(error, ChecksumMismatch) else self._options.attempts
        if self._options.strict or self._is_stopped or attempts >= most:
            return None
        try:
            if isinstance(error, BlobChanged):
                return replace(copy, state=BlobState.of(require_data(copy.source)), must_read=False)
            if isinstance(error, OutputExists) and attempts > 1:
                return self._landed(copy)
        except BlobprepError:
            return None
        return copy if isinstance(error, (StoreUnavailable, ChecksumMismatch)) else None

    def _landed(self, copy: Copy) -> Copy | None:
        """Return a copy that is compared once more: the attempt before may have made it, and its answer was lost."""
        existing = BlobState.of(copy.target.properties())
        sides = (copy.source, copy.state), (copy.target, existing)
        if compare(*sides, "checksum", recorded=False) not in ("equal", "unread"):
            return None
        return replace(copy, existing=existing, condition=IfAbsent(), must_read=True)

    def _delete(self) -> None:
        """Delete targets that have no source: last of all, and only if every copy is there."""
        counts = self.copies.counts
        if counts.failed or counts.pending or self._options.dry_run:
            return
        start = len(self._plan)
        waiting: deque[Future[tuple[int, CopyResult]]] = deque()
        with thread_pool(_DELETIONS, "blobprep-delete") as pool:
            for index, (name, etag, size) in enumerate(self._plan.surplus, start):
                if self._is_stopped:
                    break
                waiting.append(pool.submit(self._delete_one, index, name, etag, size))
                if len(waiting) == 2 * _DELETIONS:
                    self._note_deletion(waiting.popleft())
            while waiting:
                self._note_deletion(waiting.popleft())

    def _note_deletion(self, work: Future[tuple[int, CopyResult]]) -> None:
        self._put(*work.result())
        self._count_failure()

    def _count_failure(self) -> None:
        """Begin no more once more have failed than may."""
        self._is_stopped = self._allowed is not None and self.copies.counts.failed > self._allowed

    def _delete_one(self, index: int, name: str, etag: str, size: int) -> tuple[int, CopyResult]:
        """Delete one target, unless it changed meanwhile or has a source by now; in a thread of the pool."""
        target = self._plan.target(name)
        result = CopyResult("", target.printed, size, "", "deleted")
        try:
            try:
                self._plan.source(name).properties()
                return index, replace(result, status="skipped", etag=etag)
            except BlobNotFound:
                pass
            target.store.delete(target.container, target.blob, condition=IfMatch(etag))
        except BlobNotFound:  # somebody else deleted it
            pass
        except ConditionNotMet:
            changed = OutputExists(
                f"{target.printed} changed meanwhile; it was not deleted", remedy="sync again to delete it"
            )
            return index, replace(result, status="failed", error=_error(changed))
        except BlobprepError as error:
            return index, replace(result, status="failed", error=_error(error))
        return index, result

    def _leave_rest(self) -> None:
        """Note what was not tried."""
        copies = self.copies
        if len(copies) == copies.counts.matched:
            return
        for index, row in enumerate(self._plan.read()):
            if not copies.has(index):
                self._put(index, self._pending(row))
        for index, (name, _, size) in enumerate(self._plan.surplus, len(self._plan)):
            if not copies.has(index):
                self._put(index, CopyResult("", self._plan.target(name).printed, size, "", "pending", attempts=0))

    def _pending(self, row: PlanRow) -> CopyResult:
        source, target = self._plan.source(row.name), self._plan.target(row.name)
        return CopyResult(
            *(source.printed, target.printed, row.state.size, ""), "pending", source_etag=row.state.etag, attempts=0
        )

    def _result(self, copy: Copy, status: str, written: Written | None, attempts: int) -> CopyResult:
        existing = copy.existing.etag if copy.existing is not None and status == "skipped" else ""
        return CopyResult(
            copy.source.printed,
            copy.target.printed,
            copy.state.size,
            existing if written is None else written.etag,
            status,  # type: ignore[arg-type]
            (copy.state.md5 if status == "skipped" else "") if written is None else written.md5,
            copy.state.etag,
            attempts,
            server_side=written is not None and written.server_side,
        )

    def _put(self, index: int, result: CopyResult) -> None:
        self.copies.put(index, result)
        self._settled(index, result)

    def _advance(self, size: int) -> None:
        self._done += size
        self._progress(self._done, self._plan.size)

    def _add_progress(self, error: BlobprepError) -> None:
        """Add to an error how much was copied before it."""
        total, done = len(self._plan), self.copies.counts.copied
        if not 0 < done < total:
            return
        name = next(row.name for index, row in enumerate(self._plan.read()) if not self.copies.has(index))
        more = f" and {total - done - 1} more" if total - done > 1 else ""
        error.message += f"; {done} of {total} were copied, but not {self._plan.source(name).printed}{more}"
        if "--overwrite" not in error.remedy:
            rest = "repeat with --overwrite --resume, which copies the rest"
            error.remedy = "; ".join(filter(None, (error.remedy, rest)))


def _explained(copy: Copy, error: BlobprepError) -> BlobprepError:
    """Return what a target that is not in the expected state means where it was looked at before."""
    if not isinstance(error, OutputExists) or not isinstance(copy.condition, IfMatch):
        return error
    return OutputExists(
        f"{copy.target.printed} changed meanwhile; it was not replaced", remedy="start again to replace it"
    )


def _error(error: BlobprepError) -> CopyError:
    return CopyError(type(error).__name__, error.message, error.remedy)
