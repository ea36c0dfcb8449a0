"""Names that lived longer: the variables of a list comprehension and of a handler; and tuples as parameters."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping

__all__ = ["bind_parameters", "find_leaks", "keep_exception", "leak_variables", "stored_names"]

_Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def stored_names(target: ast.AST) -> set[str]:
    """Return the names that a target binds."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def find_leaks(scope: ast.AST) -> set[str]:
    """Return the names that a scope reads outside of the comprehensions that bind them.

    Args:
        scope: a module or a function, with everything inside it.
    """
    read: set[str] = set()
    pending: list[tuple[ast.AST, frozenset[str]]] = [(scope, frozenset())]
    while pending:
        node, hidden = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load | ast.Del) and node.id not in hidden:
            read.add(node.id)
        if isinstance(node, _COMPREHENSIONS):
            inner = hidden.union(*(stored_names(generator.target) for generator in node.generators))
            pending += [(child, inner) for child in ast.iter_child_nodes(node)]
        else:
            pending += [(child, hidden) for child in ast.iter_child_nodes(node)]
    return read


def leak_variables(node: ast.ListComp, leaked: set[str]) -> None:
    """Rewrite a list comprehension so that its variables are those of the scope around it.

    `[f(x) for x in xs]` becomes `[f(x) for _x in xs if [x := _x]]`.
    """
    for generator in node.generators:
        names = sorted(stored_names(generator.target) & leaked)
        if not names:
            continue
        for target in ast.walk(generator.target):
            if isinstance(target, ast.Name) and target.id in names:
                target.id = f"__py2_{target.id}__"
        bindings: list[ast.expr] = [
            ast.NamedExpr(ast.Name(name, ast.Store()), ast.Name(f"__py2_{name}__", ast.Load())) for name in names
        ]
        test = ast.List(bindings, ast.Load())
        for part in ast.walk(test):
            ast.copy_location(part, generator.target)
        generator.ifs.insert(0, test)


def keep_exception(handler: ast.ExceptHandler, patterns: Mapping[str, str]) -> None:
    """Rewrite a handler so that the exception keeps its name behind it.

    Args:
        handler: the handler.
        patterns: by the name that stands for it, what the exception is assigned to if it is not a name.
    """
    if handler.name is None:
        return
    hidden = f"__py2_{handler.name}__"
    target: ast.expr = ast.Name(handler.name, ast.Store())
    value: ast.expr = ast.Name(hidden, ast.Load())
    if handler.name in patterns:
        made = ast.parse(f"{patterns[handler.name]} = 0").body[0]
        assert isinstance(made, ast.Assign)
        (target,) = made.targets
        if isinstance(target, ast.Tuple | ast.List):
            value = ast.Attribute(value, "args", ast.Load())
    kept = ast.Assign([target], value)
    for part in ast.walk(kept):
        if isinstance(part, ast.stmt | ast.expr):
            ast.copy_location(part, handler)
            part.end_lineno, part.end_col_offset = handler.lineno, handler.col_offset
    handler.name = hidden
    handler.body.insert(0, kept)


def bind_parameters(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, patterns: Mapping[str, str]
) -> Iterator[str]:
    """Unpack the tuples among the parameters of a function, and yield their names.

    Args:
        node: the function; each tuple is a parameter with a name of its own.
        patterns: by that name, the tuple as it was written.
    """
    for argument in (*node.args.posonlyargs, *node.args.args):
        pattern = patterns.get(argument.arg)
        if pattern is None:
            continue
        yield argument.arg
        target = ast.parse(f"{pattern} = {argument.arg}").body[0]
        assert isinstance(target, ast.Assign)
        for part in ast.walk(target):
            if isinstance(part, ast.stmt | ast.expr):
                ast.copy_location(part, argument)
        if isinstance(node, ast.Lambda):
            node.body = _bind_in_lambda(node.body, target)
        else:
            node.body.insert(_after_docstring(node), target)


def _after_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return int(is_text and isinstance(first.value.value, str))  # type: ignore[attr-defined]


def _bind_in_lambda(body: ast.expr, target: ast.Assign) -> ast.expr:
    """Return `[body for pattern in [parameter]][0]`."""
    listed = ast.List([copy.deepcopy(target.value)], ast.Load())
    generator = ast.comprehension(target.targets[0], listed, [], 0)
    made = ast.Subscript(ast.ListComp(body, [generator]), ast.Constant(0), ast.Load())
    for part in (listed, made, made.value, made.slice):
        ast.copy_location(part, target)
    return made
