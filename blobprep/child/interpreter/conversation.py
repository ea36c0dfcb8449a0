"""A script in another interpreter: the frames and the script go there, what it returned comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from blobprep.bridge.frames import read_frame, write_frame
from blobprep.bridge.stream import Broken
from blobprep.child.bundle import WINDOWS_NAME
from blobprep.child.interpreter.outcome import failure_of, returned_value
from blobprep.child.interpreter.process import InterpreterProcess
from blobprep.child.script.entry import ScriptFailed
from blobprep.child.script.return_value import ReturnValue, read_return_value
from blobprep.protocol import ChildRequest, Failure, Figure, TableFacts, Translation

__all__ = ["Outcome", "report_bytes", "run_there"]

_BYTES: Final = "Bytes became Python 2's str, which results take for text where a whole column of it is valid UTF-8."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a script in another interpreter.

    Attributes:
        failure: why it failed; None if it did not.
        returned: what it returned; None if it failed.
        figures: its images, in order.
        notes: sentences for the log.
        versions: of that interpreter and of its packages, by name.
    """

    failure: Failure | None
    returned: ReturnValue | None
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    versions: dict[str, str]


def run_there(
    process: InterpreterProcess, request: ChildRequest, source: bytes, folder: str, frames: list[Any]
) -> Outcome:
    """Run a script in another interpreter.

    Args:
        process: that interpreter's, which is ready.
        request: what was asked.
        source: the script.
        folder: of the bundle; empty for none.
        frames: the datasets, in order; the list is emptied, so that a frame is freed once it is there.
    """
    try:
        process.control.write_json({"run": _told(request, folder, len(frames))})
        process.control.write_bytes(source)
        _send(process, frames)
        made, ended = _receive(process)
        return _outcome(ended, made)
    except (Broken, OSError):
        process.end_as_it_did()


def report_bytes(inputs: Mapping[str, TableFacts], versions: Mapping[str, str]) -> list[Translation]:
    """Return a ledger entry for every column of bytes that goes to Python 2, which has the same type for text."""
    if not versions.get("python", "").startswith("2."):
        return []
    return [
        Translation(port, label, "cast", _BYTES)
        for port, table in inputs.items()
        for label, kind in zip(table.names, table.types, strict=False)
        if "binary" in kind
    ]


def _told(request: ChildRequest, folder: str, frames: int) -> dict[str, Any]:
    return {
        "script": request.script,
        "parameters": request.parameters,
        "folder": request.folder,
        "bundle": folder,
        "windows": WINDOWS_NAME,
        "frames": frames,
    }


def _send(process: InterpreterProcess, frames: list[Any]) -> None:
    try:
        while frames:
            write_frame(process.data, frames.pop(0))
    except BrokenPipeError:  # it takes no more, and says why
        frames.clear()


def _receive(process: InterpreterProcess) -> tuple[list[Any], dict[str, Any]]:
    """Return the frames that came, and the last message."""
    made: list[Any] = []
    told = process.control.read_json()
    if "frames" in told:
        try:
            made += (read_frame(process.data) for _ in range(min(int(told["frames"]), 2)))
        except Broken:  # the frames have ended in the middle: the message says why
            made.clear()
        told = process.control.read_json()
    ended = told.get("ended")
    if not isinstance(ended, dict):
        raise Broken("the message is not the last one")
    return made, ended


def _outcome(ended: dict[str, Any], frames: Sequence[Any]) -> Outcome:
    """Read the last message; whatever it says is the script's word."""
    failure, returned = None, None
    try:
        images = tuple(Figure(str(name), "open" if origin == "open" else "saved") for name, origin in ended["images"])
        notes = tuple(str(note) for note in ended["notes"])
        versions = {str(name): str(text) for name, text in ended["versions"].items()}
        if ended["failure"] is not None:
            failure = failure_of(ended["failure"])
        else:
            returned = read_return_value(returned_value(ended["returned"], frames))
    except ScriptFailed as error:
        failure = Failure("script", str(error))
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise Broken("the last message is not complete") from error
    return Outcome(failure, returned, images, notes, versions)
