"""What a child's end means: succeeded, or failed and why. Pure."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Final

from blobprep.errors import BlobprepError, BundleError, DatasetError, Defect, RunFailed
from blobprep.limits import LIMITS, Limits, exceeded
from blobprep.manifest import ErrorRecord
from blobprep.protocol import Facts, Failure, FrameError, decode_facts
from blobprep.sandbox.call import Ending
from blobprep.sandbox.guard.main import STACKS

__all__ = ["SCRIPT_CODE", "Verdict", "error_0085", "judge", "script_failed"]

SCRIPT_CODE = "0085"
"""Code of `FailedToEvaluateScript` in Studio (classic): the script failed."""

_TO_START: Final = 512 * 1024**2  # bytes of memory with which any child starts


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what became of the child.

    Attributes:
        facts: what it said it did; empty where it said nothing valid.
        error: None where it succeeded.
        raises: the error to raise once the manifest is finished, where an input is at fault and not the script.
        remedy: what to do, shown below the error; may be empty.
    """

    facts: Facts
    error: ErrorRecord | None = None
    raises: BlobprepError | None = None
    remedy: str = ""


def judge(ending: Ending, facts: bytes, limits: Limits, *, needs: str = "results", lossless: bool = False) -> Verdict:
    """Hold how a child ended against what it said.

    Success is: it was asked, ended with status 0, said that it was complete, and left facts with results and no
    failure.

    Args:
        ending: from the host.
        facts: bytes the child left.
        limits: that were in force.
        needs: the output without which it did not succeed; empty where none was asked for.
        lossless: whether a translation that loses something was forbidden.
    """
    if not ending.asked and limits.memory is not None and limits.memory < _TO_START:
        error = exceeded("memory", limits)
        return _limit(Facts(), error, f"the child process did not start within it: {error.message}")
    if not ending.asked:
        defect = Defect("the child process did not start; the log above says why")
        return Verdict(Facts(), ErrorRecord("Defect", defect.message), defect)
    try:
        said = decode_facts(facts) if facts else Facts()
    except FrameError:
        said = Facts()
    if (name := _limit_of(ending, limits)) is not None:
        return _limit(said, exceeded(name, limits, _culprit(ending)))
    if said.failure is not None:
        return _failed(ending, said, said.failure, limits, lossless=lossless)
    if ending.complete and ending.code in (0, None) and (not needs or needs in said.outputs):
        return Verdict(said)
    return _crashed(ending, said, limits)


def error_0085(body: str) -> str:
    """Return the text of Error 0085 with the markers of Studio (classic); the envelope's lines end with CRLF.

    Source:
        `error.message` of a web service's answer, as clients of Studio (classic) knew it.
    """
    return (
        "Error 0085: The following error occurred during script evaluation, please view the output log for more "
        "information:\r\n"
        "---------- Start of error message from Python interpreter ----------\r\n"
        f"Caught exception while executing function: {body}\r\n"
        "\r\n"
        "---------- End of error message from Python  interpreter  ----------"
    )


def script_failed(said: Facts, body: str, traceback: str = "", remedy: str = "") -> Verdict:
    """Return the verdict that the script is at fault, with Error 0085 around the reason."""
    return Verdict(said, ErrorRecord(SCRIPT_CODE, error_0085(body), traceback), remedy=remedy)


def _limit_of(ending: Ending, limits: Limits) -> str | None:
    """Return the name of the limit that ended a child, None where none did."""
    if ending.code == -signal.SIGXFSZ and limits.disk is not None:  # the script asked for the signal, or C code did
        return "disk"
    return next((name for name, row in LIMITS.items() if ending.cause and row.error.code == ending.cause), None)


def _limit(said: Facts, error: RunFailed, message: str = "", traceback: str = "") -> Verdict:
    return Verdict(said, ErrorRecord(error.code, message or error.message, traceback), remedy=error.remedy)


def _culprit(ending: Ending) -> str:
    """Say what used too much: a dataset can be small and its table large, which is not the script's doing."""
    return "the script" if ending.scripted else "reading the inputs"


def _failed(ending: Ending, said: Facts, failure: Failure, limits: Limits, *, lossless: bool) -> Verdict:
    match failure.kind:
        case "script":
            body = failure.traceback or f"{failure.message}\n"
            return script_failed(said, body, failure.traceback, failure.remedy)
        case "memory" | "disk" | "file" | "threads":
            return _short(ending, said, failure, limits)
        case "lossless" if lossless:
            return Verdict(said, ErrorRecord("lossless", f"--lossless forbids what would be lost:\n{failure.message}"))
        case "dataset" | "bundle" | "defect" | "lossless" if ending.scripted:
            # Whoever wrote it, it came from a process that was the script's by then.
            body = failure.traceback or f"{failure.message}\n"
            return script_failed(said, body, failure.traceback, failure.remedy)
        case "dataset" | "bundle":
            kind = DatasetError if failure.kind == "dataset" else BundleError
            error = kind(failure.message, remedy=failure.remedy)
            return Verdict(said, ErrorRecord(failure.kind, failure.message), error, failure.remedy)
        case _:
            defect = Defect(f"blobprep failed in the child: {failure.message}", remedy="please report it")
            return Verdict(said, ErrorRecord("Defect", defect.message, failure.traceback), defect)


def _short(ending: Ending, said: Facts, failure: Failure, limits: Limits) -> Verdict:
    """Judge a script to which something was refused: the limit's fault, the machine's, or who knows whose."""
    name = {"memory": "memory", "file": "disk", "disk": "", "threads": ""}[failure.kind]
    if failure.kind == "threads" and (ending.crowded or (limits.memory or STACKS) < STACKS):
        name = "processes" if ending.crowded else "memory"
    if name and getattr(limits, name) is not None:
        error = exceeded(name, limits, _culprit(ending))
        return _limit(said, error, f"{error.message}: {failure.message}", failure.traceback)
    if failure.kind == "threads":
        body = failure.traceback or f"{failure.message}\n"
        return script_failed(said, body, failure.traceback, "this machine allows no more threads; start fewer")
    code, what, remedy = {
        "memory": ("memory", "memory ran out", "use a machine with more, or hold less in memory at once"),
        "disk": ("disk", "the disk is full", "make room, or set TMPDIR to a folder with room"),
        "file": ("disk", "a file may not grow so large here", "see `ulimit -f`"),
    }[failure.kind]
    return Verdict(said, ErrorRecord(code, f"{what}: {failure.message}", failure.traceback), remedy=remedy)


def _crashed(ending: Ending, said: Facts, limits: Limits) -> Verdict:
    # Libraries that find no memory often end the process, each in its own way.
    remedy = "if it is memory that was missing, raise the limit with --memory" if limits.memory else ""
    if ending.cause == "killed":
        return script_failed(said, "the script's process was stopped by blobprep; the log above says why\n")
    if not ending.scripted and ending.code is not None:
        if limits.memory is not None and limits.memory < _TO_START:
            return _limit(said, exceeded("memory", limits, _culprit(ending)))
        error = DatasetError(f"the inputs could not be read: the process that reads them {_end(ending.code)}")
        return Verdict(said, ErrorRecord("dataset", error.message), error, remedy)
    if ending.code is None:
        return script_failed(said, "the script's process ended without a result, and nobody saw how\n", remedy=remedy)
    return script_failed(said, f"the script's process {_end(ending.code)}\n", remedy=remedy)


def _end(code: int) -> str:
    if code >= 0:
        return f"ended with status {code} and without a result"
    name = _signal_name(-code)
    hint = ", most likely because the machine ran out of memory" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
