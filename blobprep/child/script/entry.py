"""The user's script: load it, call its entry point, describe its failure."""

from __future__ import annotations

import bdb
import functools
import inspect
import linecache
import os
import sys
import traceback
import types
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from blobprep import python2_names
from blobprep.child.classic_sdk import explain_storage
from blobprep.child.confined.denial_hints import explain
from blobprep.child.confined.resource_errors import find_shortage
from blobprep.child.script.missing_files import explain_missing_file, explain_missing_module
from blobprep.child.script.tracebacks import format_exception
from blobprep.child.windows import functions, path_entries
from blobprep.classic.python2.loader import Loaded, compile_as_is
from blobprep.classic.session import ClassicSession
from blobprep.confinement.confine import confined_to
from blobprep.protocol import Failure, FailureKind, cut_traceback

__all__ = [
    "ENTRY_POINT",
    "MODULE_NAME",
    "ScriptFailed",
    "call",
    "describe_failure",
    "load_function",
    "load_source",
    "users_frames",
]

ENTRY_POINT: Final = "azureml_main"
MODULE_NAME: Final = "blobprep_script"
_OURS: Final = os.path.join(os.path.abspath(os.path.join(os.path.dirname(__file__), *2 * (os.pardir,))), "")


_BETWEEN: Final = (path_entries.__file__, functions.__file__)  # frames between the script and Python's own functions
_CLASSIC: Final = os.path.join(_OURS, "classic", "")  # and between it and libraries, or Python of then
_DEBUGGER: Final = bdb.__file__  # calls the entry point for `--debug`


class ScriptFailed(Exception):
    """A fault of the script that raised no exception: no entry point, or a wrong return value."""


def load_source(
    source: bytes,
    name: str,
    parameters: dict[str, str],
    compiled: Callable[[bytes, str], Loaded] = compile_as_is,
    classic: ClassicSession | None = None,
) -> Callable[..., Any]:
    """Run a script's module level and return its entry point.

    Args:
        source: the script's bytes.
        name: the file name in tracebacks, which show source lines too, even if there is no such file here.
        parameters: the value of the global `blobprep_parameters`.
        compiled: compiles it under its name, as Python 3, or as whatever else it may be.
        classic: restores the names that the script needs, before it runs; None to restore nothing.

    Raises:
        ScriptFailed: the script does not define the entry point.
        BaseException: any exception of the module level, including `SystemExit`.
    """
    loaded = compiled(source, name)
    # Lines as the compiler counts them. Without a time stamp, `linecache` keeps them and does not look for the file.
    for place in (name, os.path.abspath(name)):  # the debugger looks up the second
        linecache.cache[place] = (sum(map(len, loaded.lines)), None, list(loaded.lines), place)
    module = types.ModuleType(MODULE_NAME)
    module.__file__ = name
    module.__dict__["blobprep_parameters"] = parameters
    loaded.prepare(module.__dict__)
    sys.modules[MODULE_NAME] = module
    if classic is not None:
        classic.begin(loaded.code, "".join(loaded.lines), is_python2=loaded.is_translated)
    exec(loaded.code, module.__dict__)  # noqa: S102  running the user's script is what this process is for
    entry = module.__dict__.get(ENTRY_POINT)
    if not callable(entry):
        raise ScriptFailed(
            f"the script does not define {ENTRY_POINT}; write: def {ENTRY_POINT}(dataframe1=None, dataframe2=None):"
        )
    return cast(Callable[..., Any], entry)


def load_function(pickled: bytes, parameters: dict[str, str]) -> Callable[..., Any]:
    """Unpickle the function that the caller passed; the pickle comes from the parent, never from storage."""
    import pickle

    function = pickle.loads(pickled)  # noqa: S301
    # A decorator may come from another module, so the globals are those of the wrapped function.
    innermost = inspect.unwrap(function.func if isinstance(function, functools.partial) else function)
    if isinstance(innermost, types.FunctionType):
        innermost.__globals__["blobprep_parameters"] = parameters
    return cast(Callable[..., Any], function)


def call(entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
    """Call the entry point with the connected datasets, in order."""
    return entry(*frames)


def describe_failure(error: BaseException) -> Failure:
    """Describe what went wrong in the script, with the script's own frames only."""
    if isinstance(error, ScriptFailed):
        return Failure("script", str(error))
    try:
        kind: FailureKind = find_shortage(error) or "script"
    except Exception:  # inspecting a script's own exception may fail
        kind = "script"
    return Failure(kind, _first_line(error), _find_remedy(error), _format_traceback(error))


def users_frames(error: BaseException) -> types.TracebackType | None:
    """Return the traceback from the first of the user's frames; None if there is none."""
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return frames


def _format_traceback(error: BaseException) -> str:
    frames = users_frames(error)
    try:
        text = format_exception(error, frames, hidden=_BETWEEN, hidden_below=_CLASSIC)
        if frames is None and not isinstance(error, SyntaxError):
            text = f"Traceback (most recent call last):\n{text}"
    except Exception:  # printing a script's own exception may fail
        text = f"{type(error).__name__}: (it could not be printed)\n"
    return cut_traceback(text)


def _is_ours(filename: str) -> bool:
    return filename.startswith((_OURS, "<frozen")) or filename == _DEBUGGER


def _first_line(error: BaseException) -> str:
    """Return the line with the exception's type and message; a syntax error has indented lines before it."""
    try:
        lines = "".join(traceback.format_exception_only(type(error), error)).splitlines()
        return next(line for line in lines if not line.startswith(" "))[:2000]
    except Exception:
        return type(error).__name__


def _find_remedy(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"end {ENTRY_POINT} with return; sys.exit ends the script without results"
    if known := explain_storage(error):
        return known
    if isinstance(error, NameError) and error.name in python2_names.BUILTINS:
        return f"{error.name} is Python 2, but other lines may be Python 3: --classic on runs all of it as Python 2"
    if isinstance(error, ModuleNotFoundError) and error.name:
        if known := _try_explain(explain_missing_module, error.name):
            return known
        return (
            f"if {error.name.partition('.')[0]} is your own module beside the script, pass its folder with --bundle; "
            f"if it is a package, install it beside blobprep"
            f"{'' if confined_to() is None else ' (not in editable mode: isolation strict cannot read its folder)'}"
        )
    return explain(error) or _try_explain(explain_missing_file, error)


def _try_explain(explain: Callable[[Any], str], what: object) -> str:
    """Explain what is missing; return an empty text if inspecting the folder or the exception fails."""
    try:
        return explain(what)
    except Exception:
        return ""
