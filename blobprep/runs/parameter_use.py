"""Whether a script that was loaded for some parameters can take others: nothing of the first ones can be left. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = ["takes_parameters_late"]

_FORBIDDEN_NAMES: Final = frozenset(
    {"__builtins__", "__import__", "delattr", "eval", "exec", "globals", "setattr", "vars"}
)
"""Names by which code can change, or see, what this module does not follow."""

_FORBIDDEN_ATTRIBUTES: Final = frozenset(
    {"__builtins__", "__code__", "__defaults__", "__dict__", "__globals__", "__kwdefaults__", "__setattr__", "modules"}
)
_FORBIDDEN_MODULES: Final = frozenset({"__main__", "builtins", "ctypes", "gc", "importlib", "inspect", "runpy"})
_READERS: Final = frozenset({"os", "sys", "subprocess", "posix"})
"""Modules by whose functions a script can read the variables that its parameters are in."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@lru_cache(maxsize=64)  # a pool is given the same scripts again and again
def takes_parameters_late(source: bytes) -> bool:
    r"""Return whether a script sees its parameters in its functions alone, and these leave nothing for the next call.

    It is so if the module level only imports, defines functions, names constants and calls libraries with literals, and
    no function assigns to anything but its own names. Where that is not plain to see the answer is False.

    >>> takes_parameters_late(b"import pandas as pd\ndef azureml_main(df):\n    return df[df.x > 1]")
    True
    >>> takes_parameters_late(b"DAY = blobprep_parameters['day']\ndef azureml_main(df):\n    return df")
    False
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    imported = dict(_imported(tree.body))
    own = {statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef)} | set(imported)
    own |= {target.id for statement in tree.body for target in _targets(statement) if isinstance(target, ast.Name)}
    return all(_is_plain(statement, imported) for statement in tree.body) and not any(
        _reaches_out(node, own) for node in ast.walk(tree)
    )


def _imported(statements: Iterable[ast.stmt]) -> Iterable[tuple[str, str]]:
    """Yield the names that imports bind, each with the module at its root."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                root = name.name.partition(".")[0]
                yield name.asname or root, root
        elif isinstance(statement, ast.ImportFrom):
            for name in statement.names:
                yield name.asname or name.name, (statement.module or "").partition(".")[0]


def _is_plain(statement: ast.stmt, imported: dict[str, str]) -> bool:
    """Return whether a statement of the module level computes nothing of parameters, and makes nothing that changes."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef():
            arguments = statement.args
            defaults = [*arguments.defaults, *(value for value in arguments.kw_defaults if value is not None)]
            hints = [argument.annotation for argument in ast.walk(arguments) if isinstance(argument, ast.arg)]
            hints.append(statement.returns)
            return (
                not statement.decorator_list
                and all(map(_is_constant, defaults))
                and not any(isinstance(node, ast.Call) for hint in hints if hint for node in ast.walk(hint))
            )
        case ast.Expr(value=ast.Call() as call):
            return _is_library_call(call, imported)
        case ast.Expr(value=value):
            return _is_constant(value)
        case ast.Assign(targets=[ast.Name()], value=value):
            return _is_constant(value)
        case _:
            return False


def _is_library_call(call: ast.Call, imported: dict[str, str]) -> bool:
    """Return whether a call is of a library's function, with constants: `pd.set_option("display.width", 100)`."""
    root = imported.get(_root(call.func), "")
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(root) and root not in _READERS and all(map(_is_constant, arguments))


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.Tuple(elts=elements):
            return all(map(_is_constant, elements))
        case _:
            return False


def _reaches_out(node: ast.AST, own: set[str]) -> bool:
    """Return whether a node of any function changes something outside of it, or may."""
    match node:
        case ast.Global() | ast.ClassDef():
            return True
        case ast.Name(id=name):
            return name in _FORBIDDEN_NAMES
        case ast.Import():
            return any(name.name.partition(".")[0] in _FORBIDDEN_MODULES for name in node.names)
        case ast.ImportFrom():
            return (node.module or "").partition(".")[0] in _FORBIDDEN_MODULES
        case ast.Attribute(attr=name) if name in _FORBIDDEN_ATTRIBUTES:
            return True
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            root = _root(node)
            return not root or root in own or root in ("cls", "self")
        case ast.Assign(value=ast.Name(id=name)) | ast.NamedExpr(value=ast.Name(id=name)):
            return name in own  # under another name it could be changed
        case _:
            return False


def _root(node: ast.expr) -> str:
    """Return the name that an expression like `a.b[c].d` begins with; empty if it begins with something else."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _targets(statement: ast.stmt) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else []
