"""What can go wrong, as one tree.

Every error of blobprep is a `BlobprepError`: what happened, to which reference, and what to do about it. Libraries'
own exceptions are converted where the library lives and never reach a caller.

    BlobprepError
    ├── UsageError                    the command line, a setting or a policy
    │   ├── InvalidReference
    │   ├── InvalidOption
    │   ├── SettingError
    │   └── ProtocolForbidden
    ├── InputError                    what a run reads
    │   ├── BlobChanged
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
    └── Defect                        blobprep itself is wrong
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "BlobChanged",
    "BlobNotFound",
    "BlobprepError",
    "BundleError",
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
    """Say what happened, to which reference, and what to do.

    Args:
        message: what happened, one sentence, naming the reference; never a secret.
        remedy: what to do, one sentence; empty where nothing sensible can be said.
    """

    def __init__(self, message: str = "", *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class UsageError(BlobprepError):
    """Refuse a command line or a setting."""


class InvalidReference(UsageError, ValueError):
    """Refuse a text that names no blob."""


class InvalidOption(UsageError, ValueError):
    """Refuse an option of a format or of a run."""


class SettingError(UsageError):
    """Refuse a setting, naming where it came from."""


class ProtocolForbidden(UsageError):
    """Refuse http where `allow_http` forbids it."""


class InputError(BlobprepError):
    """Say why an input of a run cannot be used."""


class BlobChanged(InputError):
    """Say that a blob changed between resolve and fetch; both ETags are named."""


class DatasetError(InputError):
    """Say that a dataset is not what its format promises."""


class BundleError(InputError):
    """Say why a module zip is refused, naming its entry."""


class ScriptError(InputError):
    """Say why a script cannot be used: not text, too large, not a function that travels."""


class StoreError(BlobprepError):
    """Say what a store answered.

    Attributes:
        code: the service's own word for it, empty where it has none.
    """

    code = ""


class BlobNotFound(StoreError, FileNotFoundError):
    """Say that there is no such blob."""


class ContainerNotFound(StoreError, FileNotFoundError):
    """Say that there is no such container."""


class ConditionNotMet(StoreError):
    """Say that a blob is not, or no longer, in the state a request demanded (If-Match, If-None-Match)."""


class AccessError(StoreError, PermissionError):
    """Say that a store refused: no, wrong or expired credential, or no permission."""


class HttpsRequired(AccessError):
    """Say that the account takes https only ("secure transfer required")."""


class StoreUnavailable(StoreError, ConnectionError):
    """Say that a store could not be reached, or throttled, after all retries."""


class OutputError(BlobprepError):
    """Say why an output was not written."""


class OutputExists(OutputError):
    """Refuse an output prefix that holds a finished or a live run."""


class OutputContainerMissing(OutputError):
    """Refuse an output whose container does not exist."""


class ClaimLost(OutputError):
    """Say that another run took the output prefix over."""


class LimitError(BlobprepError):
    """Say which limit was hit."""


class IsolationUnavailable(BlobprepError):
    """Refuse a run whose isolation this machine cannot give."""


class RunFailed(BlobprepError):
    """Say that a run ended without results; `code` is the manifest's `error.code`."""

    code = ""

    def __init__(self, message: str = "", *, remedy: str = "", code: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code or type(self).code


class TimeExceeded(LimitError, RunFailed):
    """Say that a script did not end in time (`[script] timeout`)."""

    code = "time"


class CpuExceeded(LimitError, RunFailed):
    """Say that a script used too much CPU time (`[script] cpu`)."""

    code = "cpu"


class MemoryExceeded(LimitError, RunFailed):
    """Say that a script needed more memory than it may hold (`[script] memory`)."""

    code = "memory"


class DiskExceeded(LimitError, RunFailed):
    """Say that a script wrote more than it may, to its folder or as outputs (`[script] disk`), or the disk is full."""

    code = "disk"


class FilesExceeded(LimitError, RunFailed):
    """Say that a script made too many files and folders (`[script] files`)."""

    code = "files"


class ProcessesExceeded(LimitError, RunFailed):
    """Say that a script had too many threads and processes (`[script] processes`)."""

    code = "processes"


class LogExceeded(LimitError, RunFailed):
    """Say that a script wrote too much to its output and error streams (`[script] log`)."""

    code = "log"


class FiguresExceeded(LimitError, RunFailed):
    """Say that a script left too many figures, or too large ones (`[script] figures`, `figures_size`)."""

    code = "figures"


class Defect(BlobprepError):
    """Say that blobprep broke a promise of its own."""
