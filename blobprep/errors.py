"""What can go wrong, as one tree.

Every error of blobprep is a `BlobprepError`: what happened, to which reference, and what to do about it. The
exceptions of other libraries are converted in the modules that use them, and never reach a caller.

    BlobprepError
    ├── UsageError                    the command line, a setting or a policy
    │   ├── InvalidReference
    │   ├── InvalidOption
    │   ├── InterpreterUnusable
    │   ├── SettingError
    │   └── ProtocolForbidden
    ├── InputError                    what a run reads
    │   ├── BlobChanged
    │   ├── ChecksumMismatch
    │   ├── DatasetError
    │   ├── BundleError
    │   └── ScriptError
    ├── StoreError                    what a store answers
    │   ├── BlobNotFound              (also FileNotFoundError)
    │   ├── ContainerNotFound         (also FileNotFoundError)
    │   ├── ConditionNotMet
    │   ├── AccessError               (also PermissionError)
    │   │   └── HttpsRequired
    │   └── StoreUnavailable          (also ConnectionError)
    ├── OutputError                   what a run writes
    │   ├── OutputExists
    │   ├── OutputContainerMissing
    │   └── ClaimLost
    ├── LimitError                    time, memory, disk, size; those below end a script (also RunFailed)
    │   ├── TimeExceeded
    │   ├── CpuExceeded
    │   ├── MemoryExceeded
    │   ├── DiskExceeded
    │   ├── FilesExceeded
    │   ├── ProcessesExceeded
    │   ├── LogExceeded
    │   └── FiguresExceeded
    ├── IsolationUnavailable
    ├── RunFailed                     raised by `Run.raise_for_failure()` only
    ├── BatchFailed                   raised by `Batch.raise_for_failure()` only
    └── Defect                        blobprep itself is wrong
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "BatchFailed",
    "BlobChanged",
    "BlobNotFound",
    "BlobprepError",
    "BundleError",
    "ChecksumMismatch",
    "ClaimLost",
    "ConditionNotMet",
    "ContainerNotFound",
    "CpuExceeded",
    "DatasetError",
    "Defect",
    "DiskExceeded",
    "FiguresExceeded",
    "FilesExceeded",
    "HttpsRequired",
    "InputError",
    "InterpreterUnusable",
    "InvalidOption",
    "InvalidReference",
    "IsolationUnavailable",
    "LimitError",
    "LogExceeded",
    "MemoryExceeded",
    "OutputContainerMissing",
    "OutputError",
    "OutputExists",
    "ProcessesExceeded",
    "ProtocolForbidden",
    "RunFailed",
    "ScriptError",
    "SettingError",
    "StoreError",
    "StoreUnavailable",
    "TimeExceeded",
    "UsageError",
]


class BlobprepError(Exception):
    """An error of blobprep: what happened, to which reference, and what to do.

    Args:
        message: what happened, in one sentence that names the reference; never a secret.
        remedy: what to do, in one sentence; empty if there is nothing sensible to say.
    """

    def __init__(self, message: str = "", *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class UsageError(BlobprepError):
    """A command line, a setting or a policy that forbids what is asked for."""


class InvalidReference(UsageError, ValueError):
    """A text that is not a reference to a blob."""


class InvalidOption(UsageError, ValueError):
    """An option of a format, a run or a command with a wrong value."""


class InterpreterUnusable(UsageError):
    """An interpreter for the script that is not there, does not start, or lacks what a script needs."""


class SettingError(UsageError):
    """A setting with a wrong value; the message names its source."""


class ProtocolForbidden(UsageError):
    """A request for http that `allow_http` forbids."""


class InputError(BlobprepError):
    """An input of a run that cannot be used."""


class BlobChanged(InputError):
    """A blob that changed after its ETag was recorded; the message names both ETags."""


class ChecksumMismatch(InputError):
    """A blob whose bytes do not have the MD5 that its properties state."""


class DatasetError(InputError):
    """A dataset that does not match its format."""


class BundleError(InputError):
    """A module zip or folder that cannot be used; the message names the entry."""


class ScriptError(InputError):
    """A script that cannot be used: not text, too large, or a function that cannot be sent to the child."""


class StoreError(BlobprepError):
    """An answer of a store that is an error.

    Attributes:
        code: the error code of the service; empty if it has none.
    """

    code = ""


class BlobNotFound(StoreError, FileNotFoundError):
    """A blob that does not exist."""


class ContainerNotFound(StoreError, FileNotFoundError):
    """A container that does not exist."""


class ConditionNotMet(StoreError):
    """A blob that is not, or no longer, in the state that a request requires (If-Match, If-None-Match)."""


class AccessError(StoreError, PermissionError):
    """A refusal by a store: the credential is missing, wrong or expired, or lacks the permission."""


class HttpsRequired(AccessError):
    """A refusal by an account that accepts only https ("secure transfer required")."""


class StoreUnavailable(StoreError, ConnectionError):
    """A store that could not be reached, or was too busy, after all retries.

    Attributes:
        wait: seconds that the service asks to wait before the next request; 0 if it does not.
    """

    wait = 0.0


class OutputError(BlobprepError):
    """An output that was not written."""


class OutputExists(OutputError):
    """An output that exists already, such as a prefix that holds a finished or a live run.

    Attributes:
        passes: whether it becomes free by itself, as once a live run has ended.
    """

    passes = False


class OutputContainerMissing(OutputError):
    """An output whose container does not exist."""


class ClaimLost(OutputError):
    """An output prefix that another run has taken over."""


class LimitError(BlobprepError):
    """A limit of a run or of this machine that was reached."""


class IsolationUnavailable(BlobprepError):
    """An isolation level that this machine cannot provide."""


class BatchFailed(BlobprepError):
    """A batch that ended with items that have no results."""


class RunFailed(BlobprepError):
    """A run that ended without results; `code` is the manifest's `error.code`."""

    code = ""

    def __init__(self, message: str = "", *, remedy: str = "", code: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code or type(self).code


class TimeExceeded(LimitError, RunFailed):
    """A script that did not end in time (`[script] timeout`)."""

    code = "time"


class CpuExceeded(LimitError, RunFailed):
    """A script that used too much CPU time (`[script] cpu`)."""

    code = "cpu"


class MemoryExceeded(LimitError, RunFailed):
    """A script that needed more memory than it may hold (`[script] memory`)."""

    code = "memory"


class DiskExceeded(LimitError, RunFailed):
    """A script that wrote more than it may, to its folder or as outputs (`[script] disk`), or filled the disk."""

    code = "disk"


class FilesExceeded(LimitError, RunFailed):
    """A script that made too many files and folders (`[script] files`)."""

    code = "files"


class ProcessesExceeded(LimitError, RunFailed):
    """A script that had too many threads and processes (`[script] processes`)."""

    code = "processes"


class LogExceeded(LimitError, RunFailed):
    """A script that wrote too much to its output and error streams (`[script] log`)."""

    code = "log"


class FiguresExceeded(LimitError, RunFailed):
    """A script that left too many figures, or too large ones (`[script] figures`, `figures_size`)."""

    code = "figures"


class Defect(BlobprepError):
    """A defect of blobprep itself."""
