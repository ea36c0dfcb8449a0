"""How `--fix` rewrites what was removed. A way of rewriting is one row of `REWRITES`.

Each returns edits, or none where the place is not as simple as its way needs it: then a person decides.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from blobprep.lint.findings import Edit
from blobprep.lint.indexers import indexer_for
from blobprep.lint.removed_learning import MOVED_TO_MODEL_SELECTION
from blobprep.lint.walk import Context

__all__ = ["OTHER_WAYS", "REWRITES", "rewritten", "rewritten_argument", "rewritten_import"]

_Edits = tuple[Edit, ...]


def rewritten(rewrite: str, node: ast.Attribute | ast.Name, context: Context) -> _Edits:
    """Return the edits for a name in an expression."""
    way, _, argument = rewrite.partition(":")
    make = REWRITES.get(way)
    return make(node, argument, context) if make else ()


def rewritten_argument(rewrite: str, keyword: ast.keyword, call: ast.Call, context: Context) -> _Edits:
    """Return the edits for an argument of a call."""
    way, _, argument = rewrite.partition(":")
    start = context.start(keyword)
    value = keyword.value
    match way:
        case "keyword" if not any(each.arg == argument for each in call.keywords):
            return (Edit(start, start + len((keyword.arg or "").encode()), argument),)
        case "value":
            return (Edit(context.start(value), context.end(value), repr(argument)),)
        case "drop":
            return _dropped(keyword, call, context)
        case "drop-value" if isinstance(value, ast.Constant):
            return (Edit(start, context.end(keyword), argument),) if value.value else _dropped(keyword, call, context)
        case "bad-lines" if keyword.arg == "error_bad_lines" and isinstance(value, ast.Constant):
            if any(each.arg == "warn_bad_lines" for each in call.keywords):
                return ()
            return (
                _dropped(keyword, call, context)
                if value.value
                else (Edit(start, context.end(keyword), "on_bad_lines='warn'"),)
            )
        case "fill" if isinstance(call.func, ast.Attribute) and len(call.keywords) == 1 and not call.args:
            return (Edit(context.end(call.func.value), context.end(call), f".{argument}()"),)
        case "axes-3d" if isinstance(call.func, ast.Attribute) and len(call.keywords) == 1 and not call.args:
            new = "subplot" if context.name(call.func).startswith("matplotlib.pyplot.") else "add_subplot"
            return (_last_part(call.func, new, context),)
    return ()


def rewritten_import(
    rewrite: str, node: ast.Import | ast.ImportFrom, alias: ast.alias, gone: str, context: Context
) -> _Edits:
    """Return the edits for one name of an import.

    Args:
        rewrite: of the row.
        node: the import.
        alias: the name.
        gone: the full name of what is gone: the module, or what is imported from it.
        context: where it stands.
    """
    way, _, new = rewrite.partition(":")
    if way == "model-selection":
        return _to_model_selection(node, context)
    if isinstance(node, ast.Import):
        if way == "module" and alias.name == gone and (alias.asname or "." not in gone):
            name = alias.asname or gone
            text = new if name == new else f"{new} as {name}"
            return (Edit(context.start(alias), context.end(alias), text),)
    elif way == "module" and node.module == gone:
        return _module_named(node, gone, new, context)
    elif way == "module" and len(node.names) == 1 and f"{node.module}.{alias.name}" == gone:
        return (Edit(context.start(node), context.end(node), _import_of(new, alias)),)
    elif way == "analysis" and len(node.names) == 1 and alias.name in ("LDA", "QDA"):
        text = f"from sklearn.discriminant_analysis import {new} as {alias.asname or alias.name}"
        return (Edit(context.start(node), context.end(node), text),)
    return ()


def _import_of(new: str, alias: ast.alias) -> str:
    """Return the import that gives a module, or what moved with its name, the name it had."""
    parent, _, last = new.rpartition(".")
    name = alias.asname or alias.name
    if last != alias.name and parent:
        moved = f"from {new} import {alias.name}"
        return moved if not alias.asname else f"{moved} as {alias.asname}"
    return f"import {new}" if name == new else f"import {new} as {name}"


def _module_named(node: ast.ImportFrom, old: str, new: str, context: Context) -> _Edits:
    """Replace the module of a `from`, wherever spaces stand."""
    start = context.start(node)
    index = context.source.data.find(old.encode(), start + len("from"), context.end(node))
    return () if index < 0 else (Edit(index, index + len(old.encode()), new),)


def _to_model_selection(node: ast.Import | ast.ImportFrom, context: Context) -> _Edits:
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return ()
    if node.module != "sklearn":
        names = {alias.name for alias in node.names}
        moved = names <= MOVED_TO_MODEL_SELECTION
        return _module_named(node, node.module, "sklearn.model_selection", context) if moved else ()
    (alias, *others) = node.names
    name = alias.asname or alias.name
    if others or not _attributes_of(name, context) <= MOVED_TO_MODEL_SELECTION:
        return ()
    text = f"from sklearn import model_selection as {name}"
    return (Edit(context.start(node), context.end(node), text),)


def _attributes_of(name: str, context: Context) -> set[str]:
    """Return what a file uses of a module, by the name it imported it under."""
    top = context.parents[0] if context.parents else None
    assert isinstance(top, ast.Module)
    nodes = [each for each in ast.walk(top) if isinstance(each, ast.Attribute)]
    return {each.attr for each in nodes if isinstance(each.value, ast.Name) and each.value.id == name}


def _last_part(node: ast.Attribute, new: str, context: Context) -> Edit:
    end = context.end(node)
    return Edit(end - len(node.attr.encode()), end, new)


def _name(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    return (_last_part(node, new, context),) if isinstance(node, ast.Attribute) else ()


def _bare_name(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    """Rename a method that is called without arguments: those of the old one meant something else."""
    call = context.parent
    bare = isinstance(call, ast.Call) and call.func is node and not call.args and not call.keywords
    return _name(node, new, context) if bare else ()


def _text(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    return (Edit(context.start(node), context.end(node), new),) if isinstance(node, ast.Attribute) else ()


def _call(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node:
        return ()
    return (Edit(context.start(call), context.end(call), new),)


def _statement(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Replace a call that is a statement by one that does nothing."""
    expression = context.parents[-2] if len(context.parents) > 1 else None
    call = context.parent
    if not isinstance(expression, ast.Expr) or not isinstance(call, ast.Call):
        return ()
    return (Edit(context.start(expression), context.end(expression), "pass"),)


def _item(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
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


def _window(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
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


def _iterator(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    return _text(node, node.attr.removeprefix("i") if isinstance(node, ast.Attribute) else "", context)


def _concat(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `frame.append(other)` where other is known to be a frame, or a list."""
    call = context.parent
    if not isinstance(call, ast.Call) or not isinstance(node, ast.Attribute) or call.func is not node:
        return ()
    pandas = _alias_of("pandas", context)
    known = {"ignore_index", "verify_integrity", "sort"}
    if len(call.args) != 1 or not pandas or not {each.arg for each in call.keywords} <= known:
        return ()
    (other,) = call.args
    listed = isinstance(other, ast.List)
    others = other.elts if isinstance(other, ast.List) else [other]
    # A row given as a series or dict is another matter: concat would take it for a column.
    if not others or any(context.name(each) != context.name(node.value) for each in others):
        return ()
    inner = (context.start(other) + 1, context.end(other) - 1) if listed else (context.start(other), context.end(other))
    return (
        Edit(context.start(call), context.start(call), f"{pandas}.concat(["),
        Edit(context.end(node.value), inner[0], ", "),
        Edit(inner[1], context.end(other), "]"),
    )


def _alias_of(module: str, context: Context) -> str:
    """Return the name under which a module is at hand, empty where it is not."""
    scope = context.scope
    while scope.outer is not None:
        scope = scope.outer
    names = [name for name, meaning in scope.meanings.items() if meaning == module]
    return next((name for name in names if context.scope.meaning(name) == module), "")


def _sort(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `frame.sort(columns=…)`; without columns it sorted by the index."""
    call = context.parent
    if not isinstance(call, ast.Call) or not isinstance(node, ast.Attribute) or call.func is not node:
        return ()
    columns = next((each for each in call.keywords if each.arg == "columns"), None)
    if columns is not None and not call.args:
        start = context.start(columns)
        return (_last_part(node, "sort_values", context), Edit(start, start + len("columns"), "by"))
    if columns is None and len(call.args) == 1:
        return (_last_part(node, "sort_values", context),)
    if columns is None and not call.args:
        return (_last_part(node, "sort_index", context),)
    return ()


def _dropped(keyword: ast.keyword, call: ast.Call, context: Context) -> _Edits:
    """Take an argument out, with the comma that belongs to it."""
    parts: list[ast.expr | ast.keyword] = sorted([*call.args, *call.keywords], key=context.start)
    index = parts.index(keyword)
    if len(parts) == 1:
        return (Edit(context.start(keyword), context.end(keyword), ""),)
    if index:
        return (Edit(context.end(parts[index - 1]), context.end(keyword), ""),)
    return (Edit(context.start(keyword), context.start(parts[1]), ""),)


def _ix(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    new = indexer_for(node, context) if isinstance(node, ast.Attribute) else ""
    return _name(node, new, context) if new else ()


REWRITES: Final[Mapping[str, Callable[[ast.Attribute | ast.Name, str, Context], _Edits]]] = {
    "name": _name,
    "bare-name": _bare_name,
    "text": _text,
    "call": _call,
    "statement": _statement,
    "item": _item,
    "window": _window,
    "iterator": _iterator,
    "concat": _concat,
    "sort": _sort,
    "ix": _ix,
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
"""Ways of arguments and imports."""
