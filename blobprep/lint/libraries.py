"""Rules about libraries: what pandas, numpy, scipy, scikit-learn, matplotlib, seaborn and Python no longer have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.removals import RemovedName
from blobprep.lint.removed import REMOVED
from blobprep.lint.rewrites import rewritten, rewritten_argument, rewritten_import
from blobprep.lint.walk import Context

__all__ = ["attribute", "call", "chained_assignment", "imported"]

_OF_PANDAS_CALLS: Final = frozenset({"ignore_index", "verify_integrity"})
_SORTS: Final = frozenset({"columns", "ascending", "inplace", "axis"})
_KEYWORD_ONLY: Final = {
    **dict.fromkeys((f"pandas.{kind}.drop" for kind in ("DataFrame", "Series", "NDFrame")), ("labels", "axis")),
}
"""Calls whose second argument must be named now, with the names of the first two."""
_FREQUENCIES: Final = {
    "M": "ME", "BM": "BME", "Q": "QE", "BQ": "BQE", "A": "YE", "Y": "YE", "H": "h", "T": "min", "S": "s", "L": "ms",
    "U": "us", "N": "ns", "AS": "YS",
}  # fmt: skip
_CHANGERS: Final = frozenset({"fillna", "replace", "clip", "ffill", "bfill"})
_OLD_STYLE: Final = re.compile(r"seaborn(?!-v0_8)(-|$)")
_STYLES: Final = ("matplotlib.pyplot.style.use", "matplotlib.style.use")


def imported(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find imports of what is gone."""
    assert isinstance(node, ast.Import | ast.ImportFrom)
    if isinstance(node, ast.ImportFrom) and (node.level or not node.module):
        return
    module = node.module if isinstance(node, ast.ImportFrom) else None
    whole = _ancestor(module) if module else None
    if whole is not None:
        edits = rewritten_import(whole.row.rewrite, node, node.names[0], whole.path, context)
        exact = next((each for alias in node.names if (each := REMOVED.name(f"{module}.{alias.name}"))), None)
        yield _found(exact or whole, node, context, () if exact and not exact.row.rewrite else edits)
        return
    for alias in node.names:
        name = f"{module}.{alias.name}" if module else alias.name
        gone = REMOVED.name(name) or (None if module else _ancestor(name))
        if gone is not None:
            yield _found(gone, node, context, rewritten_import(gone.row.rewrite, node, alias, gone.path, context))


def _ancestor(name: str) -> RemovedName | None:
    """Return what is known of a module, or of one around it."""
    while name:
        if (gone := REMOVED.name(name)) is not None:
            return gone
        name = name.rpartition(".")[0]
    return None


def attribute(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find names of libraries, and of their objects, that are gone."""
    assert isinstance(node, ast.Attribute)
    path = context.name(node)
    gone = REMOVED.name(path) if path else None
    if gone is None and not context.name(node.value):
        gone = _loose(node, context)
    if gone is None or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(node.value, ast.Name) and node.value.id == path.partition(".")[0] and _is_removed_module(path):
        return  # `import urllib2` has been found already
    yield _found(gone, node, context, rewritten(gone.row.rewrite, node, context))


def _is_removed_module(path: str) -> bool:
    return REMOVED.name(path.partition(".")[0]) is not None


def _loose(node: ast.Attribute, context: Context) -> RemovedName | None:
    """Recognize a method of an object of unknown kind: by a name like no other, or by arguments only pandas has."""
    call = context.parent
    if (gone := REMOVED.loose(node.attr)) is not None:
        is_subscript = isinstance(call, ast.Subscript) and call.value is node
        return gone if is_subscript or node.attr != "ix" else None
    if not isinstance(call, ast.Call) or call.func is not node:
        return None
    keywords = {each.arg for each in call.keywords}
    if node.attr == "append" and keywords & _OF_PANDAS_CALLS:
        return REMOVED.name("pandas.DataFrame.append")
    # A list sorts with key and reverse.
    if node.attr == "sort" and keywords & _SORTS and not keywords & {"key", "reverse", "kind"}:
        return REMOVED.name("pandas.DataFrame.sort") if keywords & {"columns", "inplace", "ascending"} else None
    return None


def call(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find arguments that are gone, or no longer understood."""
    assert isinstance(node, ast.Call)
    path = context.name(node.func)
    if not path or path.startswith("@"):
        return
    for keyword in node.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        gone = REMOVED.keyword(path, keyword.arg or "", value)
        if gone is not None:
            edits = rewritten_argument(gone.row.rewrite, keyword, node, context)
            yield _found(gone, keyword, context, edits)
    yield from _by_position(path, node, context)
    yield from _frequency(path, node, context)
    yield from _style(path, node, context)
    yield from _nested_names(path, node, context)


def _found(
    gone: RemovedName, node: ast.expr | ast.stmt | ast.keyword, context: Context, edits: tuple[Edit, ...]
) -> Finding:
    library = gone.path.partition(".")[0]
    known = {"sklearn": "scikit-learn", "pandas": "pandas", "numpy": "numpy", "matplotlib": "matplotlib"}
    shown = known.get(library, library if library in ("scipy", "seaborn") else "Python")
    message = f"{gone.shown} is gone since {shown} {gone.row.since}"
    instead = gone.row.instead
    verb = "write" if instead.startswith(("from ", "import ")) else "use"
    remedy = f"leave it out{instead.removeprefix('nothing')}" if instead.startswith("nothing") else f"{verb} {instead}"
    return context.finding(gone.row.code, node, message, remedy, edits)


def _by_position(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    names = _KEYWORD_ONLY.get(path)
    if names is None or len(node.args) != len(names) or any(each.arg in names for each in node.keywords):
        return
    last = node.args[-1]
    edits = (Edit(context.start(last), context.start(last), f"{names[-1]}="),)
    message = f"{names[-1]} of {path.rpartition('.')[2]} must be named"
    yield context.finding("BP212", last, message, f"write {names[-1]}={context.text(last)}", edits)


def _frequency(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    """Find the letters of frequencies that pandas 3 spells otherwise."""
    method = path.rpartition(".")[2]
    if not path.startswith("pandas.") or method not in ("resample", "date_range", "Grouper", "asfreq", "bdate_range"):
        return
    named = next((each.value for each in node.keywords if each.arg in ("freq", "rule")), None)
    given = named or (node.args[0] if node.args and method in ("resample", "asfreq") else None)
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return
    count = given.value.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    letters, dash, rest = given.value.removeprefix(count).partition("-")
    if count.strip("0123456789") == "" and letters in _FREQUENCIES:
        new = f"{count}{_FREQUENCIES[letters]}{dash}{rest}"
        edits = (Edit(context.start(given), context.end(given), repr(new)),)
        message = f"the frequency {given.value!r} has another name since pandas 3.0"
        yield context.finding("BP214", given, message, f"write {new!r}", edits)


def _style(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    if path not in _STYLES or not node.args or not isinstance(node.args[0], ast.Constant):
        return
    (given, *_) = node.args
    assert isinstance(given, ast.Constant)
    if isinstance(given.value, str) and _OLD_STYLE.match(given.value):
        new = f"seaborn-v0_8{given.value.removeprefix('seaborn')}"
        edits = (Edit(context.start(given), context.end(given), repr(new)),)
        message = f"the style {given.value!r} was renamed in matplotlib 3.6"
        yield context.finding("BP507", given, message, f"write {new!r}", edits)


def _nested_names(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    if path not in ("pandas.GroupBy.agg", "pandas.GroupBy.aggregate") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Dict) and any(isinstance(each, ast.Dict) for each in given.values):
        message, remedy = "agg takes no dict inside a dict since pandas 1.0", "write agg(new=('column', 'mean'))"
        yield context.finding("BP215", given, message, remedy)


def chained_assignment(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find what changes a copy and leaves the frame as it was, since pandas 3.0 always."""
    message = "this changes a copy: since pandas 3.0 the frame stays as it is"
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        target = node.targets[0]
        inner = target.value
        if isinstance(inner, ast.Attribute) and inner.attr in ("loc", "iloc", "ix", "at", "iat"):
            inner = inner.value
        frame = _column_of_frame(inner, context)
        if frame is not None and isinstance(inner, ast.Subscript):
            column = context.text(inner.slice)
            remedy = f"write {context.text(frame)}.loc[{context.text(target.slice)}, {column}] = …"
            yield context.finding("BP213", node, message, remedy, _through_loc(target, frame, context))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        yield from _in_place(node, node.value, node.value.func, message, context)


def _column_of_frame(node: ast.expr, context: Context) -> ast.expr | None:
    if isinstance(node, ast.Subscript) and context.name(node.value) == "@pandas.DataFrame":
        return node.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else None
    return None


def _through_loc(target: ast.Subscript, frame: ast.expr, context: Context) -> tuple[Edit, ...]:
    """Rewrite `frame['a'][mask] = …`; a mask is certain to be one where it is a comparison."""
    inner = target.value
    if not isinstance(inner, ast.Subscript) or not isinstance(target.slice, ast.Compare | ast.BinOp):
        return ()
    text = f".loc[{context.text(target.slice)}, {context.text(inner.slice)}]"
    return (Edit(context.end(frame), context.end(target), text),)


def _in_place(
    node: ast.Expr, made: ast.Call, method: ast.Attribute, message: str, context: Context
) -> Iterator[Finding]:
    """Find `frame['a'].fillna(0, inplace=True)`."""
    inplace = next((each for each in made.keywords if each.arg == "inplace"), None)
    if inplace is None or not isinstance(inplace.value, ast.Constant) or inplace.value.value is not True:
        return
    if method.attr not in _CHANGERS or _column_of_frame(method.value, context) is None:
        return
    column = context.text(method.value)
    edits: tuple[Edit, ...] = rewritten_argument("drop", inplace, made, context)
    edits = (Edit(context.start(node), context.start(node), f"{column} = "), *edits)
    yield context.finding("BP213", node, message, f"write {column} = {column}.{method.attr}(…)", edits)
