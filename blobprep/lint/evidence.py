"""Whether a text that Python 3 accepts was certainly written for Python 2. Pure.

It was if it fails in Python 3 for certain: a line that every run reaches uses a builtin, a module or a name of a module
that Python 3 does not have. What stands in a branch, or behind a handler that would catch the failure, proves nothing:
such a script may work.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from blobprep.lint.walk import ENTRY_POINT
from blobprep.python2_names import BUILTINS, DICT_METHODS, MODULES, REMOVED

__all__ = ["find_evidence", "fits_python2"]

_DISPLAYS: Final = (ast.Dict, ast.DictComp)
_FAILURES: Final = frozenset(
    {"NameError", "ImportError", "ModuleNotFoundError", "AttributeError", "StandardError", "Exception", "BaseException"}
)
_ASKING: Final = frozenset({"PY2", "PY3", "builtins", "future", "hexversion", "python_version", "six", "version_info"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_evidence(
    tree: ast.Module, present: Collection[str] = (), old: Collection[str] = (), *, anywhere: bool = False
) -> tuple[int, str] | None:
    """Return the line and the name on which a script certainly fails in Python 3; None if there is none.

    Args:
        tree: the script.
        present: modules with names of Python 2 that can be imported after all: the bundle may have them.
        old: modules of the bundle that are Python 2.
        anywhere: count what not every run reaches, too.
    """
    bound = frozenset(_bound_anywhere(tree))
    if "*" in bound:  # any name may come from there
        return None
    search = _Search(tree, bound, frozenset(present), frozenset(old))
    nodes = ast.walk(tree) if anywhere else search.reached(tree)
    found = [place for node in nodes for place in search.place(node)]
    return min(found, default=None)


def _bound_anywhere(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]


class _Search:
    """The search for what every run of a script reaches."""

    def __init__(self, tree: ast.Module, bound: Collection[str], present: frozenset[str], old: frozenset[str]) -> None:
        self._bound, self._present, self._old = bound, present, old
        self._functions = {node.name: node for node in tree.body if isinstance(node, _Function)}
        self._dicts = {name for name, count in Counter(_dict_names(tree)).items() if count == 1}
        self._modules = set(_standard_modules(tree))

    def reached(self, tree: ast.Module) -> Iterator[ast.AST]:
        """Yield the expressions and imports that every run reaches, in no order."""
        entered: set[str] = set()
        pending: list[ast.AST] = [*tree.body]
        entry = self._functions.get(ENTRY_POINT)
        if entry is not None:
            entered.add(ENTRY_POINT)
            pending += _until_end(entry.body)
        while pending:
            node = pending.pop()
            if isinstance(node, _Function):
                pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
                continue
            yield node
            if isinstance(node, ast.Name) and node.id in self._functions and node.id not in entered:
                entered.add(node.id)
                pending += _until_end(self._functions[node.id].body)
            pending += _certain_parts(node)

    def place(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        """Yield where a node fails, and on what."""
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in BUILTINS and name not in self._bound:
                yield node.lineno, name
            case ast.Import():
                for alias in node.names:
                    yield from self._module(node, alias.name)
            case ast.ImportFrom(module=str(name), level=0):
                yield from self._module(node, name)
                yield from ((node.lineno, alias.name) for alias in node.names if alias.name in REMOVED.get(name, ()))
            case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Load()) if owner in self._modules:
                if name in REMOVED[owner]:
                    yield node.lineno, f"{owner}.{name}"
            case ast.Attribute(value=owner, attr=name) if name in DICT_METHODS and self._is_dict(owner):
                yield node.lineno, name

    def _module(self, node: ast.stmt, name: str) -> Iterator[tuple[int, str]]:
        top = name.partition(".")[0]
        if (top in MODULES and top not in self._present) or top in self._old:
            yield node.lineno, top

    def _is_dict(self, owner: ast.expr) -> bool:
        return isinstance(owner, _DISPLAYS) or (isinstance(owner, ast.Name) and owner.id in self._dicts)


def fits_python2(tree: ast.Module) -> bool:
    """Return whether a text may be Python 2 too: nothing in it is of Python 3 alone, or asks which of both it is."""
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr() | ast.AnnAssign() | ast.NamedExpr() | ast.Nonlocal() | ast.YieldFrom() | ast.Match():
                return False
            case ast.AsyncFunctionDef() | ast.Await() | ast.Starred(ctx=ast.Store()) | ast.Raise(cause=ast.expr()):
                return False
            case ast.arguments(kwonlyargs=[_, *_]) | ast.arguments(posonlyargs=[_, *_]) | ast.MatMult():
                return False
            case ast.arg(annotation=ast.expr()) | ast.FunctionDef(returns=ast.expr()) | ast.ClassDef(keywords=[_, *_]):
                return False
            case ast.Call(func=ast.Name(id="print"), keywords=[_, *_]) | ast.Call(func=ast.Name(id="super"), args=[]):
                return False
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in _ASKING:
                return False
            case ast.ImportFrom(module="six" | "future" | "builtins"):
                return False
    return True


def _dict_names(tree: ast.Module) -> Iterator[str]:
    """Yield a name for each time it is bound, twice where that is not to a display of a dict."""
    displayed = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name() as target], value=ast.Dict() | ast.DictComp()):
                displayed.add(target)
                yield target.id
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) if node not in displayed:
                yield from (name, name)


def _standard_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the modules of the standard library whose names are bound once, and to which nothing is added."""
    bound = Counter(_bound_anywhere(tree))
    added = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names if alias.asname is None}
            yield from (name for name in names & REMOVED.keys() - added if bound[name] == 1)


def _certain_parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that are reached whenever the node is; loops are taken to run at least once."""
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            return [node.test]
        case ast.BoolOp():
            return [node.values[0]]
        case ast.Lambda() | ast.GeneratorExp():
            return []
        case ast.Try():
            return [] if any(_catches(handler.type) for handler in node.handlers) else [*node.body]
        case ast.Match():
            return [node.subject]
    return list(ast.iter_child_nodes(node))


def _until_end(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a function's statements up to the first that ends it."""
    ends = (index for index, statement in enumerate(body) if isinstance(statement, ast.Return | ast.Raise))
    return body[: next(ends, len(body)) + 1]


def _catches(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(not isinstance(one, ast.Name) or one.id in _FAILURES for one in kinds)
