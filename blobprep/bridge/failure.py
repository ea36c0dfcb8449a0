"""An exception of a script as plain data: what it is, its first line, its traceback with the user's lines."""

from __future__ import absolute_import

import os
import traceback

from .text import TEXT, as_native, as_text

__all__ = ["describe", "describe_shortage"]

_OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_LONGEST = 2000
_DEEPEST = 20  # causes of an exception that are described


def describe(kind, error, frames):
    """Return what there is to know about an exception.

    Args:
        kind: its type, in Python 2 possibly a class that is no exception.
        error: the exception.
        frames: its traceback; our own frames are left out.
    """
    shown = _users_frames(frames)
    try:
        lines = traceback.format_exception(kind, error, shown)
        if shown is None and not isinstance(error, SyntaxError) and not lines[0].startswith("Traceback"):
            lines.insert(0, "Traceback (most recent call last):\n")
        text = as_text("".join(map(as_native, lines)))
        last = [as_text(as_native(line)) for line in traceback.format_exception_only(kind, error)]
    except Exception:  # printing a script's own exception may fail
        name = getattr(kind, "__name__", "exception")
        text, last = "%s: (it could not be printed)\n" % name, ["%s" % name]
    lines = [line for part in last for line in part.splitlines()]
    first = next((line for line in lines if not line.startswith(" ")), "exception")
    return {"line": first[:_LONGEST], "traceback": text, "causes": [_facts(cause) for cause in _causes(error)]}


def describe_shortage(error):
    """Return what there is to know about memory that ran out outside of the script."""
    return {"line": type(error).__name__, "traceback": "", "causes": [_facts(error)]}


def _causes(error):
    found = []
    while error is not None and len(found) < _DEEPEST and error not in found:
        found.append(error)
        cause = getattr(error, "__cause__", None)
        hidden = getattr(error, "__suppress_context__", False)
        error = cause if cause is not None or hidden else getattr(error, "__context__", None)
    return found


def _facts(error):
    """Return what tells an exception from others: the names of its types, numbers, files."""
    try:
        message = as_text(str(error))[:_LONGEST]
    except Exception:  # in Python 2, text beyond ASCII is one
        message = ""
    facts = {"types": [kind.__name__ for kind in type(error).__mro__], "message": message}
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        facts["errno"] = number
    for name in ("filename", "name"):
        value = getattr(error, name, None)
        if isinstance(value, (bytes, TEXT)):
            facts[name] = as_text(as_native(value))
    return facts


def _users_frames(frames):
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return frames


def _is_ours(name):
    return os.path.abspath(name).startswith(_OURS) or name.startswith("<frozen") or name == "<string>"
