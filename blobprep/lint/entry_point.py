"""Rules about the entry point: it exists, takes the connected datasets, and returns a frame."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Finding
from blobprep.lint.known_values import FRAME
from blobprep.lint.scopes import bound_names
from blobprep.lint.walk import ENTRY_POINT, Context

__all__ = ["check_arity", "check_definition", "check_exit", "check_return", "check_returns_value"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SIGNATURE: Final = f"def {ENTRY_POINT}(dataframe1=None, dataframe2=None):"
_NO_FRAMES: Final = (ast.Dict, ast.JoinedStr, ast.Set, ast.Lambda)
_ENDINGS: Final = frozenset({"sys.exit", "os._exit"})


def check_definition(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find scripts that do not define the entry point."""
    assert isinstance(node, ast.Module)
    bound = bound_names(node.body)
    defined = [inner for inner in node.body if isinstance(inner, _Function) and inner.name == ENTRY_POINT]
    if context.is_script and len(defined) > 1:
        message = f"{ENTRY_POINT} is defined {len(defined)} times; the last one counts"
        yield context.finding("BP707", defined[-1], message, "remove the others")
    if not context.is_script or ENTRY_POINT in bound:
        return
    if any(isinstance(inner, ast.ImportFrom) and inner.names[0].name == "*" for inner in ast.walk(node)):
        return  # the entry point may come from that module
    near = difflib.get_close_matches(ENTRY_POINT, bound, 1, 0.6)
    message = f"the script does not define a function {ENTRY_POINT}"
    remedy = f"rename {near[0]} to {ENTRY_POINT}" if near else f"define it: {_SIGNATURE}"
    yield Finding("BP701", context.source.path, 0, 0, 0, message, remedy)


def check_arity(node: ast.AST, context: Context, connected: int | None) -> Iterator[Finding]:
    """Compare the parameters of the entry point with the number of connected datasets, None if that is not known."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if not _is_entry(node, context):
        return
    given = node.args
    most = len(given.posonlyargs) + len(given.args)
    least = most - len(given.defaults)
    unfilled = [
        argument.arg for argument, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value is None
    ]
    if unfilled:
        message = f"{ENTRY_POINT} needs {', '.join(unfilled)} by name, but datasets are passed by position"
        yield context.finding("BP702", node, message, f"write: {_SIGNATURE}")
    elif least > 2:
        message = f"{ENTRY_POINT} needs {least} arguments, but at most two datasets can be connected"
        yield context.finding("BP702", node, message, f"write: {_SIGNATURE}")
    elif connected is not None and connected < least:
        message = f"{ENTRY_POINT} needs {least} dataset{'s' if least > 1 else ''}, but {_count(connected)} connected"
        yield context.finding("BP702", node, message, f"connect more, or write: {_SIGNATURE}")
    elif connected is not None and connected > most and given.vararg is None:
        message = (
            f"{ENTRY_POINT} takes {most or 'no'} dataset{'' if most == 1 else 's'}, but {_count(connected)} connected"
        )
        yield context.finding("BP702", node, message, f"connect fewer, or write: {_SIGNATURE}")


def _count(connected: int) -> str:
    return "none is" if not connected else "1 is" if connected == 1 else f"{connected} are"


def _is_entry(node: ast.AST, context: Context) -> bool:
    named = isinstance(node, _Function) and node.name == ENTRY_POINT
    return named and context.is_script and all(isinstance(parent, ast.Module | ast.If) for parent in context.parents)


def check_returns_value(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find entry points that never return a value, or do not return one when called."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if not _is_entry(node, context):
        return
    own = list(_own_nodes(node))
    if isinstance(node, ast.AsyncFunctionDef) or any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in own):
        message = f"{ENTRY_POINT} returns a generator or coroutine, not a frame"
        yield context.finding("BP704", node, message, "write a plain function that returns a frame")
        return
    values = [inner.value for inner in own if isinstance(inner, ast.Return) and not _is_none(inner.value)]
    raises = isinstance(node.body[-1], ast.Raise)
    if not values and not raises:
        message = f"{ENTRY_POINT} returns nothing"
        yield context.finding("BP703", node, message, "end it with: return dataframe1,")


def _own_nodes(function: _Function) -> Iterator[ast.AST]:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def check_return(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find return statements of the entry point that certainly do not return a frame."""
    assert isinstance(node, ast.Return)
    if not _in_entry(context) or node.value is None:
        return
    value = node.value
    first = value.elts[0] if isinstance(value, ast.Tuple | ast.List) and value.elts else value
    shown = context.text(value)[:60]
    if isinstance(value, ast.Tuple | ast.List) and not value.elts:
        yield context.finding("BP704", node, "an empty sequence is returned", "return a frame: return dataframe1,")
    elif isinstance(first, _NO_FRAMES) or (
        isinstance(first, ast.Constant) and not (first is value and first.value is None)
    ):
        yield context.finding("BP704", node, f"{shown} is not a frame", "return a frame: return pd.DataFrame(…),")
    elif _is_in_place(first):
        message = f"{shown} is None: with inplace=True a method changes the frame and returns nothing"
        yield context.finding("BP704", node, message, "remove inplace=True")
    elif isinstance(value, ast.Call) and context.name(value.func) == "numpy.array" and _holds_frame(value, context):
        message = "np.array returns the values of the frame, not a frame"
        yield context.finding("BP704", node, message, "write: return dataframe1,")
    elif isinstance(value, ast.Tuple | ast.List) and len(value.elts) > 1 and context.name(value.elts[1]) == FRAME:
        message = "two frames are returned, and only the first one becomes the results"
        yield context.finding("BP706", node, message, "use --second-output to write the second one too")


def _in_entry(context: Context) -> bool:
    functions = [parent for parent in context.parents if isinstance(parent, _Function | ast.Lambda)]
    return len(functions) == 1 and context.is_script and getattr(functions[0], "name", "") == ENTRY_POINT


def _is_in_place(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    values = (argument.value for argument in node.keywords if argument.arg == "inplace")
    return any(isinstance(value, ast.Constant) and value.value is True for value in values)


def _holds_frame(call: ast.Call, context: Context) -> bool:
    (given, *_) = call.args or (call,)
    return isinstance(given, ast.List | ast.Tuple) and any(context.name(item) == FRAME for item in given.elts)


def check_exit(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find calls that end the interpreter, and so the run."""
    assert isinstance(node, ast.Call)
    path = context.name(node.func)
    plain = node.func.id if isinstance(node.func, ast.Name) else ""
    builtin = plain in ("exit", "quit") and not context.scope.knows(plain)
    if context.is_script and (path in _ENDINGS or builtin) and not _is_main(context):
        message = f"{path or plain}() ends the run without results"
        yield context.finding("BP705", node, message, f"return from {ENTRY_POINT}, or raise an exception")


def _is_main(context: Context) -> bool:
    """Return whether the walk is inside `if __name__ == "__main__":`, which a run skips."""
    tests = (parent.test for parent in context.parents if isinstance(parent, ast.If))
    names = (inner for test in tests for inner in ast.walk(test))
    return any(isinstance(inner, ast.Name) and inner.id == "__name__" for inner in names)
