"""Rules about the syntax of Python 2, with tree-sitter, whose grammar accepts it together with that of Python 3.

The findings are the same whether the rest of a file is valid or not, since the parser skips what it cannot read. It
does not recurse, so deep nesting does not harm it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from blobprep.lint import python2_nodes
from blobprep.lint.findings import Finding
from blobprep.lint.python2_expressions import (
    check_comprehension,
    check_name,
    check_number,
    check_parameters,
    check_string,
    check_unequal,
)
from blobprep.lint.python2_nodes import parse_root
from blobprep.lint.python2_statements import check_except, check_exec, check_expression, check_print, check_raise
from blobprep.lint.source import ParseError, Source

if TYPE_CHECKING:
    from tree_sitter import Node, Query

__all__ = ["find_python2"]


def find_python2(source: Source) -> list[Finding]:
    """Find syntax that Python 3 does not have.

    Every finding has edits that make the place valid for Python 3; if they may change its meaning, it is not fixable.

    Raises:
        ParseError: it takes too long.
    """
    kinds = tuple(kind for kind, (sign, _) in _RULES.items() if sign.search(source.data))
    if not kinds:
        return []
    found: list[Finding] = []
    end = time.thread_time() + python2_nodes.SECONDS
    for node in _find_nodes(parse_root(source), kinds):
        if time.thread_time() > end:
            raise ParseError("takes too long to be checked", deep=True)
        found += _RULES[node.type][1](source, node)
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def _find_nodes(root: Node, kinds: tuple[str, ...]) -> Iterable[Node]:
    """Return the nodes of some types, in no order."""
    import tree_sitter

    return tree_sitter.QueryCursor(_query(kinds)).captures(root).get("node", ())


@lru_cache(maxsize=64)
def _query(kinds: tuple[str, ...]) -> Query:
    import tree_sitter

    patterns = " ".join(f'"{kind}"' if kind == "<>" else f"({kind})" for kind in kinds)
    return tree_sitter.Query(python2_nodes.language(), f"[{patterns}] @node")


def _check_any_string(source: Source, node: Node) -> Iterable[Finding]:
    return check_string(source, node, find_python2)


_Rule = Callable[[Source, "Node"], Iterable[Finding]]

_RULES: Final[Mapping[str, tuple[re.Pattern[bytes], _Rule]]] = {
    "print_statement": (re.compile(rb"\bprint\b"), check_print),
    "expression_statement": (re.compile(rb"\b(?:print|exec)\b"), check_expression),
    "except_clause": (re.compile(rb"\bexcept\b"), check_except),
    "string": (re.compile(rb"`|\b[uU][rR]['\"]|\\[uUN]"), _check_any_string),
    "<>": (re.compile(rb"<>"), check_unequal),
    "exec_statement": (re.compile(rb"\bexec\b"), check_exec),
    "integer": (re.compile(rb"(?<![\w.])0[0-7]|\d[lL]\b|[0-9a-fA-F][lL]\b"), check_number),
    "raise_statement": (re.compile(rb"\braise\b"), check_raise),
    "for_in_clause": (re.compile(rb"\bfor\b"), check_comprehension),
    "parameters": (re.compile(rb"\bdef\b"), check_parameters),
    "lambda_parameters": (re.compile(rb"\blambda\b"), check_parameters),
    "identifier": (re.compile(rb"\b(?:async|await|nonlocal)\b"), check_name),
}
"""For each type of node, what its text has if there can be something to find, and the rule."""
