"""Rules about Python 2 where its syntax is still valid: methods, builtins, division."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.removed_python import BUILTINS, ENCODINGS
from blobprep.lint.walk import Context

__all__ = ["builtin", "codec", "comparing", "division", "index", "method", "sending"]

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
_WHOLE: Final = frozenset({"len", "int"})


def method(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `has_key`, `iteritems` and `next`."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or node.keywords:
        return
    name, owner = node.func.attr, node.func.value
    if name == "has_key" and len(node.args) == 1:
        yield context.finding("BP112", node, "dict.has_key is gone", "write key in mapping", _contains(node, context))
    elif name in _ITERATORS and not node.args and not _is_own(owner) and not context.name(owner).startswith("@pandas."):
        end = context.end(node.func)
        edits = (Edit(end - len(name), end, _ITERATORS[name]),)
        yield context.finding("BP113", node, f"{name} is gone", f"write .{_ITERATORS[name]}()", edits)
    elif name == "next" and not node.args and not context.name(owner) and _is_plain(owner):
        around = (
            Edit(context.start(node), context.start(node), "next("),
            Edit(context.end(owner), context.end(node), ")"),
        )
        yield context.finding("BP118", node, "iterators have no method next", "write next(iterator)", around)


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Call) and not _is_own(node)


def _is_own(node: ast.expr) -> bool:
    """Tell whether a method is called of the object that defines it."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _contains(node: ast.Call, context: Context) -> tuple[Edit, ...]:
    """Rewrite `mapping.has_key(key)`, in parentheses where the words around it would bind tighter."""
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


def builtin(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find builtins of Python 2 that the script does not define itself."""
    assert isinstance(node, ast.Name)
    known = BUILTINS.get(node.id)
    if known is None or not isinstance(node.ctx, ast.Load) or context.scope.knows(node.id):
        return
    parent = context.parent
    if node.id == "reload" and isinstance(parent, ast.Call) and parent.args and context.name(parent.args[0]) == "sys":
        edits = _pass(context)
        yield context.finding("BP114", node, "reload is gone, and so is its use for encodings", "leave it out", edits)
        return
    called = isinstance(parent, ast.Call) and parent.func is node
    if node.id in ("file", "buffer", "cmp", "apply", "coerce") and not called:
        return  # a name of the script's that is set elsewhere
    edits = (Edit(context.start(node), context.end(node), known[1]),) if known[1] else ()
    yield context.finding("BP114", node, f"{node.id} is gone", f"write {known[0]}", edits)


def _pass(context: Context) -> tuple[Edit, ...]:
    statement = context.parents[-2] if len(context.parents) > 1 else None
    if not isinstance(statement, ast.Expr):
        return ()
    return (Edit(context.start(statement), context.end(statement), "pass"),)


def division(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find divisions whose both sides are certain to be integers, in a script of Python 2."""
    assert isinstance(node, ast.BinOp)
    if not context.python2 or not isinstance(node.op, ast.Div):
        return
    if _is_integer(node.left) and _is_integer(node.right):
        between = slice(context.end(node.left), context.start(node.right))
        at = context.source.data.find(b"/", between.start, between.stop)
        edits = (Edit(at, at + 1, "//"),) if at >= 0 else ()
        message = f"{context.text(node)} was an integer in Python 2"
        yield context.finding("BP117", node, message, "write // for the integer", edits)


def _is_integer(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return type(node.value) is int
        case ast.Call(func=ast.Name(id=name)):
            return name in _WHOLE
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv()):
            return _is_integer(node.left) and _is_integer(node.right)
    return False


def index(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find subscripts, sums and sorts of what is no list any more."""
    assert isinstance(node, ast.Subscript)
    value = node.value
    if not isinstance(value, ast.Call):
        return
    made = _lazy(value, context)
    if made and not isinstance(node.slice, ast.Constant | ast.Slice | ast.UnaryOp) and made in _VIEWS:
        return  # a method of that name of something else
    if made:
        edits = (
            Edit(context.start(value), context.start(value), "list("),
            Edit(context.end(value), context.end(value), ")"),
        )
        yield context.finding("BP119", node, f"what {made}() gives has no index", f"write list(…{made}(…))[…]", edits)


def _lazy(value: ast.Call, context: Context) -> str:
    match value.func:
        case ast.Name(id=name) if name in _LAZY and not context.scope.knows(name):
            return name
        case ast.Attribute(attr=name) if name in _VIEWS and not value.args and not value.keywords:
            return name if context.name(value.func.value) in ("", "@dict") else ""
    return ""


def codec(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `text.encode("base64")`."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("encode", "decode") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Constant) and given.value in ENCODINGS:
        remedy = f"write codecs.{node.func.attr}(data, {given.value!r}), of bytes"
        yield context.finding("BP120", node, f"{given.value} is no encoding of text", remedy)


def comparing(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `sorted(values, cmp=…)` and `values.sort(cmp)`."""
    assert isinstance(node, ast.Call)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in ("sort", "sorted"):
        return
    keyword = next((each for each in node.keywords if each.arg == "cmp"), None)
    if keyword is not None:
        message, remedy = "sorting takes no cmp", "write key=functools.cmp_to_key(…)"
        yield context.finding("BP121", keyword, message, remedy)


def sending(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find text that is posted: what is sent must be bytes."""
    assert isinstance(node, ast.Call)
    if context.name(node.func) not in _SENDING:
        return
    named = next((each.value for each in node.keywords if each.arg == "data"), None)
    data = named or (node.args[1] if len(node.args) > 1 else None)
    if isinstance(data, ast.Call) and context.name(data.func) in _TEXTS:
        edits = (Edit(context.end(data), context.end(data), ".encode()"),)
        yield context.finding("BP123", data, "what is sent must be bytes", "write .encode() behind it", edits)
