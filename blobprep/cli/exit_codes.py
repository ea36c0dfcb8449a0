"""Exit codes, by which a caller of the command line tells outcomes apart without reading messages. Pure.

0 done; 1 the script failed; 2 command line, setting or policy; 3 an input; 4 access; 5 a limit; 6 an output;
7 isolation not available; 8 items of a batch have no results; 9 `check` has findings; 70 a defect of blobprep; 75
storage unreachable; 129, 130 and 143 interrupted.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Final

from blobprep import errors

__all__ = ["DEFECT", "EXIT_CODES", "FINDINGS", "INCOMPLETE", "RUN_CODES", "Interrupted", "code_of", "code_of_run"]

DEFECT: Final = 70
INCOMPLETE: Final = 8
"""Items of a batch have no results."""

FINDINGS: Final = 9
"""`check` has errors or warnings."""

EXIT_CODES: Final[Mapping[type[errors.BlobprepError], int]] = {
    errors.BlobprepError: DEFECT,
    errors.UsageError: 2,
    errors.InvalidReference: 2,
    errors.InvalidOption: 2,
    errors.InterpreterUnusable: 2,
    errors.SettingError: 2,
    errors.ProtocolForbidden: 2,
    errors.InputError: 3,
    errors.BlobChanged: 3,
    errors.DatasetError: 3,
    errors.BundleError: 3,
    errors.ScriptError: 3,
    errors.StoreError: 3,
    errors.BlobNotFound: 3,
    errors.ContainerNotFound: 3,
    errors.ConditionNotMet: 6,
    errors.AccessError: 4,
    errors.HttpsRequired: 4,
    errors.StoreUnavailable: 75,
    errors.OutputError: 6,
    errors.OutputExists: 6,
    errors.OutputContainerMissing: 6,
    errors.ClaimLost: 6,
    errors.LimitError: 5,
    errors.TimeExceeded: 5,
    errors.CpuExceeded: 5,
    errors.MemoryExceeded: 5,
    errors.DiskExceeded: 5,
    errors.FilesExceeded: 5,
    errors.ProcessesExceeded: 5,
    errors.LogExceeded: 5,
    errors.FiguresExceeded: 5,
    errors.IsolationUnavailable: 7,
    errors.RunFailed: 1,
    errors.BatchFailed: INCOMPLETE,
    errors.Defect: DEFECT,
}
"""Every class of the error tree, each with its own row: the code of a new class must be decided on."""

RUN_CODES: Final[Mapping[str, int]] = {
    "0085": 1,
    "lossless": 1,
    "dataset": 3,
    "bundle": 3,
    "interpreter": 2,
    "time": 5,
    "cpu": 5,
    "memory": 5,
    "disk": 5,
    "files": 5,
    "processes": 5,
    "log": 5,
    "figures": 5,
    "interrupted": 128 + signal.SIGINT,
}
"""By the values of a manifest's `error.code` that are not names of classes above."""


class Interrupted(KeyboardInterrupt):
    """An interrupt by a signal; `execute` finishes the manifest as it passes through."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.number = number


def code_of(error: BaseException) -> int:
    """Return the exit code of an error: that of its class, or of the nearest class above."""
    if isinstance(error, KeyboardInterrupt):
        return 128 + getattr(error, "number", signal.SIGINT)
    if isinstance(error, errors.RunFailed):
        return code_of_run(error.code)
    rows = (EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
    return next(rows, DEFECT)


def code_of_run(code: str) -> int:
    """Return the exit code of a run that did not succeed, by its manifest's `error.code`."""
    by_name = {kind.__name__: number for kind, number in EXIT_CODES.items()}
    return RUN_CODES.get(code, by_name.get(code, DEFECT if code else EXIT_CODES[errors.RunFailed]))
