"""The verdict on a child that has ended: it succeeded, or failed and why. Pure."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from typing import Final

from blobprep.errors import BlobprepError, BundleError, DatasetError, Defect, InterpreterUnusable, RunFailed
from blobprep.limits import LIMITS, Limits, limit_error
from blobprep.manifest import ErrorRecord
from blobprep.protocol import Facts, Failure, FrameError, decode_facts
from blobprep.sandbox.call import Ending
from blobprep.sandbox.guard.child_start import STACKS

__all__ = ["SCRIPT_CODE", "Verdict", "error_0085", "judge", "script_failure"]

SCRIPT_CODE = "0085"
"""Code of `FailedToEvaluateScript` in Studio (classic): the script failed."""

_TO_START: Final = 512 * 1024**2  # bytes of memory that are enough for any child to start


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a child.

    Attributes:
        facts: the facts that it reported; empty if they were missing or not valid.
        error: None if it succeeded.
        raises: the error to raise once the manifest is finished, if an input is at fault and not the script.
        remedy: the remedy, shown below the error; may be empty.
        doubtful: whether the child blames an input, but had run the script before: one that had not would know.
    """

    facts: Facts
    error: ErrorRecord | None = None
    raises: BlobprepError | None = None
    remedy: str = ""
    doubtful: bool = False


def judge(ending: Ending, facts: bytes, limits: Limits, *, needs: str = "results", lossless: bool = False) -> Verdict:
    """Judge a child by how it ended and what it reported.

    It succeeded if it was asked, ended with status 0, reported that it was complete, and its facts name the results and
    no failure.

    Args:
        ending: how it ended, from the host.
        facts: the bytes of its facts.
        limits: the limits in force.
        needs: the output that it must have written; empty if none is needed.
        lossless: whether a translation that loses data was forbidden.
    """
    if not ending.asked and limits.memory is not None and limits.memory < _TO_START:
        error = limit_error("memory", limits)
        return _limit(Facts(), error, f"the child process did not start within its memory limit: {error.message}")
    if not ending.asked:
        defect = Defect("the child process did not start; see the log above for the cause")
        return Verdict(Facts(), ErrorRecord("Defect", defect.message), defect)
    try:
        reported = decode_facts(facts) if facts else Facts()
    except FrameError:
        reported = Facts()
    if (name := _limit_of(ending, limits)) is not None:
        return _limit(reported, limit_error(name, limits, _culprit(ending)))
    if reported.failure is not None:
        return _failed(ending, reported, reported.failure, limits, lossless=lossless)
    if ending.complete and ending.code in (0, None) and (not needs or needs in reported.outputs):
        return Verdict(reported)
    return _crashed(ending, reported, limits)


def error_0085(body: str) -> str:
    """Return the text of Error 0085 with the markers of Studio (classic), whose own lines end with CRLF.

    Source:
        `error.message` in the response of a web service of Studio (classic), as its clients parsed it.
    """
    return (
        "Error 0085: The following error occurred during script evaluation, please view the output log for more "
        "information:\r\n"
        "---------- Start of error message from Python interpreter ----------\r\n"
        f"Caught exception while executing function: {body}\r\n"
        "\r\n"
        "---------- End of error message from Python  interpreter  ----------"
    )


def script_failure(reported: Facts, body: str, traceback: str = "", remedy: str = "") -> Verdict:
    """Return the verdict that the script failed, with Error 0085 around the reason."""
    return Verdict(reported, ErrorRecord(SCRIPT_CODE, error_0085(body), traceback), remedy=remedy)


def _limit_of(ending: Ending, limits: Limits) -> str | None:
    """Return the name of the limit that ended a child; None if no limit did."""
    # Python ignores SIGXFSZ: the script, or C code in it, restored the signal's default action.
    if ending.code == -signal.SIGXFSZ and limits.disk is not None:
        return "disk"
    return next((name for name, row in LIMITS.items() if ending.cause and row.error.code == ending.cause), None)


def _limit(reported: Facts, error: RunFailed, message: str = "", traceback: str = "") -> Verdict:
    return Verdict(reported, ErrorRecord(error.code, message or error.message, traceback), remedy=error.remedy)


def _culprit(ending: Ending) -> str:
    """Name what exceeded a limit: a small dataset can become a large table before the script starts."""
    return "the script" if ending.scripted else "reading the inputs"


def _failed(ending: Ending, reported: Facts, failure: Failure, limits: Limits, *, lossless: bool) -> Verdict:
    match failure.kind:
        case "script":
            body = failure.traceback or f"{failure.message}\n"
            return script_failure(reported, body, failure.traceback, failure.remedy)
        case "memory" | "disk" | "file" | "threads":
            return _shortage(ending, reported, failure, limits)
        case "lossless" if lossless:
            message = f"--lossless forbids what would be lost:\n{failure.message}"
            return Verdict(reported, ErrorRecord("lossless", message))
        case "dataset" | "bundle" | "interpreter" | "defect" | "lossless" if ending.scripted:
            # The script had started and could have reported this itself: it cannot put the blame on an input.
            body = failure.traceback or f"{failure.message}\n"
            verdict = script_failure(reported, body, failure.traceback, failure.remedy)
            return replace(verdict, doubtful=ending.used and failure.kind in ("dataset", "bundle"))
        case "interpreter":
            error = InterpreterUnusable(
                f"the script's interpreter cannot be used: {failure.message}",
                remedy="name another one with --interpreter; blobprep doctor says what each lacks",
            )
            return Verdict(reported, ErrorRecord("interpreter", error.message), error, error.remedy)
        case "dataset" | "bundle":
            kind = DatasetError if failure.kind == "dataset" else BundleError
            wrong = kind(failure.message, remedy=failure.remedy)
            return Verdict(reported, ErrorRecord(failure.kind, failure.message), wrong, failure.remedy)
        case _:
            defect = Defect(f"blobprep failed in the child: {failure.message}", remedy="please report it")
            return Verdict(reported, ErrorRecord("Defect", defect.message, failure.traceback), defect)


def _shortage(ending: Ending, reported: Facts, failure: Failure, limits: Limits) -> Verdict:
    """Judge a child that ran out of a resource: because of a limit, or because the machine had no more."""
    name = {"memory": "memory", "file": "disk", "disk": "", "threads": ""}[failure.kind]
    if failure.kind == "threads" and (ending.crowded or (limits.memory or STACKS) < STACKS):
        name = "processes" if ending.crowded else "memory"
    if name and getattr(limits, name) is not None:
        error = limit_error(name, limits, _culprit(ending))
        return _limit(reported, error, f"{error.message}: {failure.message}", failure.traceback)
    if failure.kind == "threads":
        body = failure.traceback or f"{failure.message}\n"
        return script_failure(reported, body, failure.traceback, "this machine allows no more threads: start fewer")
    code, what, remedy = {
        "memory": (
            "memory",
            "memory ran out",
            "use a machine with more memory, or hold less data in memory at the same time",
        ),
        "disk": ("disk", "the disk is full", "free some space, or set TMPDIR to a folder on another disk"),
        "file": ("disk", "a file exceeded this system's file size limit", "see `ulimit -f`"),
    }[failure.kind]
    return Verdict(reported, ErrorRecord(code, f"{what}: {failure.message}", failure.traceback), remedy=remedy)


def _crashed(ending: Ending, reported: Facts, limits: Limits) -> Verdict:
    # Libraries that cannot allocate memory often end the process, each in its own way.
    remedy = "if it ran out of memory, raise the limit with --memory" if limits.memory else ""
    if ending.cause == "killed":
        return script_failure(reported, "blobprep stopped the script's process; see the log above for the reason\n")
    if not ending.scripted and ending.code is not None:
        if limits.memory is not None and limits.memory < _TO_START:
            return _limit(reported, limit_error("memory", limits, _culprit(ending)))
        error = DatasetError(f"the inputs could not be read: the process that reads them {_end(ending.code)}")
        return Verdict(reported, ErrorRecord("dataset", error.message), error, remedy)
    if ending.code is None:
        body = "the script's process ended without a result; how it ended is not known\n"
        return script_failure(reported, body, remedy=remedy)
    return script_failure(reported, f"the script's process {_end(ending.code)}\n", remedy=remedy)


def _end(code: int) -> str:
    if code >= 0:
        return f"ended with status {code} and without a result"
    name = _signal_name(-code)
    hint = ", probably because the machine ran out of memory" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
