"""How `--fix` rewrites what Python's standard library no longer has, with the imports that this needs.

Each way returns edits, or none if the place is not simple enough for it: then a person must decide.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from blobprep.lint.findings import Edit
from blobprep.lint.walk import Context

__all__ = ["GONE_NAMES", "PYTHON_REWRITES", "add_import", "rewrite_builtin", "rewrite_gone_import", "use_cmp_to_key"]

_Edits = tuple[Edit, ...]
_SIMPLE: Final = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)

GONE_NAMES: Final[Mapping[str, str]] = {
    "itertools.ifilter": "filter",
    "itertools.imap": "map",
    "itertools.izip": "zip",
    "string.atof": "float",
    "string.atoi": "int",
    "string.maketrans": "str.maketrans",
}
"""What an imported name can be set to, where it can no longer be imported."""


def add_import(statement: str, context: Context) -> _Edits:
    """Return the edit that imports something at the top of a file; none if the file does so already.

    Args:
        statement: the import.
        context: the position of the walk.
    """
    top = context.parents[0]
    assert isinstance(top, ast.Module)
    if any(isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) == statement for node in top.body):
        return ()
    rest = [node for index, node in enumerate(top.body) if not _is_first(node, index)]
    if not rest:
        return ()
    line = min([rest[0].lineno, *(decorator.lineno for decorator in getattr(rest[0], "decorator_list", ()))])
    end = "\r\n" if b"\r\n" in context.source.data else "\n"
    start = context.source.starts[line - 1]
    return (Edit(start, start, f"{statement}{end}"),)


def _is_first(node: ast.stmt, index: int) -> bool:
    """Return whether a statement must stay at the top: a docstring, or an import from the future."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def rewrite_gone_import(node: ast.ImportFrom, context: Context) -> _Edits:
    """Return the edits for `from itertools import izip`: the names are set to what does the same."""
    names = [(alias.asname or alias.name, GONE_NAMES.get(f"{node.module}.{alias.name}")) for alias in node.names]
    if not all(new for _, new in names):
        return ()
    targets, values = (", ".join(str(pair[side]) for pair in names) for side in (0, 1))
    return (Edit(context.start(node), context.end(node), f"{targets} = {values}"),)


def use_cmp_to_key(keyword: ast.keyword, call: ast.Call, context: Context) -> _Edits:
    """Return the edits for `sorted(values, cmp=compare)`."""
    if any(other.arg == "key" for other in call.keywords):
        return ()
    value = keyword.value
    return (
        Edit(context.start(keyword), context.start(value), "key=functools.cmp_to_key("),
        Edit(context.end(value), context.end(value), ")"),
        *add_import("import functools", context),
    )


def rewrite_builtin(node: ast.Name, new: str, context: Context) -> _Edits:
    """Return the edits that replace a builtin by another name, which is imported if it has a dot."""
    return _use_imported(node, new, context) if "." in new else _use_other(node, new, context)


def _use_method(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `string.replace(text, "a", "b")` to a method of the text."""
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node or call.keywords or not call.args:
        return ()
    text, *rest = call.args
    if not isinstance(node, ast.Attribute) or not isinstance(text, _SIMPLE):
        return ()
    first = context.start(rest[0]) if rest else context.end(call) - 1
    return (
        Edit(context.start(call), context.start(text), ""),
        Edit(context.end(text), first, f".{node.attr}("),
    )


def _use_join(node: ast.Attribute | ast.Name, _: str, context: Context) -> _Edits:
    """Rewrite `string.join(words, ", ")`; the separator was a space."""
    call = context.parent
    if not isinstance(call, ast.Call) or call.func is not node or call.keywords or len(call.args) not in (1, 2):
        return ()
    separator = call.args[1] if len(call.args) == 2 else None
    if separator is not None and not isinstance(separator, _SIMPLE):
        return ()
    shown = "' '" if separator is None else context.text(separator)
    words = call.args[0]
    return (
        Edit(context.start(call), context.start(words), f"{shown}.join("),
        Edit(context.end(words), context.end(call), ")"),
    )


def _use_other(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    return (Edit(context.start(node), context.end(node), new),)


def _use_imported(node: ast.Attribute | ast.Name, new: str, context: Context) -> _Edits:
    """Replace a name by one that must be imported: `functools.reduce`."""
    module = new.rpartition(".")[0]
    return (*_use_other(node, new, context), *add_import(f"import {module}", context))


def _use_last_of(node: ast.Attribute | ast.Name, module: str, context: Context) -> _Edits:
    """Replace a name by the one of the same name in another module: `urllib.parse.quote`."""
    return _use_imported(node, f"{module}.{node.attr}", context) if isinstance(node, ast.Attribute) else ()


PYTHON_REWRITES: Final[Mapping[str, Callable[[ast.Attribute | ast.Name, str, Context], _Edits]]] = {
    "join": _use_join,
    "last-of": _use_last_of,
    "string-method": _use_method,
    "imported": _use_imported,
}
