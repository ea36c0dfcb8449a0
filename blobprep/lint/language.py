"""Rules about code for Python 2 whose syntax is still valid: methods, builtins, division."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.removed_python import BUILTINS, ENCODINGS
from blobprep.lint.rewrites_python import rewrite_builtin, use_cmp_to_key
from blobprep.lint.walk import Context

__all__ = [
    "check_builtin",
    "check_codec",
    "check_division",
    "check_method",
    "check_request_data",
    "check_sort",
    "check_subscript",
]

_ITERATORS: Final = {
    "iteritems": "items",
    "itervalues": "values",
    "iterkeys": "keys",
    "viewitems": "items",
    "viewvalues": "values",
    "viewkeys": "keys",
}
_LAZY: Final = frozenset({"map", "filter", "zip"})
_VIEWS: Final = frozenset({"keys", "values", "items"})
_SENDING: Final = ("urllib.request.Request", "urllib.request.urlopen", "urllib2.Request", "urllib2.urlopen")
_TEXTS: Final = frozenset({"json.dumps", "urllib.urlencode", "urllib.parse.urlencode"})
_SHOWN: Final = 40
_WHOLE: Final = frozenset({"len", "int"})


def check_method(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `has_key`, `iteritems` and `next`."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or node.keywords:
        return
    name, owner = node.func.attr, node.func.value
    if name == "has_key" and len(node.args) == 1:
        yield context.finding(
            "BP112", node, "has_key was removed in Python 3", "write key in mapping", _contains(node, context)
        )
    elif name in _ITERATORS and not node.args and not _is_own(owner) and not context.name(owner).startswith("@pandas."):
        end = context.end(node.func)
        edits = (Edit(end - len(name), end, _ITERATORS[name]),)
        yield context.finding("BP113", node, f"{name} was removed in Python 3", f"write .{_ITERATORS[name]}()", edits)
    elif name == "next" and not node.args and not context.name(owner) and _is_plain(owner):
        around = (
            Edit(context.start(node), context.start(node), "next("),
            Edit(context.end(owner), context.end(node), ")"),
        )
        yield context.finding("BP118", node, "iterators no longer have a method next", "write next(iterator)", around)


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Call) and not _is_own(node)


def _is_own(node: ast.expr) -> bool:
    """Return whether an object is the one whose class defines the method."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _contains(node: ast.Call, context: Context) -> tuple[Edit, ...]:
    """Rewrite `mapping.has_key(key)`, in parentheses if the surrounding operators would bind tighter."""
    assert isinstance(node.func, ast.Attribute)
    (key,) = node.args
    if context.end(key) <= context.start(node.func.value) or not isinstance(
        key, ast.Constant | ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Tuple | ast.BinOp
    ):
        return ()
    loose = isinstance(context.parent, ast.If | ast.While | ast.Assign | ast.Return | ast.BoolOp | ast.Expr)
    mapping, shown = context.text(node.func.value), context.text(key)
    if isinstance(key, ast.Tuple) and not shown.startswith("("):
        return ()
    negated = isinstance(context.parent, ast.UnaryOp) and isinstance(context.parent.op, ast.Not)
    text = f"{shown} in {mapping}"
    return (Edit(context.start(node), context.end(node), text if loose or negated else f"({text})"),)


def check_builtin(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find builtins of Python 2 that the script does not define itself."""
    assert isinstance(node, ast.Name)
    known = BUILTINS.get(node.id)
    if known is None or not isinstance(node.ctx, ast.Load) or context.scope.knows(node.id):
        return
    parent = context.parent
    if node.id == "reload" and isinstance(parent, ast.Call) and parent.args and context.name(parent.args[0]) == "sys":
        edits = _pass(context)
        finding = context.finding("BP114", node, "reload(sys) was for encodings in Python 2", "remove it", edits)
        yield replace(finding, gone="reload")
        return
    called = isinstance(parent, ast.Call) and parent.func is node
    if node.id in ("file", "buffer", "cmp", "apply", "coerce") and not called:
        return  # probably a name that the script sets elsewhere
    edits = rewrite_builtin(node, known[1], context) if known[1] else ()
    finding = context.finding("BP114", node, f"{node.id} was removed in Python 3", f"write {known[0]}", edits)
    yield replace(finding, gone=node.id)


def _pass(context: Context) -> tuple[Edit, ...]:
    statement = context.parents[-2] if len(context.parents) > 1 else None
    if not isinstance(statement, ast.Expr):
        return ()
    return (Edit(context.start(statement), context.end(statement), "pass"),)


def check_division(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find divisions in a script for Python 2 where both sides are certain to be integers."""
    assert isinstance(node, ast.BinOp)
    if not context.python2 or not isinstance(node.op, ast.Div):
        return
    if _is_integer(node.left) and _is_integer(node.right):
        between = slice(context.end(node.left), context.start(node.right))
        at = context.source.data.find(b"/", between.start, between.stop)
        edits = (Edit(at, at + 1, "//"),) if at >= 0 else ()
        message = f"{context.text(node)} returned an integer in Python 2"
        yield context.finding("BP117", node, message, "write // to get an integer", edits)
    elif not _is_other(node.left, context) and not _is_other(node.right, context):
        message = f"{_shorten(context.text(node))} returned an integer in Python 2 if both sides are integers"
        yield context.finding("BP126", node, message, "write // if they are, or float(…) if they may be")


def _shorten(text: str) -> str:
    return " ".join(text.split()) if len(text) <= _SHOWN else f"{' '.join(text.split())[:_SHOWN]}\u2026"


def _is_other(node: ast.expr, context: Context) -> bool:
    """Return whether an operand is certainly no integer: a float, or an object of pandas, which divided truly."""
    match node:
        case ast.Constant():
            return type(node.value) is not int
        case ast.Call(func=ast.Name(id="float")) | ast.Call(func=ast.Attribute(attr="mean" | "std" | "var" | "sqrt")):
            return True
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow()):
            return _is_other(node.left, context) or _is_other(node.right, context)
        case ast.UnaryOp():
            return _is_other(node.operand, context)
    return context.name(node).startswith("@pandas.")


def _is_integer(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return type(node.value) is int
        case ast.Call(func=ast.Name(id=name)):
            return name in _WHOLE
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv()):
            return _is_integer(node.left) and _is_integer(node.right)
    return False


def check_subscript(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find subscripts of results that are no longer lists."""
    assert isinstance(node, ast.Subscript)
    value = node.value
    if not isinstance(value, ast.Call):
        return
    made = _lazy(value, context)
    if made and not isinstance(node.slice, ast.Constant | ast.Slice | ast.UnaryOp) and made in _VIEWS:
        return  # probably a method of the same name of another class
    if made:
        edits = (
            Edit(context.start(value), context.start(value), "list("),
            Edit(context.end(value), context.end(value), ")"),
        )
        yield context.finding(
            "BP119", node, f"the result of {made}() cannot be indexed", f"write list(…{made}(…))[…]", edits
        )


def _lazy(value: ast.Call, context: Context) -> str:
    match value.func:
        case ast.Name(id=name) if name in _LAZY and not context.scope.knows(name):
            return name
        case ast.Attribute(attr=name) if name in _VIEWS and not value.args and not value.keywords:
            return name if context.name(value.func.value) in ("", "@dict") else ""
    return ""


def check_codec(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `text.encode("base64")`."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("encode", "decode") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Constant) and given.value in ENCODINGS:
        remedy = f"write codecs.{node.func.attr}(data, {given.value!r}), where data is bytes"
        yield context.finding("BP120", node, f"{given.value} is not a text encoding in Python 3", remedy)


def check_sort(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `sorted(values, cmp=…)` and `values.sort(cmp)`."""
    assert isinstance(node, ast.Call)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in ("sort", "sorted"):
        return
    keyword = next((argument for argument in node.keywords if argument.arg == "cmp"), None)
    if keyword is not None:
        message, remedy = "sorting no longer accepts cmp", "write key=functools.cmp_to_key(…)"
        yield context.finding("BP121", keyword, message, remedy, use_cmp_to_key(keyword, node, context))


def check_request_data(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find text passed as the data of a request, which must be bytes."""
    assert isinstance(node, ast.Call)
    if context.name(node.func) not in _SENDING:
        return
    named = next((argument.value for argument in node.keywords if argument.arg == "data"), None)
    data = named or (node.args[1] if len(node.args) > 1 else None)
    if isinstance(data, ast.Call) and context.name(data.func) in _TEXTS:
        edits = (Edit(context.end(data), context.end(data), ".encode()"),)
        yield context.finding("BP123", data, "the data of a request must be bytes", "add .encode()", edits)
