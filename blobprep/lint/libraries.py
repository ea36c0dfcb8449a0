"""Rules about what pandas, numpy, scipy, scikit-learn, matplotlib, seaborn and Python no longer have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.removal_table import REMOVED, RemovedName
from blobprep.lint.rewrites import rewrite_argument, rewrite_import, rewrite_name
from blobprep.lint.walk import Context

__all__ = ["check_attribute", "check_call", "check_chained_assignment", "check_import"]

_OF_PANDAS_CALLS: Final = frozenset({"ignore_index", "verify_integrity"})
_SORTS: Final = frozenset({"columns", "ascending", "inplace", "axis"})
_KEYWORD_ONLY: Final = {
    **dict.fromkeys((f"pandas.{kind}.drop" for kind in ("DataFrame", "Series", "NDFrame")), ("labels", "axis")),
}
"""Calls whose second argument must now be passed by name, with the names of the first two."""
_FREQUENCIES: Final = {
    "M": "ME", "BM": "BME", "Q": "QE", "BQ": "BQE", "A": "YE", "Y": "YE", "H": "h", "T": "min", "S": "s", "L": "ms",
    "U": "us", "N": "ns", "AS": "YS",
}  # fmt: skip
_CHANGERS: Final = frozenset({"fillna", "replace", "clip", "ffill", "bfill"})
_OLD_STYLE: Final = re.compile(r"seaborn(?!-v0_8)(-|$)")
_STYLES: Final = ("matplotlib.pyplot.style.use", "matplotlib.style.use")


def check_import(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find imports of names that were removed."""
    assert isinstance(node, ast.Import | ast.ImportFrom)
    if isinstance(node, ast.ImportFrom) and (node.level or not node.module):
        return
    module = node.module if isinstance(node, ast.ImportFrom) else None
    whole = _find_removed_ancestor(module) if module else None
    if whole is not None:
        edits = rewrite_import(whole.row.rewrite, node, node.names[0], whole.path, context)
        exact = next((gone for alias in node.names if (gone := REMOVED.find_name(f"{module}.{alias.name}"))), None)
        yield _make_finding(exact or whole, node, context, () if exact and not exact.row.rewrite else edits)
        return
    for alias in node.names:
        name = f"{module}.{alias.name}" if module else alias.name
        gone = REMOVED.find_name(name) or (None if module else _find_removed_ancestor(name))
        if gone is not None:
            yield _make_finding(gone, node, context, rewrite_import(gone.row.rewrite, node, alias, gone.path, context))


def _find_removed_ancestor(name: str) -> RemovedName | None:
    """Return the removal of a module, or of a package that contains it; None if neither was removed."""
    while name:
        if (gone := REMOVED.find_name(name)) is not None:
            return gone
        name = name.rpartition(".")[0]
    return None


def check_attribute(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find names of libraries, and attributes of their objects, that were removed."""
    assert isinstance(node, ast.Attribute)
    path = context.name(node)
    gone = REMOVED.find_name(path) if path else None
    if gone is None and not context.name(node.value):
        gone = _find_by_attribute(node, context)
    if gone is None or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(node.value, ast.Name) and node.value.id == path.partition(".")[0] and _is_removed_module(path):
        return  # found already at its import, such as `import urllib2`
    yield _make_finding(gone, node, context, rewrite_name(gone.row.rewrite, node, context))


def _is_removed_module(path: str) -> bool:
    return REMOVED.find_name(path.partition(".")[0]) is not None


def _find_by_attribute(node: ast.Attribute, context: Context) -> RemovedName | None:
    """Recognize a method of an object of unknown class by its unique name, or by arguments that only pandas has."""
    call = context.parent
    if (gone := REMOVED.find_attribute(node.attr)) is not None:
        is_subscript = isinstance(call, ast.Subscript) and call.value is node
        return gone if is_subscript or node.attr != "ix" else None
    if not isinstance(call, ast.Call) or call.func is not node:
        return None
    keywords = {keyword.arg for keyword in call.keywords}
    if node.attr == "append" and keywords & _OF_PANDAS_CALLS:
        return REMOVED.find_name("pandas.DataFrame.append")
    # These are arguments of list.sort.
    if node.attr == "sort" and keywords & _SORTS and not keywords & {"key", "reverse", "kind"}:
        return REMOVED.find_name("pandas.DataFrame.sort") if keywords & {"columns", "inplace", "ascending"} else None
    return None


def check_call(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find arguments that were removed, or whose value is no longer accepted."""
    assert isinstance(node, ast.Call)
    path = context.name(node.func)
    if not path or path.startswith("@"):
        return
    for keyword in node.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        gone = REMOVED.find_keyword(path, keyword.arg or "", value)
        if gone is not None:
            edits = rewrite_argument(gone.row.rewrite, keyword, node, context)
            yield _make_finding(gone, keyword, context, edits)
    yield from _check_positions(path, node, context)
    yield from _check_frequency(path, node, context)
    yield from _check_style(path, node, context)
    yield from _check_nested_names(path, node, context)


def _make_finding(
    gone: RemovedName, node: ast.expr | ast.stmt | ast.keyword, context: Context, edits: tuple[Edit, ...]
) -> Finding:
    library = gone.path.partition(".")[0]
    known = {"sklearn": "scikit-learn", "pandas": "pandas", "numpy": "numpy", "matplotlib": "matplotlib"}
    shown = known.get(library, library if library in ("scipy", "seaborn") else "Python")
    message = f"{gone.shown} was removed in {shown} {gone.row.since}"
    instead = gone.row.instead
    verb = "write" if instead.startswith(("from ", "import ")) else "use"
    remedy = f"remove it{instead.removeprefix('nothing')}" if instead.startswith("nothing") else f"{verb} {instead}"
    name = f"{gone.path}({gone.keyword})" if gone.keyword else gone.path
    return replace(context.finding(gone.row.code, node, message, remedy, edits), gone=name)


def _check_positions(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    names = _KEYWORD_ONLY.get(path)
    if names is None or len(node.args) != len(names) or any(keyword.arg in names for keyword in node.keywords):
        return
    last = node.args[-1]
    edits = (Edit(context.start(last), context.start(last), f"{names[-1]}="),)
    message = f"{names[-1]} of {path.rpartition('.')[2]} must be passed by name"
    finding = context.finding("BP212", last, message, f"write {names[-1]}={context.text(last)}", edits)
    yield replace(finding, gone=f"{path}({names[-1]})")


def _check_frequency(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    """Find frequencies that have another name in pandas 3."""
    method = path.rpartition(".")[2]
    if not path.startswith("pandas.") or method not in ("resample", "date_range", "Grouper", "asfreq", "bdate_range"):
        return
    named = next((keyword.value for keyword in node.keywords if keyword.arg in ("freq", "rule")), None)
    given = named or (node.args[0] if node.args and method in ("resample", "asfreq") else None)
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return
    count = given.value.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    letters, dash, rest = given.value.removeprefix(count).partition("-")
    if count.strip("0123456789") == "" and letters in _FREQUENCIES:
        new = f"{count}{_FREQUENCIES[letters]}{dash}{rest}"
        edits = (Edit(context.start(given), context.end(given), repr(new)),)
        message = f"the frequency {given.value!r} was renamed in pandas 3.0"
        yield context.finding("BP214", given, message, f"write {new!r}", edits)


def _check_style(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    if path not in _STYLES or not node.args or not isinstance(node.args[0], ast.Constant):
        return
    (given, *_) = node.args
    assert isinstance(given, ast.Constant)
    if isinstance(given.value, str) and _OLD_STYLE.match(given.value):
        new = f"seaborn-v0_8{given.value.removeprefix('seaborn')}"
        edits = (Edit(context.start(given), context.end(given), repr(new)),)
        message = f"the style {given.value!r} was renamed in matplotlib 3.6"
        yield context.finding("BP507", given, message, f"write {new!r}", edits)


def _check_nested_names(path: str, node: ast.Call, context: Context) -> Iterator[Finding]:
    if path not in ("pandas.GroupBy.agg", "pandas.GroupBy.aggregate") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Dict) and any(isinstance(value, ast.Dict) for value in given.values):
        message, remedy = "agg does not accept nested dicts since pandas 1.0", "write agg(new=('column', 'mean'))"
        yield context.finding("BP215", given, message, remedy)


def check_chained_assignment(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find assignments that change a copy, which since pandas 3.0 always leaves the frame unchanged."""
    message = "this changes a copy; since pandas 3.0 the frame stays unchanged"
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        target = node.targets[0]
        inner = target.value
        if isinstance(inner, ast.Attribute) and inner.attr in ("loc", "iloc", "ix", "at", "iat"):
            inner = inner.value
        frame = _column_of_frame(inner, context)
        if frame is not None and isinstance(inner, ast.Subscript):
            column = context.text(inner.slice)
            remedy = f"write {context.text(frame)}.loc[{context.text(target.slice)}, {column}] = …"
            yield context.finding("BP213", node, message, remedy, _rewrite_with_loc(target, frame, context))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        yield from _check_in_place(node, node.value, node.value.func, message, context)


def _column_of_frame(node: ast.expr, context: Context) -> ast.expr | None:
    if isinstance(node, ast.Subscript) and context.name(node.value) == "@pandas.DataFrame":
        return node.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else None
    return None


def _rewrite_with_loc(target: ast.Subscript, frame: ast.expr, context: Context) -> tuple[Edit, ...]:
    """Rewrite `frame['a'][mask] = …`, but only if the mask is certain to be one: a comparison."""
    inner = target.value
    if not isinstance(inner, ast.Subscript) or not isinstance(target.slice, ast.Compare | ast.BinOp):
        return ()
    text = f".loc[{context.text(target.slice)}, {context.text(inner.slice)}]"
    return (Edit(context.end(frame), context.end(target), text),)


def _check_in_place(
    node: ast.Expr, made: ast.Call, method: ast.Attribute, message: str, context: Context
) -> Iterator[Finding]:
    """Find `frame['a'].fillna(0, inplace=True)`."""
    inplace = next((keyword for keyword in made.keywords if keyword.arg == "inplace"), None)
    if inplace is None or not isinstance(inplace.value, ast.Constant) or inplace.value.value is not True:
        return
    if method.attr not in _CHANGERS or _column_of_frame(method.value, context) is None:
        return
    column = context.text(method.value)
    edits: tuple[Edit, ...] = rewrite_argument("drop", inplace, made, context)
    edits = (Edit(context.start(node), context.start(node), f"{column} = "), *edits)
    yield context.finding("BP213", node, message, f"write {column} = {column}.{method.attr}(…)", edits)
