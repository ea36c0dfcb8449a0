"""What the names in a script mean: imports and their aliases, and values of known classes. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from blobprep.lint.known_values import SERIES, attribute_of, item_of, result_of

__all__ = ["Scope", "bind_import", "bind_target", "bound_names", "full_name"]


@dataclass(slots=True)
class Scope:
    """The names of a module, function or class.

    Attributes:
        meanings: for each name, the full name of a module, function or class, or `@` and the full name of a class for
            an instance of it; None if it is something else.
        outer: the enclosing scope.
        local: every name that is bound anywhere in the scope: such names hide those outside even before that.
    """

    outer: Scope | None = None
    local: frozenset[str] = frozenset()
    meanings: dict[str, str | None] = field(default_factory=dict)

    def meaning(self, name: str) -> str | None:
        """Return what a name means here, None if that is not known."""
        if name in self.meanings:
            return self.meanings[name]
        if name in self.local or self.outer is None:
            return None
        return self.outer.meaning(name)

    def knows(self, name: str) -> bool:
        """Return whether the script itself binds this name."""
        if name in self.meanings or name in self.local:
            return True
        return self.outer is not None and self.outer.knows(name)


def full_name(node: ast.AST, scope: Scope) -> str | None:
    """Return what an expression means, in the form of `Scope.meanings`.

    An attribute of an instance is prefixed with the full name of its class: `pandas.DataFrame.ix`.
    """
    match node:
        case ast.Name():
            return scope.meaning(node.id)
        case ast.Attribute():
            base = full_name(node.value, scope)
            if base is None:
                return None
            value = attribute_of(base, node.attr) if base.startswith("@") else None
            return value or f"{base.removeprefix('@')}.{node.attr}"
        case ast.Call():
            called = full_name(node.func, scope)
            return result_of(called) if called and not called.startswith("@") else None
        case ast.Subscript():
            return _item(node, scope)
        case ast.List() | ast.ListComp():
            return "@list"
        case ast.Dict() | ast.DictComp():
            return "@dict"
        case ast.BinOp():
            sides = (full_name(node.left, scope), full_name(node.right, scope))
            return next((side for side in sides if side and side.startswith("@pandas.")), None)
        case ast.Compare() | ast.UnaryOp():
            inner = full_name(node.left if isinstance(node, ast.Compare) else node.operand, scope)
            return inner if inner and inner.startswith("@pandas.") else None
    return None


def _item(node: ast.Subscript, scope: Scope) -> str | None:
    base = full_name(node.value, scope)
    if base is None:
        return None
    if base.startswith("@"):
        return item_of(base, node.slice)
    owner, _, indexer = base.rpartition(".")
    if indexer not in ("loc", "iloc", "ix"):
        return None
    if not isinstance(node.slice, ast.Tuple):
        return item_of(f"@{owner}", node.slice) if isinstance(node.slice, ast.Slice | ast.Compare | ast.List) else None
    columns = node.slice.elts[-1]
    rows = isinstance(node.slice.elts[0], ast.Slice | ast.Compare | ast.List)
    if not rows or owner != "pandas.DataFrame":
        return None
    return SERIES if isinstance(columns, ast.Constant) else item_of(f"@{owner}", columns)


def bind_import(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    """Record what the names of an import mean."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            scope.meanings[alias.asname or top] = alias.name if alias.asname else top
        elif node.level:
            scope.meanings[alias.asname or alias.name] = None
        else:
            scope.meanings[alias.asname or alias.name] = f"{node.module}.{alias.name}"


def bind_target(target: ast.AST, value: ast.expr | None, scope: Scope) -> None:
    """Record what the targets of an assignment mean."""
    if isinstance(target, ast.Name):
        scope.meanings[target.id] = full_name(value, scope) if value is not None else None
    elif isinstance(target, ast.Tuple | ast.List):
        values = _parts(value, len(target.elts), scope)
        for element, part in zip(target.elts, values, strict=True):
            bind_target(element, None, scope)
            if isinstance(element, ast.Name):
                scope.meanings[element.id] = part
    elif isinstance(target, ast.Starred):
        bind_target(target.value, None, scope)


def _parts(value: ast.expr | None, count: int, scope: Scope) -> list[str | None]:
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == count:
        return [full_name(element, scope) for element in value.elts]
    if isinstance(value, ast.Call) and count == 2 and full_name(value.func, scope) == "matplotlib.pyplot.subplots":
        single = not value.args and not any(keyword.arg in ("nrows", "ncols") for keyword in value.keywords)
        return ["@matplotlib.figure.Figure", "@matplotlib.axes.Axes" if single else None]
    return [None] * count


def bound_names(body: list[ast.stmt]) -> frozenset[str]:
    """Return every name that a body binds, without those inside its functions and classes."""
    return frozenset(_bound(body))


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case ast.ExceptHandler(name=str(name)):
                yield name
            case ast.Global() | ast.Nonlocal():
                continue
        pending += ast.iter_child_nodes(node)
