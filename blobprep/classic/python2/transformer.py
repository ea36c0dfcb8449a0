"""The changes to a tree: what Python 3 parses as it is, but would run in another way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.classic.python2.attributes import ATTRIBUTES
from blobprep.classic.python2.literals import Literal
from blobprep.classic.python2.targets import bind_parameters, find_leaks, keep_exception, leak_variables, stored_names

__all__ = ["Places", "Transformer"]

_COMPARISONS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}
_APPLYING: Final = frozenset({"agg", "apply", "applymap", "filter", "imap", "map", "transform"})
_CALLED: Final = {"str": "str", "unicode": "unicode"}


@dataclass(frozen=True, slots=True)
class Places:
    """What stood where before the text was made valid for Python 3.

    Attributes:
        prints, raises: where there was a statement of Python 2's.
        patterns: by the name that stands for it, each tuple where Python 3 only takes a name.
        literal: returns what a literal was.
        futures: what the text imports from `__future__`.
        bound: every name that it binds itself.
        between: returns the text between the ends of two nodes.
        whole: calls of print that were made from a statement here.
    """

    prints: frozenset[tuple[int, int]]
    raises: frozenset[tuple[int, int]]
    patterns: Mapping[str, str]
    literal: Callable[[ast.Constant], Literal | None]
    futures: frozenset[str]
    bound: frozenset[str]
    between: Callable[[ast.expr, ast.expr], str]
    whole: set[int] = field(default_factory=set)


@dataclass
class Transformer(ast.NodeTransformer):
    """The transformation of one tree; `changes` says where what was changed."""

    places: Places
    encoding: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)
    _leaks: list[set[str] | None] = field(default_factory=list)

    def _call(self, helper: str, *args: ast.expr, at: ast.AST) -> ast.Call:
        called = ast.Call(ast.Name(f"__py2_{helper}__", ast.Load()), list(args), [])
        ast.copy_location(called.func, at)
        return ast.copy_location(called, at)

    def _note(self, node: ast.AST, what: str) -> None:
        self.changes.append((getattr(node, "lineno", 1), getattr(node, "col_offset", 0), what))

    def visit_Module(self, node: ast.Module) -> Any:
        """Transform the whole text."""
        return self._inside(node, find_leaks(node))

    def _inside(self, node: ast.AST, leaks: set[str] | None) -> Any:
        self._leaks.append(leaks)
        self.generic_visit(node)
        self._leaks.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        """Unpack tuples among the parameters."""
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        """Unpack tuples among the parameters."""
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.Lambda) -> Any:
        for _ in bind_parameters(node, self.places.patterns):
            self._note(node, "tuple parameter")
        return self._inside(node, find_leaks(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        """Restore the special methods, and the metaclass."""
        self._inside(node, None)
        for statement in list(node.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id="__metaclass__")], value=value):
                    node.keywords.append(ast.copy_location(ast.keyword("metaclass", value), value))
                    node.body.remove(statement)
                    self._note(statement, "__metaclass__")
        if not node.body:
            node.body.append(ast.copy_location(ast.Pass(), node))
        node.decorator_list.append(ast.copy_location(ast.Name("__py2_class__", ast.Load()), node))
        return node

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        """Let the variables outlive the list."""
        leaks = self._leaks[-1]
        names = set().union(*(stored_names(generator.target) for generator in node.generators))
        self.generic_visit(node)
        if leaks is not None and names & leaks:
            leak_variables(node, leaks)
            self._note(node, "variable of a list comprehension that is used behind it")
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        """Let it go over the lines of a binary file."""
        self.generic_visit(node)
        node.iter = self._lines(node.iter)
        return node

    def visit_For(self, node: ast.For) -> Any:
        """Let it go over the lines of a binary file."""
        self.generic_visit(node)
        node.iter = self._lines(node.iter)
        return node

    def _lines(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Name() | ast.Attribute() | ast.Call(func=ast.Name(id="open" | "file") | ast.Attribute()):
                return self._call("lines", node, at=node)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        """Let the exception outlive its handler."""
        self.generic_visit(node)
        keep_exception(node, self.places.patterns)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Divide integers, and format texts, as they were."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and self._divides(node.left, node.right):
            self._note(node, "division of integers")
            return self._call("div", node.left, node.right, at=node)
        if isinstance(node.op, ast.Mod) and _may_format(node.left) and not _is_number(node.right, int):
            return self._call("mod", node.left, node.right, at=node)
        return node

    def _divides(self, left: ast.expr, right: ast.expr) -> bool:
        return "division" not in self.places.futures and not (_is_number(left, float) or _is_number(right, float))

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """Divide integers in place."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or not self._divides(node.value, node.value):
            return node
        self._note(node, "division of integers")
        match node.target:
            case ast.Name(id=name):
                read = ast.copy_location(ast.Name(name, ast.Load()), node.target)
                made: ast.stmt = ast.Assign([node.target], self._call("idiv", read, node.value, at=node))
            case ast.Subscript(value=owner, slice=key):
                if isinstance(key, ast.Slice):
                    key = self._call("slice", *_bounds(key), at=node)
                made = ast.Expr(self._call("idiv_item", owner, key, node.value, at=node))
            case ast.Attribute(value=owner, attr=name):
                text = ast.copy_location(ast.Constant(name), node)
                made = ast.Expr(self._call("idiv_attribute", owner, text, node.value, at=node))
        return ast.copy_location(made, node)

    def visit_Compare(self, node: ast.Compare) -> Any:
        """Compare what is of different types."""
        self.generic_visit(node)
        if len(node.ops) == 1 and (helper := _COMPARISONS.get(type(node.ops[0]))):
            return self._call(helper, node.left, node.comparators[0], at=node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Look up names that are gone or return something else."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and node.attr in ATTRIBUTES:
            self._note(node, f".{node.attr}")
            return self._call("attribute", node.value, ast.copy_location(ast.Constant(node.attr), node), at=node)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Restore the print statement, and `str` of numbers."""
        start = (node.lineno, node.col_offset)
        match node.func:
            case ast.Name(id="print") if "print_function" not in self.places.futures:
                return self._print(node, start in self.places.prints or id(node) in self.places.whole)
            case ast.Name(id="print"):
                node.func = ast.copy_location(ast.Name("__py2_print_function__", ast.Load()), node.func)
            case ast.Name(id=name) if name in _CALLED and name not in self.places.bound:
                node.func = ast.copy_location(ast.Name(f"__py2_{_CALLED[name]}__", ast.Load()), node.func)
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _APPLYING:
            node.args = [self._applied(argument) for argument in node.args]
        for keyword in node.keywords:
            if keyword.arg == "key":
                keyword.value = self._applied(keyword.value)
        self.generic_visit(node)
        return node

    def _applied(self, argument: ast.expr) -> ast.expr:
        """Return a function that is passed on; `str` stays a type everywhere else."""
        if isinstance(argument, ast.Name) and argument.id in _CALLED and argument.id not in self.places.bound:
            return ast.copy_location(ast.Name(f"__py2_{_CALLED[argument.id]}__", ast.Load()), argument)
        return argument

    def _print(self, node: ast.Call, was_statement: bool) -> ast.expr:
        """Return a chain of calls, one for each item."""
        self._note(node, "print statement")
        items = node.args if was_statement else [self._printed(node)]
        keywords = {keyword.arg: self.visit(keyword.value) for keyword in node.keywords}
        made = self._call("print", *([keywords["file"]] if "file" in keywords else []), at=node)
        for item in items:
            made = ast.copy_location(ast.Call(made, [self.visit(item)], []), node)
        end = ast.copy_location(ast.Attribute(made, "end", ast.Load()), node)
        return ast.copy_location(
            ast.Call(end, [ast.copy_location(ast.Constant("end" not in keywords), node)], []), node
        )

    def _print_whole(self, node: ast.Expr, first: ast.Call) -> None:
        """Let `print (a).b(c)` print all of it, and `print (a), b` both."""
        head = self._printed(first)
        whole = _Replacement(first, head).visit(node.value)
        items = whole.elts if isinstance(whole, ast.Tuple) else [whole]
        node.value = ast.copy_location(ast.Call(first.func, items, []), first)
        self.places.whole.add(id(node.value))

    def _printed(self, node: ast.Call) -> ast.expr:
        """Return what `print (…)` printed: what stands in parentheses, which is a tuple if it has a comma."""
        if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
            (only,) = node.args
            if "," not in self.places.between(only, node):
                return only
        return ast.copy_location(ast.Tuple(node.args, ast.Load()), node)

    def visit_Raise(self, node: ast.Raise) -> Any:
        """Restore `raise kind, value, traceback`."""
        was_statement = (node.lineno, node.col_offset) in self.places.raises
        self.generic_visit(node)
        if was_statement and node.exc is not None:
            self._note(node, "raise with a comma")
            node.exc = self._raised(node.exc)
        return node

    def _raised(self, made: ast.expr) -> ast.expr:
        """Return what is raised; the text says `kind(value)`, perhaps with a traceback."""
        traceback: list[ast.expr] = []
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr == "with_traceback":
            traceback, made = made.args, made.func.value
        if not isinstance(made, ast.Call):
            return made
        if len(made.args) > 1:
            value: ast.expr = ast.copy_location(ast.Tuple(made.args, ast.Load()), made)
        else:
            value = made.args[0] if made.args else ast.copy_location(ast.Constant(None), made)
        return self._call("exception", made.func, value, *traceback, at=made)

    def visit_Expr(self, node: ast.Expr) -> Any:
        """Restore `print (a).b`; leave docstrings alone."""
        first = _find_first(node.value)
        is_function = "print_function" in self.places.futures
        if first is not None and first is not node.value and not is_function:
            was_statement = (first.lineno, first.col_offset) in self.places.prints
            if not was_statement:
                self._print_whole(node, first)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return node  # a docstring: nothing asks for its bytes
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        """Read literals as bytes."""
        if not isinstance(node.value, str):
            return node
        literal = self.places.literal(node)
        if literal is None:
            return node
        if literal.text is not None:
            return ast.copy_location(ast.Constant(literal.text), node)
        self._note(node, "literal of bytes that is text for libraries")
        parts = (ast.copy_location(ast.Constant(part), node) for part in (literal.data, self.encoding))
        return self._call("bytes", *parts, at=node)


class _Replacement(ast.NodeTransformer):
    """The replacement of one node by another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        """Replace the node, wherever it is."""
        return self._new if node is self._old else self.generic_visit(node)


def _find_first(node: ast.expr) -> ast.Call | None:
    """Return the call of print with which an expression begins."""
    while True:
        match node:
            case ast.Call(func=ast.Name(id="print")):
                return node
            case ast.Call(func=first) | ast.Attribute(value=first) | ast.Subscript(value=first):
                node = first
            case ast.BinOp(left=first) | ast.Compare(left=first) | ast.IfExp(body=first):
                node = first
            case ast.BoolOp(values=[first, *_]) | ast.Tuple(elts=[first, *_]):
                node = first
            case _:
                return None


def _may_format(left: ast.expr) -> bool:
    return not (isinstance(left, ast.Constant) and not isinstance(left.value, str))


def _is_number(node: ast.expr, kind: type) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is kind


def _bounds(key: ast.Slice) -> list[ast.expr]:
    return [bound or ast.copy_location(ast.Constant(None), key) for bound in (key.lower, key.upper, key.step)]
