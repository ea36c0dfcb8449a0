"""What a script in another interpreter returned or how it failed, as if it had run here.

There is one set of rules for return values and for failures. They are about objects, so the descriptions that came from
the other interpreter become objects that stand for what was there: a return value of the same shape, an exception with
the same numbers and names.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from blobprep.child.confined.denial_hints import PROCESSES, explain
from blobprep.child.confined.resource_errors import find_shortage
from blobprep.child.script.entry import ENTRY_POINT
from blobprep.child.script.missing_files import explain_missing_module
from blobprep.confinement.confine import confined_to
from blobprep.protocol import Failure, FailureKind, cut_traceback

__all__ = ["failure_of", "returned_value"]

_MISSING: Final = (
    f"the script does not define {ENTRY_POINT}; write: def {ENTRY_POINT}(dataframe1=None, dataframe2=None):"
)
_STARTERS: Final = ("/subprocess.py", "/multiprocessing/", "/concurrent/futures/process.py", "/pty.py", "/popen2.py")
_REFUSALS: Final = (errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ENOSYS)
_OF_SYSTEM: Final = frozenset({"OSError", "IOError", "EnvironmentError", "error"})


def returned_value(told: Any, frames: Sequence[Any]) -> Any:
    """Return an object that stands for what the entry point returned."""
    match told["kind"]:
        case "frame":
            return frames[0]
        case "none":
            return None
        case "array":
            shape = tuple(int(size) for size in told["shape"])
            return np.broadcast_to(np.zeros((), np.dtype(str(told["dtype"]))), shape)
        case "other":
            return _stand_in(str(told["type"]))
        case _:
            waiting = iter(frames)
            elements = list(_elements(told["elements"], waiting))
            return tuple(elements) if told["kind"] == "tuple" else elements


def _elements(told: Sequence[Any], frames: Iterator[Any]) -> Iterator[Any]:
    for element in told:
        if element["frame"]:
            yield next(frames)
        else:
            yield None if element["none"] else _stand_in(str(element["type"]))


def _stand_in(name: str) -> Any:
    return type(name, (), {})()


def failure_of(told: Any) -> Failure:
    """Return the failure that an exception in the other interpreter is."""
    if told.get("missing"):
        return Failure("script", _MISSING)
    error = _exception(told["causes"])
    traceback, line = str(told["traceback"]), str(told["line"])
    try:
        kind: FailureKind = find_shortage(error) or "script"
    except Exception:  # what stands for a script's own exception may be of any shape
        kind = "script"
    if told.get("stage") == "frames" and kind == "script":
        return Failure("dataset", line, "leave these columns out, or write them as text")
    return Failure(kind, line, _remedy(error, told["causes"], traceback), cut_traceback(traceback))


def _exception(causes: Sequence[Any]) -> BaseException:
    """Return an exception that stands for another, with its causes."""
    made = [_one(facts) for facts in causes] or [Exception()]
    for error, cause in pairwise(made):
        error.__cause__ = cause
    return made[0]


def _one(facts: Any) -> BaseException:
    types, message = [str(name) for name in facts["types"]], str(facts["message"])
    if "MemoryError" in types:
        return MemoryError(message)
    if "SystemExit" in types:
        return SystemExit(message)
    if _OF_SYSTEM & set(types):
        if isinstance(facts.get("errno"), int):
            named = [str(facts["filename"])] if facts.get("filename") else []
            return OSError(facts["errno"], message, *named)
        return OSError(message)
    if "ImportError" in types:
        name = str(facts.get("name") or message.rpartition(" ")[2]).strip("'\"")
        return ModuleNotFoundError(message, name=name)
    return RuntimeError(message) if "RuntimeError" in types else Exception(message)


def _remedy(error: BaseException, causes: Sequence[Any], traceback: str) -> str:
    if isinstance(error, SystemExit):
        return f"end {ENTRY_POINT} with return; sys.exit ends the script without results"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return explain_missing_module(error.name) or (
            f"if {error.name.partition('.')[0]} is your own module beside the script, pass its folder with --bundle; "
            "if it is a package, install it in the interpreter that runs the script"
        )
    refused = any(facts.get("errno") in _REFUSALS for facts in causes)
    if refused and confined_to() is not None and any(place in traceback for place in _STARTERS):
        return PROCESSES
    return explain(error)
