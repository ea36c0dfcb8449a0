"""What a translated module finds among its builtins: the helpers that its operators call, and Python 2's own names."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import sys
from types import CodeType, FrameType
from typing import Any, Final

from blobprep.classic.python2 import operators, ordering
from blobprep.classic.python2.attributes import attribute
from blobprep.classic.python2.builtins import BUILTINS, to_str, to_unicode
from blobprep.classic.python2.classes import exception, finish_class
from blobprep.classic.python2.errors import Python2Error, users_line
from blobprep.classic.python2.files import lines_of
from blobprep.classic.python2.modules import import_module
from blobprep.classic.python2.printing import PrintStatement
from blobprep.classic.python2.rendering import render
from blobprep.classic.python2.text import ByteString, NativeText
from blobprep.classic.python2.translation import translate
from blobprep.lint import read_source

__all__ = ["make_builtins"]


def _print_function(*items: Any, **options: Any) -> None:
    print(*map(render, items), **options)  # noqa: T201


def _bytes(data: bytes, encoding: str) -> Any:
    try:
        return NativeText(data, encoding)
    except UnicodeDecodeError:
        return ByteString(data)


@functools.lru_cache(maxsize=256)
def _compile_text(text: str, name: str, mode: str) -> CodeType:
    tree: Any = translate(read_source(name, text.lstrip(" \t").encode() if mode == "eval" else text.encode())).tree
    if mode == "eval":
        (statement,) = tree.body
        tree = ast.Expression(statement.value)
    return compile(tree, name, mode, dont_inherit=True)


def _compile(source: Any, filename: str, mode: str, *args: Any, **options: Any) -> Any:
    if isinstance(source, str):
        return _compile_text(source, filename, mode)
    return builtins.compile(source, filename, mode, *args, **options)


def _caller() -> FrameType:
    return sys._getframe(2)


def _eval(source: Any, names: Any = None, local: Any = None) -> Any:
    caller = _caller()
    code = _compile_text(source, "<string>", "eval") if isinstance(source, str) else source
    if names is None:
        names, local = caller.f_globals, caller.f_locals
    names.setdefault("__builtins__", caller.f_builtins)
    return eval(code, names, names if local is None else local)  # noqa: S307


def _exec(source: Any, names: Any = None, local: Any = None) -> None:
    caller = _caller()
    if isinstance(source, tuple):
        source, names, local = (*source, None, None)[:3]
    code = _compile_text(source, "<string>", "exec") if isinstance(source, str) else source
    if names is None:
        names, local = caller.f_globals, caller.f_locals
        if caller.f_code.co_flags & inspect.CO_OPTIMIZED and _binds(code):
            raise Python2Error(
                f"{users_line()}exec in a function binds names, which do not become variables of the function in "
                "Python 3; write: exec code in names"
            )
    names.setdefault("__builtins__", caller.f_builtins)
    exec(code, names, names if local is None else local)  # noqa: S102


def _binds(code: CodeType) -> bool:
    import dis

    return any(step.opname.startswith(("STORE_NAME", "IMPORT_STAR")) for step in dis.get_instructions(code))


def _execfile(path: str, names: Any = None, local: Any = None) -> None:
    caller = _caller()
    with open(path, "rb") as file:
        code = compile(translate(read_source(path, file.read())).tree, path, "exec", dont_inherit=True)
    if names is None:
        names, local = caller.f_globals, caller.f_locals
    names.setdefault("__builtins__", caller.f_builtins)
    exec(code, names, names if local is None else local)  # noqa: S102


_HELPERS: Final[dict[str, Any]] = {
    "attribute": attribute,
    "bytes": _bytes,
    "class": finish_class,
    "div": operators.div,
    "exception": exception,
    "greater": ordering.greater,
    "greater_equal": ordering.greater_equal,
    "idiv": operators.idiv,
    "idiv_attribute": operators.idiv_attribute,
    "idiv_item": operators.idiv_item,
    "less": ordering.less,
    "less_equal": ordering.less_equal,
    "lines": lines_of,
    "mod": operators.mod,
    "print": PrintStatement,
    "print_function": _print_function,
    "slice": slice,
    "str": to_str,
    "unicode": to_unicode,
}
_COMPILING: Final[dict[str, Any]] = {"compile": _compile, "eval": _eval, "exec": _exec, "execfile": _execfile}


def make_builtins() -> dict[str, Any]:
    """Return the builtins of a translated module."""
    helpers = {f"__py2_{name}__": helper for name, helper in _HELPERS.items()}
    return {**vars(builtins), **BUILTINS, **_COMPILING, **helpers, "__import__": import_module}
