"""The user's script in this interpreter: load it, call its entry point, describe what it returned.

The child decides what a return value means, from the same description that it would make itself.
"""

from __future__ import absolute_import

import linecache
import os
import re
import sys
import types

from .text import PY2

__all__ = ["call", "describe_return", "load", "parameter_variables"]

_BYTES_MARK = b"\xef\xbb\xbf"
_MARK = _BYTES_MARK.decode("utf-8")
_MODULE = "blobprep_script"
_ENTRY = "azureml_main"
_ENCODING = re.compile(b"^[ \t\f]*#.*?coding[:=][ \t]*([-\\w.]+)")
_VARIABLE = re.compile("[A-Za-z0-9_]+\\Z")
_ELEMENTS = 1000  # elements of what was returned that are described


def load(source, name, parameters):
    """Run a script's module level and return its entry point; None if there is none.

    Args:
        source: the script's bytes.
        name: the file name in tracebacks, which show source lines too.
        parameters: the value of the global `blobprep_parameters`.
    """
    name = name.encode("utf-8") if PY2 else name
    _show_lines(source, name)
    code = compile(_declare_encoding(source), name, "exec", 0, 1)
    module = types.ModuleType(_MODULE)
    module.__file__ = name
    os.environ.update(parameter_variables(parameters))  # noqa: TID251  the script's own
    module.__dict__["blobprep_parameters"] = dict((_native(key), _native(parameters[key])) for key in parameters)
    sys.modules[_MODULE] = module
    exec(code, module.__dict__)  # noqa: S102  running the user's script is what this process is for
    entry = module.__dict__.get(_ENTRY)
    return entry if callable(entry) else None


def parameter_variables(parameters):
    """Return the environment variables for parameters: `BLOBPREP_PARAMETER_NAME`.

    A name with other characters than letters, digits and `_` has none, nor has a value that no variable can hold.
    """
    held = [name for name in parameters if _VARIABLE.match(name) and "\0" not in parameters[name]]
    return dict(("BLOBPREP_PARAMETER_" + _native(name), _native(parameters[name])) for name in held)


def call(entry, frames):
    """Call the entry point with the connected datasets, in order."""
    return entry(*frames)


def describe_return(value):
    """Return a description of what the entry point returned, and the frames in it."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return {"kind": "frame"}, [value]
    if isinstance(value, np.ndarray) and (value.dtype != object or value.ndim != 1):
        return {"kind": "array", "shape": list(value.shape), "dtype": value.dtype.str}, []
    if not isinstance(value, (tuple, list, np.ndarray)):
        return {"kind": "none"} if value is None else {"kind": "other", "type": _name(value)}, []
    frames, elements = [], []
    for element in list(value)[:_ELEMENTS]:
        is_frame = isinstance(element, pd.DataFrame) and len(frames) < 2 and len(frames) == len(elements)
        if is_frame:
            frames.append(element)
        elements.append({"frame": is_frame, "none": element is None, "type": _name(element)})
    kind = "list" if isinstance(value, (list, np.ndarray)) else "tuple"
    return {"kind": kind, "elements": elements}, frames


def _name(value):
    return type(value).__name__


def _declare_encoding(source):
    """Mark a source as UTF-8 that is, and does not say so; Python 2 would take it for ASCII, and refuse it."""
    if not PY2 or source.startswith(_BYTES_MARK) or any(map(_ENCODING.match, source.splitlines()[:2])):
        return source
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return source
    return _BYTES_MARK + source


def _native(text):
    """Return text as this Python's `str`, which in Python 2 is bytes; only text beyond ASCII stays another type."""
    if not PY2:
        return text
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        return text


def _show_lines(source, name):
    """Have tracebacks show the script's lines; without a time stamp no one looks for the file."""
    declared = [_ENCODING.match(line) for line in source.splitlines()[:2]]
    encoding = next((match.group(1).decode("ascii") for match in declared if match), "utf-8")
    try:
        text = source.decode(encoding, "replace")
    except LookupError:
        text = source.decode("utf-8", "replace")
    text = text.lstrip(_MARK).replace("\r\n", "\n").replace("\r", "\n")
    lines = [line + "\n" for line in text.split("\n")]
    if PY2:
        lines = [line.encode("utf-8") for line in lines]
    for place in (name, os.path.abspath(name)):
        linecache.cache[place] = (len(text), None, lines, place)
