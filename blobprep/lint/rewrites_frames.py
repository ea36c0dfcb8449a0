"""How `--fix` rewrites methods of frames: as_matrix, append, sort.

Each way returns edits, or none if the place is not simple enough for it: then a person must decide.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from blobprep.lint.findings import Edit
from blobprep.lint.walk import Context

__all__ = ["FRAME_REWRITES"]

_Edits = tuple[Edit, ...]
_READING: Final = frozenset({"dtype", "max", "mean", "min", "ndim", "shape", "size", "std", "sum", "tolist"})
"""What is asked of an array without a way to write to it."""


def _use_array(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `frame.as_matrix()`, whose array could be written to: as a copy unless it is only read."""
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node or call.keywords or len(call.args) > 1:
        return ()
    user = context.parents[-2]
    read = isinstance(user, ast.BinOp | ast.Compare | ast.UnaryOp | ast.Expr)
    if isinstance(user, ast.Attribute):
        read = user.attr in _READING
    made = f".to_numpy({'' if read else 'copy=True'})"
    if not isinstance(node, ast.Attribute):
        return ()
    if not call.args:
        return (Edit(context.end(node.value), context.end(call), made),)
    columns = call.args[0]
    return (
        Edit(context.end(node.value), context.start(columns), "["),
        Edit(context.end(columns), context.end(call), f"]{made}"),
    )


def _use_concat(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `frame.append(other)` if other is known to be a frame like this one, or a list of such frames."""
    call = context.parent
    if not isinstance(call, ast.Call) or not isinstance(node, ast.Attribute) or call.func is not node:
        return ()
    pandas = _find_alias("pandas", context)
    known = {"ignore_index", "verify_integrity", "sort"}
    if len(call.args) != 1 or not pandas or not {keyword.arg for keyword in call.keywords} <= known:
        return ()
    (other,) = call.args
    if _is_rows(other, call):
        opening, closing = ("", "") if isinstance(other, ast.List) else ("[", "]")
        return (
            Edit(context.start(call), context.start(call), f"{pandas}.concat(["),
            Edit(context.end(node.value), context.start(other), f", {pandas}.DataFrame({opening}"),
            Edit(context.end(other), context.end(other), f"{closing})]"),
        )
    listed = isinstance(other, ast.List)
    others = other.elts if isinstance(other, ast.List) else [other]
    # Not for a row given as a series or dict: concat would treat it as a column.
    if not others or any(context.name(frame) != context.name(node.value) for frame in others):
        return ()
    inner = (context.start(other) + 1, context.end(other) - 1) if listed else (context.start(other), context.end(other))
    return (
        Edit(context.start(call), context.start(call), f"{pandas}.concat(["),
        Edit(context.end(node.value), inner[0], ", "),
        Edit(inner[1], context.end(other), "]"),
    )


def _is_rows(other: ast.expr, call: ast.Call) -> bool:
    """Return whether rows are appended that are written out as dicts; one alone needs `ignore_index=True`."""
    if isinstance(other, ast.List):
        return bool(other.elts) and all(isinstance(row, ast.Dict) for row in other.elts)
    renumbered = any(
        keyword.arg == "ignore_index" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )
    return isinstance(other, ast.Dict) and renumbered


def _find_alias(module: str, context: Context) -> str:
    """Return the name under which a module is imported, empty if it is not."""
    scope = context.scope
    while scope.outer is not None:
        scope = scope.outer
    names = [name for name, meaning in scope.meanings.items() if meaning == module]
    return next((name for name in names if context.scope.meaning(name) == module), "")


def _use_sort_values(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `frame.sort(columns=…)`; without columns it sorted by the index."""
    call = context.parent
    if not isinstance(call, ast.Call) or not isinstance(node, ast.Attribute) or call.func is not node:
        return ()
    columns = next((keyword for keyword in call.keywords if keyword.arg == "columns"), None)
    if columns is not None and not call.args:
        start = context.start(columns)
        return (_replace_last_part(node, "sort_values", context), Edit(start, start + len("columns"), "by"))
    if columns is None and len(call.args) == 1:
        return (_replace_last_part(node, "sort_values", context),)
    if columns is None and not call.args:
        return (_replace_last_part(node, "sort_index", context),)
    return ()


def _replace_last_part(node: ast.Attribute, new: str, context: Context) -> Edit:
    end = context.end(node)
    return Edit(end - len(node.attr.encode()), end, new)


FRAME_REWRITES: Final[Mapping[str, Callable[[ast.Attribute | ast.Name, str, Context], _Edits]]] = {
    "array": _use_array,
    "concat": _use_concat,
    "sort": _use_sort_values,
}
