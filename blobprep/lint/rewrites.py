"""How `--fix` rewrites what was removed. `REWRITES` has one row for each way to rewrite a name in an expression.

Each way returns edits, or none if the place is not simple enough for it: then a person must decide.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from blobprep.lint.findings import Edit
from blobprep.lint.indexers import indexer_for
from blobprep.lint.removed_learning import MOVED_TO_MODEL_SELECTION
from blobprep.lint.rewrites_frames import FRAME_REWRITES
from blobprep.lint.rewrites_python import GONE_NAMES, PYTHON_REWRITES, rewrite_gone_import
from blobprep.lint.walk import Context

__all__ = ["OTHER_WAYS", "REWRITES", "rewrite_argument", "rewrite_import", "rewrite_name"]

_Edits = tuple[Edit, ...]


def rewrite_name(rewrite: str, node: ast.Attribute | ast.Name, context: Context) -> _Edits:
    """Return the edits that replace a name in an expression."""
    way, _, argument = rewrite.partition(":")
    make = REWRITES.get(way)
    return make(node, argument, context) if make else ()


def rewrite_argument(rewrite: str, keyword: ast.keyword, call: ast.Call, context: Context) -> _Edits:
    """Return the edits that replace an argument of a call."""
    way, _, argument = rewrite.partition(":")
    start = context.start(keyword)
    value = keyword.value
    match way:
        case "keyword" if not any(other.arg == argument for other in call.keywords):
            return (Edit(start, start + len((keyword.arg or "").encode()), argument),)
        case "value":
            return (Edit(context.start(value), context.end(value), repr(argument)),)
        case "drop":
            return _drop_argument(keyword, call, context)
        case "drop-value" if isinstance(value, ast.Constant):
            return (
                (Edit(start, context.end(keyword), argument),)
                if value.value
                else _drop_argument(keyword, call, context)
            )
        case "bad-lines" if keyword.arg == "error_bad_lines" and isinstance(value, ast.Constant):
            if any(other.arg == "warn_bad_lines" for other in call.keywords):
                return ()
            return (
                _drop_argument(keyword, call, context)
                if value.value
                else (Edit(start, context.end(keyword), "on_bad_lines='warn'"),)
            )
        case "fill" if isinstance(call.func, ast.Attribute) and len(call.keywords) == 1 and not call.args:
            return (Edit(context.end(call.func.value), context.end(call), f".{argument}()"),)
        case "axes-3d" if isinstance(call.func, ast.Attribute) and len(call.keywords) == 1 and not call.args:
            new = "subplot" if context.name(call.func).startswith("matplotlib.pyplot.") else "add_subplot"
            return (_replace_last_part(call.func, new, context),)
    return ()


def rewrite_import(
    rewrite: str, node: ast.Import | ast.ImportFrom, alias: ast.alias, gone: str, context: Context
) -> _Edits:
    """Return the edits that replace one name of an import.

    Args:
        rewrite: the row's.
        node: the import.
        alias: the imported name.
        gone: the full name of what was removed: the module, or the name imported from it.
        context: the position of the walk.
    """
    way, _, new = rewrite.partition(":")
    if way == "model-selection":
        return _move_to_model_selection(node, context)
    if isinstance(node, ast.Import):
        if way == "module" and alias.name == gone and (alias.asname or "." not in gone):
            name = alias.asname or gone
            text = new if name == new else f"{new} as {name}"
            return (Edit(context.start(alias), context.end(alias), text),)
    elif f"{node.module}.{alias.name}" in GONE_NAMES and not node.level:
        return rewrite_gone_import(node, context)
    elif way == "name" and new and f"{node.module}.{alias.name}" == gone and len(node.names) == 1 and "." not in new:
        text = f"from {node.module} import {new} as {alias.asname or alias.name}"
        return (Edit(context.start(node), context.end(node), text),)
    elif way == "module" and node.module == gone:
        return _replace_module(node, gone, new, context)
    elif way == "module" and len(node.names) == 1 and f"{node.module}.{alias.name}" == gone:
        return (Edit(context.start(node), context.end(node), _format_import(new, alias)),)
    elif way == "analysis" and len(node.names) == 1 and alias.name in ("LDA", "QDA"):
        text = f"from sklearn.discriminant_analysis import {new} as {alias.asname or alias.name}"
        return (Edit(context.start(node), context.end(node), text),)
    return ()


def _format_import(new: str, alias: ast.alias) -> str:
    """Return an import of a module, or of a name that moved to another module, under its old name."""
    parent, _, last = new.rpartition(".")
    name = alias.asname or alias.name
    if last != alias.name and parent:
        moved = f"from {new} import {alias.name}"
        return moved if not alias.asname else f"{moved} as {alias.asname}"
    return f"import {new}" if name == new else f"import {new} as {name}"


def _replace_module(node: ast.ImportFrom, old: str, new: str, context: Context) -> _Edits:
    """Replace the module after `from`, whatever the spacing."""
    start = context.start(node)
    index = context.source.data.find(old.encode(), start + len("from"), context.end(node))
    return () if index < 0 else (Edit(index, index + len(old.encode()), new),)


def _move_to_model_selection(node: ast.Import | ast.ImportFrom, context: Context) -> _Edits:
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return ()
    if node.module != "sklearn":
        names = {alias.name for alias in node.names}
        moved = names <= MOVED_TO_MODEL_SELECTION
        return _replace_module(node, node.module, "sklearn.model_selection", context) if moved else ()
    (alias, *others) = node.names
    name = alias.asname or alias.name
    if others or not _find_attributes(name, context) <= MOVED_TO_MODEL_SELECTION:
        return ()
    text = f"from sklearn import model_selection as {name}"
    return (Edit(context.start(node), context.end(node), text),)


def _find_attributes(name: str, context: Context) -> set[str]:
    """Return the attributes that a file uses of a module, given the name under which it imports it."""
    top = context.parents[0] if context.parents else None
    assert isinstance(top, ast.Module)
    found = context.memory.get("attributes")
    if found is None:
        found = context.memory["attributes"] = {}
        for node in ast.walk(top):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.setdefault(node.value.id, set()).add(node.attr)
    return found.get(name, set())  # type: ignore[no-any-return]


def _replace_last_part(node: ast.Attribute, new: str, context: Context) -> Edit:
    end = context.end(node)
    return Edit(end - len(node.attr.encode()), end, new)


def _rename(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    return (_replace_last_part(node, new, context),) if isinstance(node, ast.Attribute) else ()


def _rename_bare_call(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    """Rename a method if it is called without arguments, since arguments would mean something else."""
    call = context.parent
    bare = isinstance(call, ast.Call) and call.func is node and not call.args and not call.keywords
    return _rename(node, new, context) if bare else ()


def _replace_text(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    return (Edit(context.start(node), context.end(node), new),) if isinstance(node, ast.Attribute) else ()


def _replace_call(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node:
        return ()
    return (Edit(context.start(call), context.end(call), new),)


def _replace_statement(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Replace a call that is a whole statement by `pass`."""
    expression = context.parents[-2] if len(context.parents) > 1 else None
    call = context.parent
    if not isinstance(expression, ast.Expr) or not isinstance(call, ast.Call):
        return ()
    return (Edit(context.start(expression), context.end(expression), "pass"),)


def _use_item(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node or len(call.args) != 1 or call.keywords:
        return ()
    (array,) = call.args
    simple = isinstance(array, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    before, behind = ("", ".item()") if simple else ("(", ").item()")
    return (
        Edit(context.start(call), context.start(array), before),
        Edit(context.end(array), context.end(call), behind),
    )


def _use_rolling(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `pd.rolling_mean(series, 3)`."""
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node or len(call.args) != 2 or call.keywords:
        return ()
    values, window = call.args
    if not isinstance(values, ast.Name | ast.Attribute | ast.Subscript | ast.Call) or not isinstance(
        node, ast.Attribute
    ):
        return ()
    return (
        Edit(context.start(call), context.start(values), ""),
        Edit(context.end(values), context.start(window), ".rolling("),
        Edit(context.end(call), context.end(call), f".{node.attr.removeprefix('rolling_')}()"),
    )


def _use_builtin(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    return _replace_text(node, node.attr.removeprefix("i") if isinstance(node, ast.Attribute) else "", context)


def _drop_argument(keyword: ast.keyword, call: ast.Call, context: Context) -> _Edits:
    """Remove an argument and its comma."""
    parts: list[ast.expr | ast.keyword] = sorted([*call.args, *call.keywords], key=context.start)
    index = parts.index(keyword)
    if len(parts) == 1:
        return (Edit(context.start(keyword), context.end(keyword), ""),)
    if index:
        return (Edit(context.end(parts[index - 1]), context.end(keyword), ""),)
    return (Edit(context.start(keyword), context.start(parts[1]), ""),)


def _use_indexer(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    new = indexer_for(node, context) if isinstance(node, ast.Attribute) else ""
    return _rename(node, new, context) if new else ()


REWRITES: Final[Mapping[str, Callable[[ast.Attribute | ast.Name, str, Context], _Edits]]] = {
    **FRAME_REWRITES,
    **PYTHON_REWRITES,
    "name": _rename,
    "bare-name": _rename_bare_call,
    "text": _replace_text,
    "call": _replace_call,
    "statement": _replace_statement,
    "item": _use_item,
    "window": _use_rolling,
    "iterator": _use_builtin,
    "ix": _use_indexer,
}

OTHER_WAYS: Final = frozenset(
    {
        "analysis",
        "axes-3d",
        "bad-lines",
        "drop",
        "drop-value",
        "fill",
        "keyword",
        "model-selection",
        "module",
        "value",
    }
)
"""The ways to rewrite arguments and imports."""
