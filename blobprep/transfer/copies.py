"""What became of copies, one line each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, overload

from blobprep import errors
from blobprep.transfer.spool import Spool

__all__ = ["Copies", "CopyCounts", "CopyError", "CopyResult", "CopyStatus"]

CopyStatus = Literal["copied", "skipped", "deleted", "failed", "pending"]
"""`copied`: now, and complete. `skipped`: the target equals its source. `deleted`: it had no source. `failed`: nothing
was changed. `pending`: nothing was tried, since the job was stopped before, or should only say what it would do."""


@dataclass(frozen=True, slots=True)
class CopyError:
    """The reason why a copy failed: the name of the error's class, what happened, and what to do."""

    code: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What became of one copy, or of one target that has no source.

    Attributes:
        source: its reference or path; empty for a target that has no source.
        target: likewise.
        size: bytes.
        etag: of the target; empty unless it is known to equal the source.
        status: see `CopyStatus`.
        md5: of the bytes, in base64; empty where it was not computed.
        source_etag: of the state that was copied or compared.
        attempts: how often it was tried.
        error: why it failed.
        server_side: whether the service made the copy, and no byte passed this machine.
        seconds: that the last attempt took.
    """

    source: str
    target: str
    size: int
    etag: str
    status: CopyStatus = "copied"
    md5: str = ""
    source_etag: str = ""
    attempts: int = 1
    error: CopyError | None = None
    server_side: bool = False
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> CopyResult:
        """Read a result back from `to_json`."""
        result = cls(**values)
        return replace(result, error=CopyError(**values["error"])) if values["error"] else result


@dataclass(frozen=True, slots=True)
class CopyCounts:
    """How many copies ended how; they add up to `matched`, which is sources and targets without one."""

    copied: int = 0
    skipped: int = 0
    deleted: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def matched(self) -> int:
        """Return the number of all."""
        return self.copied + self.skipped + self.deleted + self.failed + self.pending


class Copies(Sequence[CopyResult]):
    """What became of each copy, in the order of the names; read from a file as it is looked at.

    Attributes:
        is_job: whether a failure is one of the results, and no error.
        record: the prefix of the record; empty if there is none.
        server_side: how many the service made.

    Args:
        size: how many there are.
        dry_run: whether nothing was to be changed; `pending` is no failure then.
        is_job: whether a failure is one of the results, and no error.
    """

    def __init__(self, size: int, *, dry_run: bool = False, is_job: bool = True) -> None:
        self.is_job, self.record, self.server_side = is_job, "", 0
        self._dry_run = dry_run
        self._spool = Spool()
        self._places = array("q", [-1]) * size
        self._counts = dict.fromkeys(CopyCounts.__dataclass_fields__, 0)

    def __repr__(self) -> str:
        return f"<copies: {', '.join(f'{name} {count}' for name, count in self._counts.items() if count)}>"

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> CopyResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[CopyResult]: ...

    def __getitem__(self, index: int | slice) -> CopyResult | Sequence[CopyResult]:
        if isinstance(index, slice):
            return [self._read(place) for place in self._places[index]]
        return self._read(self._places[index])

    def __iter__(self) -> Iterator[CopyResult]:
        yield from map(self._read, self._places)

    def _read(self, place: int) -> CopyResult:
        return CopyResult.from_json(self._spool.read(place))

    def put(self, index: int, result: CopyResult) -> None:
        """Note what became of a copy."""
        self._places[index] = self._spool.add(result.to_json())
        self._counts[result.status] += 1
        self.server_side += result.server_side

    def has(self, index: int) -> bool:
        """Return whether it is known what became of a copy."""
        return self._places[index] >= 0

    @property
    def counts(self) -> CopyCounts:
        """Return how many ended how."""
        return CopyCounts(**self._counts)

    @property
    def status(self) -> Literal["succeeded", "failed"]:
        """Return `succeeded` unless a copy failed, or the job was stopped before it came to all."""
        is_short = self._counts["pending"] and not self._dry_run
        return "failed" if self._counts["failed"] or is_short else "succeeded"

    def raise_for_failure(self) -> None:
        """Raise the error of the first copy that failed, if one did.

        Raises:
            BlobprepError: of the class that its `code` names.
        """
        for result in self if self._counts["failed"] else ():
            if result.error is not None:
                kind = getattr(errors, result.error.code, errors.BlobprepError)
                raise kind(result.error.message, remedy=result.error.remedy)
