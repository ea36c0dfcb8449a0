"""The replacement of `.ix`, which accepted both labels and positions: given only if it is certain. Pure."""

from __future__ import annotations

import ast

from blobprep.lint.scopes import bound_names
from blobprep.lint.walk import ENTRY_POINT, Context

__all__ = ["indexer_for"]


def indexer_for(node: ast.Attribute, context: Context) -> str:
    """Return `loc` or `iloc` for the `.ix` of a subscript; empty if a person must decide."""
    subscript = context.parent
    if not isinstance(subscript, ast.Subscript) or subscript.value is not node:
        return ""
    parts = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    if all(_is_everything(part) for part in parts):
        return ""
    if all(_is_label(part) for part in parts):
        return "loc"
    if _is_untouched_port(node.value, context):
        rows, *columns = parts
        # A frame from a port has row labels 0, 1, … and texts as column labels, so integer columns are positions.
        if _is_number(rows) and all(_is_label(part) for part in columns):
            return "loc"
        if _is_everything(rows) and len(columns) == 1 and _is_number(columns[0]):
            return "iloc"
    return ""


def _is_label(part: ast.expr) -> bool:
    match part:
        case ast.Slice():
            bounds = (part.lower, part.upper)
            return part.step is None and all(bound is None or _is_label(bound) for bound in bounds)
        case ast.Constant():
            return isinstance(part.value, str)
        case ast.List():
            return bool(part.elts) and all(_is_label(element) for element in part.elts)
        case ast.Compare():
            return not any(isinstance(operator, ast.In | ast.NotIn | ast.Is | ast.IsNot) for operator in part.ops)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return _is_label(part.left) and _is_label(part.right)
        case ast.UnaryOp(op=ast.Invert()):
            return _is_label(part.operand)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("isnull", "notnull", "isna", "notna", "isin", "duplicated", "between")
    return False


def _is_number(part: ast.expr) -> bool:
    """Return whether a part is certainly a number, or a list or slice of numbers."""
    match part:
        case ast.Slice():
            bounds = [bound for bound in (part.lower, part.upper) if bound is not None]
            return part.step is None and bool(bounds) and all(_is_number(bound) for bound in bounds)
        case ast.List():
            return bool(part.elts) and all(_is_number(element) for element in part.elts)
        case ast.Constant():
            return type(part.value) is int
    return False


def _is_untouched_port(node: ast.expr, context: Context) -> bool:
    """Return whether a name is a parameter of the entry point whose labels the script has not changed."""
    functions = [parent for parent in context.parents if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not isinstance(node, ast.Name) or len(functions) != 1 or functions[0].name != ENTRY_POINT:
        return False
    (function,) = functions
    if not context.is_script or node.id not in {argument.arg for argument in function.args.args}:
        return False
    changed = context.memory.get(function)
    if changed is None:
        relabeled = {name for inner in ast.walk(function) if (name := _relabeled(inner))}
        changed = context.memory[function] = relabeled | bound_names(function.body)
    return node.id not in changed


def _relabeled(node: ast.AST) -> str:
    """Return the name of the frame whose index or columns a node sets, or which it changes in place."""
    match node:
        case ast.Attribute(value=ast.Name(id=found), attr="index" | "columns", ctx=ast.Store()):
            return found
        case ast.Call(func=ast.Attribute(value=ast.Name(id=found))):
            return found if any(keyword.arg == "inplace" for keyword in node.keywords) else ""
    return ""


def _is_everything(part: ast.expr) -> bool:
    return isinstance(part, ast.Slice) and part.lower is None and part.upper is None
