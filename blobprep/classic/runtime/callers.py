"""The script that reaches for a name: which frame it is, and whether it is prepared for the name to be missing.

A name is restored for the script and its modules alone. The libraries that are installed look for old names too, to
find out which version they meet; for them a name that is missing stays missing. So it does for a script that asks
whether it is there, or catches the error by its name: it works as it is.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import linecache
import os
import site
import sys
import sysconfig
from types import FrameType
from typing import Final

__all__ = ["calling_frame", "importing_frame", "is_prepared", "outer_frame", "prepared_for", "script_frame"]

_PACKAGE: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_RUNTIME: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_BETWEEN: Final = frozenset(
    os.path.join(_RUNTIME, name)
    for name in ("cleared_axes.py", "columns_written.py", "defaults_of_then.py", "screens.py", "silent_defaults.py")
)
"""Files whose functions stand before others of the same name, and call them for the script."""
_HOUSE: Final = os.path.join(os.path.dirname(os.path.dirname(_PACKAGE)), "")
_ANY: Final = frozenset({"Exception", "BaseException", ""})


@functools.cache
def _library_folders() -> tuple[str, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {sysconfig.get_path(name) for name in names} | {*site.getsitepackages(), site.getusersitepackages()}
    found = {os.path.join(spelled, "") for folder in folders for spelled in (folder, os.path.realpath(folder))}
    return ("<frozen ", *sorted(found))


def outer_frame() -> FrameType:
    """Return the frame that called the function that asks."""
    return sys._getframe(2)


def script_frame(frame: FrameType | None) -> FrameType | None:
    """Return the frame of the script that is reached through this package; None if a library is what reaches."""
    while frame is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith((*_library_folders(), _HOUSE)):
        return None
    return frame


def calling_frame(frame: FrameType | None, *, through_libraries: bool = False) -> FrameType | None:
    """Return the frame of the script that calls a function; None if a library does, or this package itself.

    Args:
        frame: of the caller.
        through_libraries: whether the script may have called a library that calls.
    """
    while frame is not None and frame.f_code.co_filename in _BETWEEN:
        frame = frame.f_back
    if frame is not None and frame.f_code.co_filename.startswith(_RUNTIME):
        return None
    found = script_frame(frame)
    while through_libraries and found is None and frame is not None:
        frame = frame.f_back
        found = script_frame(frame)
    return found


def importing_frame(frame: FrameType | None) -> FrameType | None:
    """Return the frame of the script that imports; None if it is a library that does."""
    while frame is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib") or frame.f_code.co_filename == importlib.__file__
    ):
        frame = frame.f_back
        while frame is not None and _is_ours(frame.f_code.co_filename):
            frame = frame.f_back
    return script_frame(frame)


def is_prepared(frame: FrameType, name: str, error: type[Exception]) -> bool:
    """Tell whether a line of a script is prepared for an error: it asks for the name, or catches the error.

    Args:
        frame: of the script, at the line.
        name: the name that is reached for.
        error: what is raised without it.
    """
    text = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    return bool(text) and prepared_for(text, frame.f_lineno, name, tuple(kind.__name__ for kind in error.__mro__))


@functools.lru_cache(maxsize=4096)
def prepared_for(text: str, line: int, name: str, error: tuple[str, ...]) -> bool:
    """Tell it of a line of a text, as `is_prepared` does; the error by its name and those of its kinds."""
    tries, questions = _read(text)
    if any(first <= line <= last and asked in (name, None) for first, last, asked in questions):
        return True
    wanted = {*error} - _ANY - {"object"}
    for first, last, caught, is_attempt in tries:
        if first <= line <= last and (caught & wanted or (is_attempt and caught & _ANY)):
            return True
    return False


@functools.lru_cache(maxsize=64)
def _read(
    text: str,
) -> tuple[tuple[tuple[int, int, frozenset[str], bool], ...], tuple[tuple[int, int, str | None], ...]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (), ()
    tries, questions = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers:
            last = node.body[-1].end_lineno or node.body[-1].lineno
            tries.append((node.body[0].lineno, last, frozenset(_caught(node)), _is_attempt(node.body)))
        elif isinstance(node, ast.Call) and _is_question(node):
            asked = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
            questions.append((node.lineno, node.end_lineno or node.lineno, str(asked) if asked else None))
    return tuple(tries), tuple(questions)


def _is_attempt(body: list[ast.stmt]) -> bool:
    """Tell whether a `try` is for what it attempts: one plain statement, or imports. Then any handler is prepared."""
    if all(isinstance(row, ast.Import | ast.ImportFrom | ast.Assign | ast.Pass) for row in body):
        return len(body) == 1 or any(isinstance(row, ast.Import | ast.ImportFrom) for row in body)
    return len(body) == 1 and isinstance(body[0], ast.Expr | ast.AugAssign | ast.AnnAssign | ast.Return)


def _is_question(node: ast.Call) -> bool:
    """Tell whether a call asks whether a name is there: `hasattr`, or `getattr` with a default."""
    if not isinstance(node.func, ast.Name) or len(node.args) < 2:
        return False
    return node.func.id == "hasattr" or (node.func.id == "getattr" and len(node.args) == 3)


def _caught(node: ast.Try) -> list[str]:
    names: list[str] = []
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for kind in kinds:
            name = "" if kind is None else kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "?")
            found = getattr(builtins, name, None) if name else None
            # The error that is raised may be a kind of the one that is caught: LookupError for KeyError.
            names.append(found.__name__ if isinstance(found, type) else name)
    return names


def _is_ours(filename: str) -> bool:
    return filename.startswith(_PACKAGE)
