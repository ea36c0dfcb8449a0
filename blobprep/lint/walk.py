"""One walk over a script, in the order of execution, which calls every rule on the way. Pure."""

from __future__ import annotations

import ast
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.known_values import FRAME, OWN
from blobprep.lint.scopes import Scope, bind_import, bind_target, bound_names, full_name
from blobprep.lint.source import ParseError, Source

__all__ = ["ENTRY_POINT", "Context", "Rule", "walk"]

ENTRY_POINT: Final = "azureml_main"
_ABSENCE: Final = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "NameError"})
_VERSIONS: Final = frozenset({"PY2", "PY3", "version_info", "hexversion", "python_version"})

SECONDS: Final = 1.5
"""The most time of a processor that a walk may take."""
_LOOK: Final = 64  # nodes between two looks at the time

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Context:
    """The current position of a walk, as rules see it.

    Attributes:
        source: the text.
        scope: the names that are visible here.
        is_script: True for the script, False for a module beside it.
        python2: whether it was written for Python 2.
        guarded: whether errors here are caught, or this part is for another Python version.
        parents: the enclosing nodes, outermost first.
        memory: what rules have found out about a whole function or file, by their own keys.
    """

    source: Source
    scope: Scope
    is_script: bool
    python2: bool
    guarded: bool = False
    parents: list[ast.AST] = field(default_factory=list)
    memory: dict[object, Any] = field(default_factory=dict)

    def name(self, node: ast.AST) -> str:
        """Return the full name that an expression stands for; empty if it is not known."""
        return full_name(node, self.scope) or ""

    @property
    def parent(self) -> ast.AST | None:
        """Return the node that encloses the current one."""
        return self.parents[-1] if self.parents else None

    def start(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> int:
        """Return the offset of the start of a node."""
        return self.source.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> int:
        """Return the offset of the end of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.source.offset(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> str:
        """Return the text of a node."""
        return self.source.data[self.start(node) : self.end(node)].decode()

    def finding(
        self,
        code: str,
        node: ast.expr | ast.stmt | ast.alias | ast.keyword,
        message: str,
        remedy: str,
        edits: tuple[Edit, ...] = (),
    ) -> Finding:
        """Return a finding about a node; it is fixable if there are edits."""
        line, column = self.source.place(self.start(node))
        return Finding(
            code, self.source.path, line, column, node.end_lineno or line, message, remedy, bool(edits), edits
        )


Rule = Callable[[ast.AST, Context], Iterator[Finding]]


def walk(tree: ast.Module, context: Context, rules: Mapping[type[ast.AST], tuple[Rule, ...]]) -> list[Finding]:
    """Walk a script and return what the rules find, in order.

    A function is entered after the body that defines it has been walked, since it sees every name of that body.

    Raises:
        ParseError: it takes too long.
    """
    walker = _Walker(context, rules)
    context.scope = Scope(local=bound_names(tree.body))
    walker.rules_for(tree)
    context.parents = [tree]
    walker.body(tree.body)
    while walker.waiting:
        walker.enter(*walker.waiting.popleft())
    return sorted(walker.found, key=lambda finding: (finding.line, finding.column, finding.code))


class _Walker:
    """The state of a walk: what was found, and the functions that wait to be entered."""

    def __init__(self, context: Context, rules: Mapping[type[ast.AST], tuple[Rule, ...]]) -> None:
        self.found: list[Finding] = []
        self.waiting: deque[tuple[_Function, Scope, bool, list[ast.AST]]] = deque()
        self._context, self._rules = context, rules
        self._visited, self._end = 0, time.thread_time() + SECONDS

    def body(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.visit(statement)

    def rules_for(self, node: ast.AST) -> None:
        if not self._context.guarded:
            for rule in self._rules.get(type(node), ()):
                self.found += rule(node, self._context)

    def visit(self, node: ast.AST) -> None:
        context = self._context
        self._visited += 1
        if not self._visited % _LOOK and time.thread_time() > self._end:
            raise ParseError("takes too long to be checked", deep=True)
        self.rules_for(node)
        context.parents.append(node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(node)
            case ast.ClassDef():
                self._class(node)
            case ast.Lambda():
                self._lambda(node)
            case ast.Import() | ast.ImportFrom():
                bind_import(node, context.scope)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                self._assign(node)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._loop(node)
            case ast.Try():
                self._try(node)
            case ast.If() if _asks_version(node.test):
                with self._guarded():
                    self.body(node.body + node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.visit(item.context_expr)
                    if item.optional_vars is not None:
                        bind_target(item.optional_vars, None, context.scope)
                self.body(node.body)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    self.visit(generator)
                for element in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                    self.visit(element)
            case _:
                for child in ast.iter_child_nodes(node):
                    self.visit(child)
        context.parents.pop()

    def _define(self, node: _Function) -> None:
        context = self._context
        for expression in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(expression)
        context.scope.meanings[node.name] = None
        self.waiting.append((node, context.scope, context.guarded, list(context.parents)))

    def enter(self, node: _Function, outer: Scope, guarded: bool, parents: list[ast.AST]) -> None:
        """Walk the body of a function; the parameters of the entry point are frames."""
        context = self._context
        context.scope = Scope(outer, bound_names(node.body))
        context.guarded, context.parents = guarded, parents
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        is_entry = context.is_script and node.name == ENTRY_POINT
        for argument in arguments:
            context.scope.meanings[argument.arg] = FRAME if is_entry else None
        for extra in filter(None, (node.args.vararg, node.args.kwarg)):
            context.scope.meanings[extra.arg] = None
        self.body(node.body)

    def _lambda(self, node: ast.Lambda) -> None:
        context = self._context
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        outer = context.scope
        context.scope = Scope(
            outer, frozenset(inner.arg for inner in ast.walk(node.args) if isinstance(inner, ast.arg))
        )
        self.visit(node.body)
        context.scope = outer

    def _class(self, node: ast.ClassDef) -> None:
        context = self._context
        for expression in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self.visit(expression)
        context.scope.meanings[node.name] = f"{OWN}.{node.name}"
        # Methods do not see the names of their class.
        inside, waiting = context.scope, len(self.waiting)
        context.scope = Scope(inside)
        self.body(node.body)
        context.scope = inside
        methods = [self.waiting.pop() for _ in range(len(self.waiting) - waiting)]
        self.waiting += [(method, inside, guarded, around) for method, _, guarded, around in reversed(methods)]

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> None:
        if node.value is not None:
            self.visit(node.value)
        for target in node.targets if isinstance(node, ast.Assign) else (node.target,):
            if not isinstance(target, ast.Name):
                self.visit(target)
            bind_target(target, node.value, self._context.scope)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.comprehension) -> None:
        self.visit(node.iter)
        bind_target(node.target, None, self._context.scope)
        if isinstance(node, ast.comprehension):
            for condition in node.ifs:
                self.visit(condition)
        else:
            self.body(node.body + node.orelse)

    def _try(self, node: ast.Try) -> None:
        imports = all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in node.body)
        guards = [_catches_absence(handler.type, imports) for handler in node.handlers]
        with self._guarded() if any(guards) else nullcontext():
            self.body(node.body)
        for handler, guards_it in zip(node.handlers, guards, strict=True):
            if handler.name:
                self._context.scope.meanings[handler.name] = None
            with self._guarded() if guards_it else nullcontext():
                self.body(handler.body)
        self.body(node.orelse + node.finalbody)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        before, self._context.guarded = self._context.guarded, True
        try:
            yield
        finally:
            self._context.guarded = before


def _catches_absence(kind: ast.expr | None, imports: bool) -> bool:
    """Return whether a handler is for missing names; one for any exception is, if the body only has imports."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    names = {name.id if isinstance(name, ast.Name) else "" for name in kinds}
    return not names.isdisjoint(_ABSENCE) or (imports and (kind is None or "Exception" in names))


def _asks_version(test: ast.expr) -> bool:
    words = (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in ast.walk(test))
    return not _VERSIONS.isdisjoint(words)
